"""Where the fragments of an MP4 file lie (ISO/IEC 14496-12 section 8.8), by its own sizes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .parts import Parts, Undivided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .parts import Bytes

_MOST_BOXES = 1 << 21
_MOST_HEADERS = 64 << 20
"""Bytes of all fragments' headers, each of which is looked into."""
_MOST_BESIDE = 16 << 20
"""Bytes: a larger index is not read again for every chunk."""
_DURATION, _SIZE, _FLAGS, _OFFSET = 0x100, 0x200, 0x400, 0x800
_DATA_OFFSET, _FIRST_FLAGS = 0x1, 0x4


class _Box(NamedTuple):
    kind: bytes
    begin: int
    body: int
    end: int


def fragments(content: Bytes) -> Parts:
    """Raises Undivided where a fragment leans on those before it, or is not told by sizes."""
    always: list[tuple[int, int]] = []
    units: list[tuple[int, int]] = []
    headers = 0
    for n, box in enumerate(_boxes(content, 0, len(content))):
        if box.kind == b"moof":
            headers += box.end - box.begin
            if headers > _MOST_HEADERS:
                raise Undivided("its fragments' headers are too large")
            _require_own_times(content, box)
            units.append((box.begin, box.end))
        elif box.kind == b"mdat":
            if not units or units[-1][1] != box.begin:
                raise Undivided("it has media outside of its fragments")
            units[-1] = (units[-1][0], box.end)
        elif box.kind not in (b"free", b"skip"):
            always.append((box.begin, box.end))
        if n > _MOST_BOXES:
            raise Undivided("it has too many boxes")
    if not units:
        raise Undivided("its index is too large or odd")
    if sum(end - begin for begin, end in always) > _MOST_BESIDE:
        raise Undivided("what it has beside its fragments is too large")
    return Parts(tuple(always), tuple(units))


def _require_own_times(content: Bytes, moof: _Box) -> None:
    for traf in _boxes(content, moof.body, moof.end):
        if traf.kind != b"traf":
            continue
        inner = list(_boxes(content, traf.body, traf.end))
        if not any(box.kind == b"tfdt" for box in inner):
            raise Undivided("its fragments do not say when they begin")
        if any(box.kind == b"trun" and _shows_early(content[box.body : box.end]) for box in inner):
            # ffmpeg shifts the whole track by the earliest that it has met
            raise Undivided("its frames are shown before they are decoded")


def _shows_early(trun: bytes) -> bool:
    """Whether a sample has a negative composition offset (section 8.8.8)."""
    if len(trun) < 8:
        raise Undivided("its fragments cannot be read")
    flags, count = int.from_bytes(trun[1:4]), int.from_bytes(trun[4:8])
    if not trun[0] or not flags & _OFFSET:
        return False
    first = 8 + 4 * bool(flags & _DATA_OFFSET) + 4 * bool(flags & _FIRST_FLAGS)
    before = sum(4 for flag in (_DURATION, _SIZE, _FLAGS) if flags & flag)
    if first + count * (before + 4) > len(trun):
        raise Undivided("its fragments cannot be read")
    return any(trun[first + before + n * (before + 4)] & 0x80 for n in range(count))


def _boxes(content: Bytes, at: int, after: int) -> Iterator[_Box]:
    """A file that was cut short ends the last box."""
    while at < after:
        if at + 8 > after:
            raise Undivided("it has bytes after its last box")
        size, kind, body = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8], at + 8
        if size == 1:
            size, body = int.from_bytes(content[body : body + 8]), body + 8
        elif size == 0:
            size = after - at
        if size < body - at:
            raise Undivided("its boxes cannot be read")
        yield _Box(kind, at, body, min(at + size, after))
        at += size
