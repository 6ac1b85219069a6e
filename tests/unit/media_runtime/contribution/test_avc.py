"""H.264 as WebRTC brings it, made fit for a container."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution import avc
from media_runtime.contribution.refusal import BadBytes

START = b"\0\0\0\1"
# By x264: baseline, interlaced (1088 lines, 8 of them cropped), high, 4:4:4, own scaling lists.
SIZES = {
    "6742c00bda0a37e4c044000003000400000300c83c50aa80": (160, 90),
    "674d4028f403c0227ef011000003000100000300321f162ea0": (1920, 1080),
    "6764001eacd940a02ff97011000003000100000300320f162d96": (640, 360),
    "67f4000d919681519e3e2f011000000300100000030320f142aa": (322, 182),
    "6764000dacb40a8cf1136022000003000200000300641e285540": (322, 182),
}


@pytest.mark.parametrize(("sps", "size"), SIZES.items())
def test_a_parameter_set_tells_the_size_that_is_shown(sps: str, size: tuple[int, int]) -> None:
    assert avc.size_of(bytes.fromhex(sps)) == size


def test_a_byte_stream_becomes_units_behind_their_lengths() -> None:
    units = avc.units_of(START + b"\x67ab" + START + b"\x68c" + b"\0\0\1" + b"\x65key\0")
    assert units == [b"\x67ab", b"\x68c", b"\x65key"]
    assert avc.with_lengths(units[:2]) == b"\0\0\0\x03\x67ab\0\0\0\x02\x68c"
    assert avc.first_of(units, avc.IDR) == b"\x65key"
    assert avc.first_of(units, 1) is None


def test_a_configuration_holds_profile_and_parameter_sets() -> None:
    made = avc.configuration(b"\x67\x42\xc0\x0a", b"\x68\xce")
    assert made == b"\x01\x42\xc0\x0a\xff\xe1\0\x04\x67\x42\xc0\x0a\x01\0\x02\x68\xce"


@given(st.binary(min_size=4, max_size=80))
def test_any_parameter_set_has_a_size_or_is_refused(data: bytes) -> None:
    try:
        width, height = avc.size_of(b"\x67" + data)
    except BadBytes:
        return
    assert 0 < width <= 1 << 14
    assert 0 < height <= 1 << 14


@given(st.binary(max_size=200))
def test_any_bytes_have_units_without_start_codes(data: bytes) -> None:
    for unit in avc.units_of(data):
        assert b"\0\0\1" not in unit
