"""AMF 0: what is written is read back, and what is hostile is refused, cheaply."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.refusal import BadBytes
from media_runtime.contribution.rtmp.amf0 import MAX_DEPTH, Value, decode, encode

plain = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20)
names = st.text(min_size=1, max_size=8)
values = st.recursive(
    plain,
    lambda inner: st.dictionaries(names, inner, max_size=4) | st.lists(inner, max_size=4),
    max_leaves=12,
)


def depth(value: Value) -> int:
    inner = value.values() if isinstance(value, dict) else value
    return (
        1 + max(map(depth, inner), default=0) if isinstance(inner, list | type({}.values())) else 0
    )


@given(st.lists(values.filter(lambda one: depth(one) <= MAX_DEPTH), max_size=4))
def test_what_is_written_is_read_back(said: list[Value]) -> None:
    assert decode(encode(said)) == said


@given(st.binary(max_size=300))
def test_any_bytes_are_values_or_refused(data: bytes) -> None:
    try:
        decode(data)
    except BadBytes:
        return


@pytest.mark.parametrize(
    "data",
    [
        b"\x03\x00\x01a" * 1000,
        b"\x0a\x00\x00\x00\x01" * 1000,
        b"\x0a\x7f\xff\xff\xff" + b"\x05" * 10_000,
        b"\x0a\x00\x00\x20\x00" + b"\x05" * 0x2000,
        b"\x02\xff\xffshort",
        b"\x0d",
        b"\x00\x00",
    ],
)
def test_nesting_without_end_and_lengths_that_lie_are_refused(data: bytes) -> None:
    with pytest.raises(BadBytes):
        decode(data)


def test_metadata_of_an_encoder_is_an_object_whatever_its_array_says_of_its_length() -> None:
    array = b"\x08\x00\x00\x00\x63" + b"\x00\x05width\x00" + b"\x40\x94" + bytes(6) + b"\0\0\x09"
    assert decode(array) == [{"width": 1280.0}]


def test_a_long_text_has_a_longer_length() -> None:
    assert decode(encode(["x" * 70_000])) == ["x" * 70_000]


def test_not_a_number_is_a_number_all_the_same() -> None:
    (value,) = decode(encode([math.nan]))
    assert isinstance(value, float)
    assert math.isnan(value)
