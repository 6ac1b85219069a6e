"""Coded pictures and sounds of a WebRTC publisher, on their way into Matroska."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.refusal import BadBytes
from media_runtime.contribution.whip.stream import MatroskaUnits

SPS = bytes.fromhex("6764001eacd940a02ff9610000030001000003003c8f162d96")
START = b"\0\0\0\1"
AVC_KEY = START + SPS + START + b"\x68\xce" + START + b"\x65key"
AVC_INTER = START + b"\x41inter"
VP8_KEY = b"\x10\0\0\x9d\x01\x2a\x40\x01\xb4\x00data"
VP8_INTER = b"\x11\0\0data"


def test_nothing_comes_before_the_first_key_frame_and_time_begins_with_it() -> None:
    units = MatroskaUnits({"video", "audio"})
    assert units.audio(b"early", 480) is None
    assert units.video("H264", AVC_INTER, 490) is None
    key = units.video("H264", AVC_KEY, 500)
    assert key is not None
    assert key.entry is not None
    assert b"V_MPEG4/ISO/AVC" in key.entry.header
    assert SPS in key.entry.header
    assert b"\0\0\0\x04\x65key" in key.data
    assert units.audio(b"still early", 499) is None
    sound = units.audio(b"sound", 520)
    assert sound is not None
    assert sound.entry is None
    assert sound.data[9:] == b"\x82\x00\x14\x80sound"


def test_a_key_frame_of_vp8_tells_its_size() -> None:
    units = MatroskaUnits({"video"})
    key = units.video("VP8", VP8_KEY, 0)
    assert key is not None
    assert key.entry is not None
    assert b"V_VP8" in key.entry.header
    inter = units.video("VP8", VP8_INTER, 33)
    assert inter is not None
    assert inter.entry is None


def test_a_new_size_is_in_the_header_that_who_comes_next_gets() -> None:
    units = MatroskaUnits({"video"})
    first = units.video("VP8", VP8_KEY, 0)
    other = units.video("VP8", VP8_KEY.replace(b"\x40\x01", b"\x80\x02"), 100)
    assert first is not None
    assert other is not None
    assert first.entry is not None
    assert other.entry is not None
    assert first.entry.header != other.entry.header


def test_without_pictures_every_sound_is_an_entry() -> None:
    units = MatroskaUnits({"audio"})
    assert [
        one is not None and one.entry is not None
        for one in (units.audio(b"a", 0), units.audio(b"b", 20))
    ] == [True, True]


def test_a_track_s_time_never_goes_back() -> None:
    units = MatroskaUnits({"video"})
    units.video("VP8", VP8_KEY, 0)
    ahead, behind = units.video("VP8", VP8_INTER, 100), units.video("VP8", VP8_INTER, 60)
    assert ahead is not None
    assert behind is not None
    assert ahead.data == behind.data


def test_a_key_frame_without_its_start_code_is_bad() -> None:
    with pytest.raises(BadBytes):
        MatroskaUnits({"video"}).video("VP8", b"\x10\0\0\0\0\0\0\0\0\0", 0)


@given(st.lists(st.tuples(st.sampled_from(["H264", "VP8", "audio"]), st.binary(max_size=80))))
def test_any_frames_are_carried_or_refused(frames: list[tuple[str, bytes]]) -> None:
    units = MatroskaUnits({"video", "audio"})
    try:
        for at, (codec, data) in enumerate(frames):
            if codec == "audio":
                units.audio(data, at)
            else:
                units.video("H264" if codec == "H264" else "VP8", data, at)
    except BadBytes:
        return
