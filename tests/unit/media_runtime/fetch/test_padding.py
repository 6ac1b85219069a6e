"""What is not read of a container is filled with what the container calls nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.fetch.padding import padding
from media_runtime.fetch.ranges import holes
from media_runtime.title.plan import ByteRange


def void(content: bytes) -> int:
    """The length of a Void element, its own header included."""
    assert content[0] == 0xEC
    length = 9 - content[1].bit_length()
    size = int.from_bytes(content[1 : 1 + length]) & ((1 << 7 * length) - 1)
    assert size != (1 << 7 * length) - 1
    return 1 + length + size


@given(st.integers(2, 1 << 38) | st.integers(1 << 30, (1 << 30) + 20))
def test_voids_fill_a_hole_and_none_is_too_large_for_a_reader(length: int) -> None:
    reached = 0
    for at, nothing in padding("matroska", length):
        assert at == reached
        reached += void(nothing)
        assert at + len(nothing) <= reached
        assert reached - at <= 1 << 30
    assert reached == length


def test_a_hole_too_short_for_an_element_is_refused() -> None:
    with pytest.raises(ValueError, match="so short"):
        list(padding("matroska", 1))


def test_what_has_no_padding_is_not_filled() -> None:
    with pytest.raises(ValueError, match="avi"):
        list(padding("avi", 100))


def test_holes_are_what_lies_before_between_and_after() -> None:
    reads = [
        ByteRange(offset=5, length=5),
        ByteRange(offset=10, length=1),
        ByteRange(offset=20, length=5),
    ]
    assert list(holes(reads, 30)) == [
        ByteRange(offset=0, length=5),
        ByteRange(offset=11, length=9),
        ByteRange(offset=25, length=5),
    ]
    assert list(holes([ByteRange(offset=0, length=30)], 30)) == []
