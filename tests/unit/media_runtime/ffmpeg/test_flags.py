"""The flags that stand before every input."""

from pathlib import Path

import pytest

from media_runtime.ffmpeg import input_flags, url


def value_of(flags: tuple[str, ...], flag: str) -> str:
    return flags[flags.index(flag) + 1]


def test_the_demuxer_is_forced_and_is_the_only_one_allowed() -> None:
    flags = input_flags("mov", max_pixels=100)
    assert value_of(flags, "-f") == value_of(flags, "-format_whitelist") == "mov"


def test_no_protocol_reaches_the_network() -> None:
    assert value_of(input_flags("mpegts", max_pixels=1), "-protocol_whitelist") == "file,pipe"


def test_a_cameras_input_may_be_read_by_its_own_protocol_alone() -> None:
    flags = input_flags("mpegts", max_pixels=1, protocols=("srt", "udp"))
    assert value_of(flags, "-protocol_whitelist") == "srt,udp"


def test_a_container_that_is_not_listed_cannot_be_forced() -> None:
    with pytest.raises(ValueError, match="not a container"):
        input_flags("hls", max_pixels=1)  # type: ignore[arg-type]


def test_more_pixels_than_ffmpeg_can_count_are_its_own_limit() -> None:
    assert value_of(input_flags("mov", max_pixels=2**40), "-max_pixels") == str(2**31 - 1)


def test_a_name_that_looks_like_an_option_or_a_protocol_is_a_file() -> None:
    assert url(Path("/scratch/-i")) == "file:/scratch/-i"
    assert url(Path("/scratch/concat:a|b")) == "file:/scratch/concat:a|b"
