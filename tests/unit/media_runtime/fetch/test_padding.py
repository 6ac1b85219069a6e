"""What is not read of a container is filled with what the container calls nothing."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.fetch.padding import padding
from media_runtime.fetch.ranges import holes
from media_runtime.ffmpeg import Format
from media_runtime.title.plan import ByteRange


def free(content: bytes) -> int:
    """The length of a free box."""
    assert content[4:] == b"free"
    return int.from_bytes(content[:4])


def void(content: bytes) -> int:
    """The length of a Void element, its own header included."""
    assert content[0] == 0xEC
    length = 9 - content[1].bit_length()
    size = int.from_bytes(content[1 : 1 + length]) & ((1 << 7 * length) - 1)
    assert size != (1 << 7 * length) - 1
    return 1 + length + size


@pytest.mark.parametrize(("form", "read"), [("matroska", void), ("mov", free)])
@given(length=st.integers(8, 1 << 38) | st.integers(1 << 30, (1 << 30) + 20))
def test_a_hole_is_filled_and_no_piece_is_too_large_for_a_reader(
    form: Format, read: Callable[[bytes], int], length: int
) -> None:
    reached = 0
    for at, nothing in padding(form, length):
        assert at == reached
        reached += read(nothing)
        assert at + len(nothing) <= reached
        assert reached - at <= 1 << 30
    assert reached == length


@given(st.integers(2, 300))
def test_a_void_may_be_as_short_as_its_own_header(length: int) -> None:
    ((_, nothing),) = padding("matroska", length)
    assert void(nothing) == length


@pytest.mark.parametrize(("form", "length"), [("matroska", 1), ("mov", 7)])
def test_a_hole_too_short_for_nothing_is_refused(form: Format, length: int) -> None:
    with pytest.raises(ValueError, match="so short"):
        list(padding(form, length))


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
