"""Boxes of the ISO base media file format (ISO/IEC 14496-12 section 4.2), read and written."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

Bytes = bytes | bytearray | memoryview


class Malformed(ValueError):  # noqa: N818 - reads as what it is
    """Not the boxes that ffmpeg writes: a bug of ours, or a file that was cut off."""


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    """Four characters."""
    start: int
    """Offset of the whole box in what was walked."""
    body: memoryview
    """Without size and kind; a view, nothing is copied."""

    def children(self, *, after: int = 0) -> Iterator["Box"]:
        """The boxes inside, `after` so many bytes of fields."""
        return walk(self.body[after:])

    def child(self, *path: bytes) -> "Box":
        """The first box down the path of kinds; Malformed if there is none."""
        found = self
        for kind in path:
            found = next((b for b in found.children() if b.kind == kind), None) or _lacks(
                found.kind, kind
            )
        return found

    def number(self, offset: int, size: int) -> int:
        """An unsigned big-endian field of the body."""
        field = self.body[offset : offset + size]
        if len(field) != size:
            raise Malformed(f"{self.kind!r} is cut off")
        return int.from_bytes(field, "big")


def _lacks(kind: bytes, wanted: bytes) -> Box:
    raise Malformed(f"{kind!r} has no {wanted!r}")


def walk(content: Bytes) -> Iterator[Box]:
    """The boxes one after the other. Raises Malformed where one claims more than there is."""
    view, at = memoryview(content), 0
    while at < len(view):
        size, kind, header = _head(view, at)
        if size < header or at + size > len(view):
            raise Malformed(f"{kind!r} at {at} claims {size} of {len(view) - at} bytes")
        yield Box(kind, at, view[at + header : at + size])
        at += size


def whole(content: Bytes) -> int | None:
    """Bytes of the first box in a stream that still grows; None until its head is there."""
    view = memoryview(content)
    if len(view) < 8 or (bytes(view[:4]) == b"\0\0\0\1" and len(view) < 16):
        return None
    return _head(view, 0)[0]


def _head(view: memoryview, at: int) -> tuple[int, bytes, int]:
    if len(view) - at < 8:
        raise Malformed(f"{len(view) - at} bytes are left over at {at}")
    size, kind = int.from_bytes(view[at : at + 4], "big"), bytes(view[at + 4 : at + 8])
    if size == 1:
        return int.from_bytes(view[at + 8 : at + 16], "big"), kind, 16
    return (len(view) - at if size == 0 else size), kind, 8


def box(kind: bytes, *content: Bytes) -> bytes:
    size = 8 + sum(len(piece) for piece in content)
    if size >= 1 << 32:
        return b"".join((struct.pack(">I4sQ", 1, kind, size + 8), *content))
    return b"".join((struct.pack(">I4s", size, kind), *content))


def full_box(kind: bytes, version: int, flags: int, *content: Bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *content)
