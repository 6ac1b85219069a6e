"""The peers make the same rungs as our profile says."""

import pytest

from bench.bare_ffmpeg import one_for, one_for_all, shown
from bench.ladders import FOUR_RUNGS, ladder_small, size_at


@pytest.mark.parametrize(
    ("lines", "size"), [(240, (426, 240)), (480, (854, 480)), (720, (1280, 720))]
)
def test_sizes_are_even(lines: int, size: tuple[int, int]) -> None:
    assert size_at(lines) == size


def test_one_ffmpeg_makes_every_rung_with_its_own_rate_and_the_same_grid() -> None:
    argv = one_for_all("film.mp4", ladder_small(), "out")
    for n, rung in enumerate(ladder_small().renditions):
        assert argv[argv.index(f"-b:v:{n}") + 1] == f"{rung.bitrate_kbps}k"
        assert argv[argv.index(f"-g:v:{n}") + 1] == "50"
        assert argv[argv.index(f"-preset:v:{n}") + 1] == "veryfast"
    assert argv[argv.index("-filter_complex") + 1].count("scale=") == 3
    assert "a:0" in argv[argv.index("-var_stream_map") + 1]


def test_of_one_ffmpeg_a_rung_only_one_makes_the_sound() -> None:
    first, *_, last = FOUR_RUNGS.renditions
    assert "-c:a" in one_for("film.mp4", first, FOUR_RUNGS, "out", sound=True)
    assert "-c:a" not in one_for("film.mp4", last, FOUR_RUNGS, "out", sound=False)


def test_a_command_that_is_shown_can_be_pasted_into_a_shell() -> None:
    assert shown(["-map", "[v0]", "film.mp4"]) == ["-map", "'[v0]'", "film.mp4"]
