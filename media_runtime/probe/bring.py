"""Brings to this node as much of the source as ffprobe looks at: its index, or all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.fetch import fetch_ranges, read_pinned

from .reads import merged, whole

if TYPE_CHECKING:
    from pathlib import Path

    from media_runtime.store import Store
    from media_runtime.title.plan import ByteRange, Source

SMALL_BYTES = 32 << 20
"""A source up to this size is fetched whole, whatever it is."""
_BEGINNING = 4 << 20
"""Of the media itself: where ffprobe makes out what the streams are."""
_LARGEST_INDEX = 1 << 30
_MOST_BOXES = 64


@dataclass(frozen=True)
class Brought:
    file: Path
    whole: bool
    headers: tuple[tuple[int, int], ...] | None
    """Of a container whose index tells where each packet lies: (begin, end) of all but the
    media. None: a worker must have the whole source."""


@dataclass(frozen=True)
class _Box:
    kind: bytes
    begin: int
    end: int


async def bring(store: Store, source: Source, into: Path, *, small: int = SMALL_BYTES) -> Brought:
    """Raises Refused(InputChanged) and StoreAway."""
    headers = await _index_of(store, source) if source.format == "mov" else None
    if headers is None or source.size <= small:
        await fetch_ranges(store, source, whole(source.size), into)
        return Brought(into, whole=True, headers=headers)
    beginning = [(end, end + _BEGINNING) for _, end in headers]
    ranges: tuple[ByteRange, ...] = merged([(0, _BEGINNING), *headers, *beginning], source.size)
    await fetch_ranges(store, source, ranges, into)
    return Brought(into, whole=False, headers=headers)


async def _index_of(store: Store, source: Source) -> tuple[tuple[int, int], ...] | None:
    """(begin, end) of every box but mdat (ISO/IEC 14496-12 4.2); None if it is fragmented or odd.

    Media of fragments is found only by walking through them.
    """
    headers: list[tuple[int, int]] = []
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > source.size:
            break
        head = await read_pinned(store, source, at, min(16, source.size - at))
        box = _box(head, at, source.size)
        if box is None or box.kind in (b"moof", b"sidx", b"styp"):
            return None
        # mdat's own header is read by ffmpeg as it walks from box to box
        headers.append((at, min(at + 16, box.end) if box.kind == b"mdat" else box.end))
        at = box.end
    else:
        return None
    large = sum(end - begin for begin, end in headers) > _LARGEST_INDEX
    return None if large else tuple(headers)


def _box(head: bytes, at: int, size: int) -> _Box | None:
    length, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if length == 1 and len(head) == 16:
        length = int.from_bytes(head[8:16], "big")
    elif length == 0:
        length = size - at
    return _Box(kind, at, min(at + length, size)) if length >= 8 else None
