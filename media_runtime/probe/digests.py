"""Hashes each packet's bytes where the index tells where they lie, without keeping any.

The other part of the probe that is linear in the title: every byte of the media is read once, as
fast as the store gives it (sha256 itself makes 1 GB/s and more). Only so is a chunk's content
address exact, and a small edit of a long title a small amount of work.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .packets import Packets

    Read = Callable[[int, int], Awaitable[bytes]]

_WINDOW = 16 << 20
_AHEAD = 3
"""Windows read while one is hashed: memory is bounded, and the store never waits for us."""


class _Place(NamedTuple):
    position: int
    size: int
    stream: int
    packet: int


async def add_digests(streams: Sequence[Packets], read: Read, *, window: int = _WINDOW) -> None:
    """Fills Packets.digests. `read(offset, length)` gives the source's bytes."""
    for packets in streams:
        packets.digests[:] = [b""] * len(packets)
    reading: deque[tuple[list[_Place], asyncio.Task[bytes]]] = deque()
    try:
        for group in _windows(streams, window):
            begin, end = group[0].position, max(p.position + p.size for p in group)
            reading.append((group, asyncio.create_task(_whole(read, begin, end - begin))))
            if len(reading) > _AHEAD:
                await _hash_next(reading, streams)
        while reading:
            await _hash_next(reading, streams)
    finally:
        for _, task in reading:
            task.cancel()


async def _whole(read: Read, offset: int, length: int) -> bytes:
    return await read(offset, length) if length else b""


async def _hash_next(
    reading: deque[tuple[list[_Place], asyncio.Task[bytes]]], streams: Sequence[Packets]
) -> None:
    group, task = reading[0]
    content = await task
    reading.popleft()
    await asyncio.to_thread(_hash, group, memoryview(content), streams)


def _hash(group: list[_Place], content: memoryview, streams: Sequence[Packets]) -> None:
    begin = group[0].position
    for position, size, stream, packet in group:
        packet_bytes = content[position - begin : position - begin + size]
        streams[stream].digests[packet] = hashlib.sha256(packet_bytes).digest()


def _windows(streams: Sequence[Packets], window: int) -> list[list[_Place]]:
    """Packets in the order of their bytes, in groups that span about a window each."""
    groups: list[list[_Place]] = []
    for place in sorted(
        _Place(packets.position[n], packets.size[n], stream, n)
        for stream, packets in enumerate(streams)
        for n in range(len(packets))
    ):
        if not groups or place.position + place.size > groups[-1][0].position + window:
            groups.append([])
        groups[-1].append(place)
    return groups
