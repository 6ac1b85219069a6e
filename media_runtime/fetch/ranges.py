"""Parts of the pinned source, read into a sparse local file of its full size, offsets kept."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, cast

from media_runtime.failure import Refused
from media_runtime.store import Changed, Missing
from media_runtime.title.plan import ByteRange

from .padding import padding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from media_runtime.ffmpeg import Format
    from media_runtime.store import Store
    from media_runtime.title.plan import Source

_PIECE = 8 << 20
_AT_ONCE = 4


def key_of(source: Source) -> str:
    """The source's key in the store: a source is always an object, copied first if need be."""
    return source.uri.removeprefix("s3://").partition("/")[2]


async def read_pinned(store: Store, source: Source, offset: int, length: int) -> bytes:
    """Raises Refused(InputChanged) if the object is not the one that was pinned."""
    try:
        return await store.read_range(key_of(source), offset, length, etag=source.etag or None)
    except Changed as e:
        raise Refused("InputChanged", "the source was overwritten after the job began") from e
    except Missing as e:
        raise Refused("InputChanged", "the source was deleted after the job began") from e


async def fetch_ranges(
    store: Store, source: Source, reads: Sequence[ByteRange], into: Path
) -> None:
    """`into` is created if it is not there; ranges already read are simply read again.

    Raises Refused(InputChanged) and StoreAway.
    """
    file = os.open(into, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(file, source.size)
    finally:
        os.close(file)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def fetch(piece: ByteRange) -> None:
        async with turns:
            content = await read_pinned(store, source, piece.offset, piece.length)
            await asyncio.to_thread(_write, into, content, piece.offset)

    try:
        async with asyncio.TaskGroup() as group:
            for piece in pieces(reads, source.size):
                group.create_task(fetch(piece))
    except ExceptionGroup as several:
        raise several.exceptions[0] from several


async def fetch_excerpt(
    store: Store, source: Source, reads: Sequence[ByteRange], into: Path
) -> None:
    """As `fetch_ranges`, and what lies between is nothing to who reads the container.

    Raises Refused(InputChanged) and StoreAway.
    """
    await fetch_ranges(store, source, reads, into)
    await asyncio.to_thread(_fill, source, reads, into)


def _fill(source: Source, reads: Sequence[ByteRange], into: Path) -> None:
    file = os.open(into, os.O_WRONLY | os.O_CLOEXEC)
    try:
        for hole in holes(reads, source.size):
            for at, nothing in padding(cast("Format", source.format), hole.length):
                _put(file, nothing, hole.offset + at)
    finally:
        os.close(file)


def holes(reads: Sequence[ByteRange], size: int) -> Iterator[ByteRange]:
    """What of the source is in none of the ranges, which ascend."""
    at = 0
    for read in (*reads, ByteRange(offset=size, length=0)):
        if at < read.offset:
            yield ByteRange(offset=at, length=read.offset - at)
        at = max(at, read.offset + read.length)


def _write(into: Path, content: bytes, offset: int) -> None:
    """By a descriptor of its own: a thread goes on when whoever waits for it is cancelled."""
    file = os.open(into, os.O_WRONLY | os.O_CLOEXEC)
    try:
        _put(file, content, offset)
    finally:
        os.close(file)


def _put(file: int, content: bytes, offset: int) -> None:
    """All of it: a disk that fills up takes a part and says nothing before the next write."""
    rest = memoryview(content)
    while rest:
        written = os.pwrite(file, rest, offset)
        rest, offset = rest[written:], offset + written


async def fetch_whole(store: Store, source: Source, into: Path) -> None:
    await fetch_ranges(store, source, [ByteRange(offset=0, length=source.size)], into)


def pieces(reads: Sequence[ByteRange], size: int) -> Iterator[ByteRange]:
    """The ranges, cut at the end of the source and to what fits in memory a few times over."""
    for read in reads:
        end = min(read.offset + read.length, size)
        for offset in range(read.offset, end, _PIECE):
            yield ByteRange(offset=offset, length=min(_PIECE, end - offset))
