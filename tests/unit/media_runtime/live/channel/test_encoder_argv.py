"""One ffmpeg for all rungs: key frames on the grid, nothing held back, nothing unread."""

from itertools import pairwise

from media_runtime.live.channel.encoder_argv import encoder_argv
from media_runtime.live.channel.ladder import ladder

from .orders import SMALL, order, profile


def argv(first: int = 60, **changes: object) -> list[str]:
    made = ladder(order(**changes))
    outputs = {one.name: 10 + n for n, one in enumerate(made.makers)}
    return encoder_argv(
        made.canvas,
        made.rungs,
        made.sounds,
        first=first,
        video_fd=3,
        audio_fd=4,
        outputs=outputs,
    )


def values(flags: list[str], name: str) -> list[str]:
    return [value for flag, value in pairwise(flags) if flag == name]


def test_key_frames_are_a_segment_apart_and_nowhere_else() -> None:
    slow = {"name": "360p", "maxHeight": 360, "maxFrameRate": 15, "bitrateKbps": 800}
    made = argv(profile=profile(SMALL[0], slow))
    assert values(made, "-g") == values(made, "-keyint_min") == ["30", "60"]
    assert values(made, "-sc_threshold") == ["0", "0"]


def test_no_picture_waits_for_another() -> None:
    made = argv()
    assert values(made, "-tune") == ["zerolatency"] * 3
    assert values(made, "-threads") == ["1"] * 3
    assert values(made, "-flush_packets") == ["1"] * 4


def test_each_rendition_has_a_pipe_of_its_own() -> None:
    outputs = [word for word in argv() if word.startswith("pipe:")]
    assert outputs == ["pipe:3", "pipe:4", "pipe:10", "pipe:11", "pipe:12", "pipe:13"]


def test_sound_begins_on_the_grid_of_access_units() -> None:
    # segment 1 begins at sample 96000, which is 768 into access unit 93; segment 0 is 1970's second
    (delayed,), (whole,) = (values(argv(first=n * 60), "-af") for n in (2, 5))
    assert delayed == f"adelay=delays=768S:all=1,{whole}"


def test_sound_that_nobody_wants_is_read_all_the_same() -> None:
    assert argv(profile=profile(*SMALL, audio=()))[-5:] == ["-map", "1:a:0", "-f", "null", "-"]


def test_only_a_picture_that_differs_from_the_canvas_is_scaled() -> None:
    (graph,) = values(argv(), "-filter_complex")
    assert graph == (
        "[0:v:0]split=3[s0][s1][s2];"
        "[s0]scale=426:240:flags=bicubic,setsar=1[v0];"
        "[s1]scale=640:360:flags=bicubic,setsar=1[v1];"
        "[s2]setsar=1[v2]"
    )
