"""What the decoder of an input is told."""

from dataclasses import replace
from fractions import Fraction

from media_runtime.live.switcher.decoder import (
    Contribution,
    Loop,
    Relayed,
    Source,
    decoder_argv,
    raw_input_flags,
    relayed_parts,
)
from media_runtime.live.switcher.pattern import Pattern
from media_runtime.live.switcher.picture import Picture

PICTURE = Picture(1280, 720, Fraction(30000, 1001))
CAMERA = Contribution("unix:/run/input.sock", "flv", ("unix",))


def argv(source: Source, audio_fd: int | None = 6) -> list[str]:
    return decoder_argv(source, PICTURE, video_fd=5, audio_fd=audio_fd)


def value_of(flags: list[str], flag: str) -> str:
    return flags[flags.index(flag) + 1]


def test_a_camera_is_read_by_its_own_protocol_and_format_alone() -> None:
    assert value_of(argv(CAMERA), "-protocol_whitelist") == "unix"
    assert value_of(argv(CAMERA), "-format_whitelist") == value_of(argv(CAMERA), "-f") == "flv"


def test_a_file_is_looped_at_its_own_pace() -> None:
    flags = argv(Loop("file:/scratch/loop", "mov"))
    assert value_of(flags, "-stream_loop") == "-1"
    assert flags.index("-re") < flags.index("-i")
    assert value_of(flags, "-protocol_whitelist") == "file,pipe"


async def nothing(_: int) -> None:
    """Pours nothing."""


def test_what_is_relayed_is_read_from_its_pipe_alone_and_from_its_first_byte() -> None:
    source = Relayed("flv", nothing)
    flags = decoder_argv(source, PICTURE, video_fd=5, audio_fd=6, input_fds=(7,))
    assert value_of(flags, "-i") == "pipe:7"
    assert value_of(flags, "-protocol_whitelist") == "pipe"
    assert not {"-re", "nobuffer"} & set(flags)


def test_sound_that_comes_apart_is_the_second_input_at_the_same_pace() -> None:
    source = Relayed("mov", nothing, paced=True, sound=Relayed("aac", nothing, paced=True))
    flags = decoder_argv(source, PICTURE, video_fd=5, audio_fd=6, input_fds=(7, 8))
    assert [flags[n + 1] for n, flag in enumerate(flags) if flag == "-i"] == ["pipe:7", "pipe:8"]
    assert [flags[n + 1] for n, flag in enumerate(flags) if flag == "-map"] == ["0:v:0", "1:a:0"]
    assert flags.count("-re") == 2
    assert relayed_parts(source, with_sound=False) == (source,)


def test_pictures_come_at_the_channels_exact_rate_and_shape() -> None:
    filters = value_of(argv(CAMERA), "-vf").split(",")
    assert "fps=fps=30000/1001:start_time=0:round=near" in filters
    assert "setsar=1" in filters


def test_time_stamps_begin_at_nothing_and_no_frame_waits_for_another_thread() -> None:
    assert "-copyts" not in argv(CAMERA)
    assert value_of(argv(CAMERA), "-thread_type") == "slice"
    assert "low_delay" not in argv(CAMERA)


def test_sound_is_not_asked_of_a_source_that_has_none() -> None:
    assert "pipe:6" in argv(CAMERA)
    assert not {"s16le", "-af", "0:a:0"} & set(argv(CAMERA, audio_fd=None))


def test_a_slates_text_cannot_end_its_filter() -> None:
    text = "we're back at 8:30',movie=/etc/passwd[x]\\"
    graph = value_of(argv(Pattern(text=text, clock=False)), "-i")
    told = graph.split(":text=")[1].split(":fontcolor=")[0]
    mark = "\N{RIGHT SINGLE QUOTATION MARK}"
    assert told == rf"'we{mark}re back at 8\:30{mark},movie=/etc/passwd[x]'"


def test_an_encoder_is_told_what_the_pipes_carry() -> None:
    flags = list(raw_input_flags(PICTURE, video_fd=7, audio_fd=8))
    assert value_of(flags, "-s") == "1280x720"
    assert value_of(flags, "-r") == "30000/1001"
    assert [flags[n + 1] for n, flag in enumerate(flags) if flag == "-i"] == ["pipe:7", "pipe:8"]


def test_pictures_that_do_not_say_their_colours_are_taken_for_hd_on_an_hd_channel() -> None:
    sd = replace(PICTURE, width=640, height=360)
    for source in (CAMERA, Loop("file:/scratch/loop", "mov")):
        flags = argv(source)
        assert flags.index("-colorspace:v") < flags.index("-i")
        assert value_of(flags, "-colorspace:v") == "bt709"
        assert "-colorspace:v" not in decoder_argv(source, sd, video_fd=5, audio_fd=6)


def test_it_is_not_said_of_sound_that_comes_apart() -> None:
    source = Relayed("mov", nothing, paced=True, sound=Relayed("aac", nothing, paced=True))
    flags = decoder_argv(source, PICTURE, video_fd=5, audio_fd=6, input_fds=(7, 8))
    assert flags.count("-colorspace:v") == 1
    assert flags.index("-colorspace:v") < flags.index("pipe:7")


def test_a_slate_of_few_pictures_a_second_says_for_how_many_frames_each_stands() -> None:
    slow = Pattern(a_second=5)
    assert [slow.every(Fraction(rate)) for rate in (25, Fraction(30000, 1001), 50)] == [5, 6, 10]
    assert "r=5000/1001" in value_of(argv(slow), "-i")
    assert Pattern().every(PICTURE.rate) == 1
