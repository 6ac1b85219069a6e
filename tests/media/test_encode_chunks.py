"""Chunks join to one rung without a seam, whoever made them and how often."""

import asyncio
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from media_runtime.failure import Refused
from media_runtime.title.plan import Images

from .encode_titles import LAYOUT, X264, Title, likeness, make, pattern, plan_of, rung, shown, title

SECONDS, FRAMES = 7.16, 179
TICKS = 512


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("source") / "film.mp4", *pattern(SECONDS), *X264)


@pytest.fixture(scope="module")
def film(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Title:
    """Two rungs in three chunks, the last one short."""
    rungs = [rung("large", 320, 180, frames=FRAMES), rung("small", 160, 90, frames=FRAMES)]
    plan = plan_of(source, rungs, chunk_segments=(1, 2, 1))
    encoded = title(tmp_path_factory.mktemp("film"), source, plan)
    encoded.encode_all()
    return encoded


@pytest.mark.parametrize("name", ["large", "small"])
def test_three_chunks_play_as_one(film: Title, name: str) -> None:
    found = shown(film.rung_file(name))
    assert found.messages == ""
    assert found.times == [n * TICKS for n in range(FRAMES)]


def test_key_frames_are_at_the_same_instants_in_every_rung(film: Title) -> None:
    large, small = (shown(film.rung_file(name)).key_times for name in ("large", "small"))
    assert large == small == [n * TICKS for n in range(0, FRAMES, 25)]


def test_every_frame_is_the_source_s_own(film: Title, source: Path) -> None:
    assert min(likeness(film.rung_file("large"), source, 320, 180)) > 0.85


def test_all_chunks_of_a_rung_have_one_header(film: Title) -> None:
    assert len({film.entry("large", n).init for n in range(3)}) == 1


def test_segments_begin_where_the_plan_says(film: Title) -> None:
    entries = [film.entry("large", n) for n in range(3)]
    assert [entry.start // TICKS for entry in entries] == [0, 50, 150]
    durations = [segment.duration // TICKS for entry in entries for segment in entry.segments]
    assert durations == [50, 50, 50, 29]


def test_a_second_encode_gives_the_same_bytes(film: Title, source: Path, tmp_path: Path) -> None:
    again = title(tmp_path, source, film.plan)
    again.encode("chunk/1")
    for name in ("large", "small"):
        assert again.media(again.entry(name, 1)) == film.media(film.entry(name, 1))


@pytest.fixture
def in_one_task(source: Path, tmp_path: Path) -> Title:
    """Four chunks, of which one worker takes three."""
    rungs = [rung("large", 320, 180, frames=FRAMES), rung("small", 160, 90, frames=FRAMES)]
    wish = Images(every_seconds=2, width=80, height=46)
    plan = plan_of(source, rungs, chunk_segments=(1, 1, 1, 1), chunks_in_task=3, images=wish)
    encoded = title(tmp_path, source, plan)
    encoded.encode_all()
    return encoded


def test_the_chunks_of_one_worker_play_as_one(in_one_task: Title) -> None:
    assert in_one_task.plan.tasks == ("chunk/0", "chunk/1-3")
    for name in ("large", "small"):
        found = shown(in_one_task.rung_file(name))
        assert found.messages == ""
        assert found.times == [n * TICKS for n in range(FRAMES)]
        assert found.key_times == [n * TICKS for n in range(0, FRAMES, 25)]


def test_an_edit_in_the_midst_is_encoded_alone_and_joins(in_one_task: Title, source: Path) -> None:
    film, lost = in_one_task, in_one_task.plan.chunks[2]
    kept = [film.entry(name, n) for name in ("large", "small") for n in (0, 1, 3)]
    asyncio.run(film.store.delete([LAYOUT.entry(key, 0) for key in lost.keys.values()]))
    report = film.encode("chunk/1-3")
    assert (report.reused, report.media_millis) == (False, 2000)
    assert [film.entry(name, n) for name in ("large", "small") for n in (0, 1, 3)] == kept
    found = shown(film.rung_file("large"))
    assert (found.messages, len(found.times)) == ("", FRAMES)
    assert min(likeness(film.rung_file("large"), source, 320, 180)) > 0.85


def test_bytes_that_differ_lie_beside_each_other(in_one_task: Title) -> None:
    """Alone a chunk begins cold; whoever read the first entry still finds what it means."""
    film, key = in_one_task, in_one_task.plan.chunks[2].keys["large"]
    first = film.entry("large", 2)
    before = film.media(first)
    asyncio.run(film.store.delete([LAYOUT.entry(key, 0)]))
    film.encode("chunk/1-3")
    assert film.entry("large", 2).run != first.run
    assert film.media(first) == before


def test_two_rungs_of_one_address_are_encoded_once(source: Path, tmp_path: Path) -> None:
    rungs = [rung(name, 160, 90, frames=50) for name in ("one", "other")]
    film = title(tmp_path, source, plan_of(source, rungs))
    film.encode("chunk/0")
    assert film.entry("one", 0) == film.entry("other", 0)


@pytest.mark.parametrize(
    ("rate", "ticks", "gop"),
    [("30000/1001", 1001, 30), ("24000/1001", 1001, 24), ("60000/1001", 1001, 60)],
)
def test_rates_of_ntsc_stay_exact(tmp_path: Path, rate: str, ticks: int, gop: int) -> None:
    frames = 3 * gop + 7
    seconds = float(frames / Fraction(rate))
    source = make(tmp_path / "ntsc.mp4", *pattern(seconds, rate=rate), *X264)
    made = rung(
        "a", 160, 90, frames=frames, rate=rate, ticks_per_frame=ticks,
        gop_frames=gop, segment_frames=gop,
    )  # fmt: skip
    plan = plan_of(source, [made], chunk_segments=(1, 1, 2), key_frames_every=15 / Fraction(rate))
    film = title(tmp_path, source, plan)
    film.encode_all()
    assert shown(film.rung_file("a")).times == [n * ticks for n in range(frames)]
    assert min(likeness(film.rung_file("a"), source, 160, 90)) > 0.8


def test_rungs_of_two_rates_share_their_key_frames(tmp_path: Path) -> None:
    source = make(tmp_path / "fast.mp4", *pattern(4, rate="50"), *X264)
    rungs = [rung("full", 160, 90, frames=200, rate=50), rung("half", 80, 46, frames=100)]
    plan = plan_of(source, rungs, chunk_segments=(1, 1), key_frames_every=Fraction(15, 50))
    film = title(tmp_path, source, plan)
    film.encode_all()
    full, half = shown(film.rung_file("full")), shown(film.rung_file("half"))
    assert (len(full.times), len(half.times)) == (200, 100)
    assert [t / 50 for t in full.key_times] == [t / 25 for t in half.key_times]


def test_a_title_of_one_frame(tmp_path: Path) -> None:
    source = make(tmp_path / "still.mp4", *pattern(0.04), *X264)
    film = title(tmp_path, source, plan_of(source, [rung("a", 160, 90, frames=1)]))
    film.encode("chunk/0")
    assert shown(film.rung_file("a")).times == [0]


def test_variable_frame_rate_becomes_regular(tmp_path: Path) -> None:
    uneven = ["-vf", "select='not(eq(mod(n,7),3))*not(eq(mod(n,11),5))'", "-fps_mode", "vfr"]
    source = make(tmp_path / "phone.mp4", *pattern(4), *uneven, *X264)
    plan = plan_of(source, [rung("a", 160, 90, frames=100)], key_frames_every=Fraction(100))
    film = title(tmp_path, source, plan)
    film.encode("chunk/0")
    times = shown(film.rung_file("a")).times
    assert len(times) == 100
    assert {b - a for a, b in pairwise(times)} == {TICKS}


def test_a_source_that_ends_early_holds_its_last_picture(tmp_path: Path) -> None:
    source = make(tmp_path / "short.mp4", *pattern(2.6), *X264)
    film = title(tmp_path, source, plan_of(source, [rung("a", 160, 90, frames=100)]))
    film.encode("chunk/0")
    assert len(shown(film.rung_file("a")).times) == 100


def flipped(source: Path, into: Path) -> Path:
    """The same with bytes turned over in the pictures, not in the index."""
    content = bytearray(source.read_bytes())
    begin, end = content.index(b"mdat") + 3000, content.index(b"moov") - 10
    for at in range(begin, end, (end - begin) // 40):
        content[at] ^= 0xFF
    into.write_bytes(content)
    return into


def test_a_damaged_source_is_carried_with_warnings(source: Path, tmp_path: Path) -> None:
    damaged = flipped(source, tmp_path / "damaged.mp4")
    plan = plan_of(damaged, [rung("a", 160, 90, frames=FRAMES)], chunk_segments=(2, 2))
    film = title(tmp_path, damaged, plan)
    warnings = [said for report in film.encode_all() for said in report.warnings]
    assert any("errors in the source" in said for said in warnings)
    found = shown(film.rung_file("a"))
    assert (len(found.times), found.messages) == (FRAMES, "")


def test_a_chunk_of_which_nothing_can_be_decoded_is_corrupt(source: Path, tmp_path: Path) -> None:
    content = bytearray(source.read_bytes())
    begin, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[begin:end] = bytes(end - begin)
    (tmp_path / "zeros.mp4").write_bytes(content)
    plan = plan_of(tmp_path / "zeros.mp4", [rung("a", 160, 90, frames=FRAMES)])
    with pytest.raises(Refused, match="InputCorrupt"):
        title(tmp_path, tmp_path / "zeros.mp4", plan).encode("chunk/0")


@pytest.mark.parametrize("codec", ["H264", "H265", "VP9", "AV1"])
def test_each_codec_joins_repeats_and_keeps_its_grid(
    source: Path, tmp_path: Path, codec: str
) -> None:
    plan = plan_of(source, [rung("a", 320, 180, frames=113, codec=codec)], chunk_segments=(1, 2))
    film, again = (title(tmp_path / name, source, plan) for name in ("first", "again"))
    for one in (film, again):
        one.folder.mkdir()
        one.encode_all()
    found = shown(film.rung_file("a"))
    assert found.messages == ""
    assert found.times == [n * TICKS for n in range(113)]
    assert found.key_times == [n * TICKS for n in range(0, 113, 25)]
    assert [film.entry("a", n) for n in (0, 1)] == [again.entry("a", n) for n in (0, 1)]


def test_ssim_is_measured_where_it_is_asked_for(source: Path, tmp_path: Path) -> None:
    made = rung("a", 320, 180, frames=100, bitrate_kbps=800, max_bitrate_kbps=1200)
    plan = plan_of(source, [made]).model_copy(update={"min_ssim": 0.9})
    film = title(tmp_path, source, plan)
    film.encode("chunk/0")
    assert 0.95 < (film.entry("a", 0).ssim or 0) < 1
