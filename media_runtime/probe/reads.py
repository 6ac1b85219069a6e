"""Which bytes of the source a chunk's worker needs, so that it reads its part and no more. Pure."""

from collections.abc import Iterable

from media_runtime.title.plan import ByteRange

from .chunks import Span
from .packets import Packets

_GAP = 256 << 10
"""Bytes: reading through a gap of this size is cheaper than another request."""
DECODERS_AHEAD = 64
"""Packets that decoders and their threads may take before the last frame comes out."""
_LOOKED_AT = 64
"""Packets from which ffmpeg makes out what a stream is; it meets no hole among them."""


def merged(ranges: Iterable[tuple[int, int]], size: int, gap: int = _GAP) -> tuple[ByteRange, ...]:
    """(begin, end) pairs, joined where they are near, cut at the source's end, ascending."""
    joined: list[list[int]] = []
    for begin, end in sorted((max(0, b), min(e, size)) for b, e in ranges):
        if begin >= end:
            continue
        if joined and begin <= joined[-1][1] + gap:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([begin, end])
    return tuple(ByteRange(offset=b, length=e - b) for b, e in joined)


def whole(size: int) -> tuple[ByteRange, ...]:
    return (ByteRange(offset=0, length=size),)


def looked_at(streams: Iterable[Packets], size: int) -> tuple[ByteRange, ...]:
    """Where ffmpeg makes out what the streams are, and decodes their first pictures."""
    first = [pair for packets in streams for pair in _bytes(packets, 0, _LOOKED_AT)]
    return merged(first, size)


def of_chunk(
    span: Span,
    video: Packets,
    others: Iterable[Packets],
    *,
    headers: tuple[tuple[int, int], ...],
    size: int,
) -> tuple[ByteRange, ...]:
    """For a container whose index tells where each packet lies (`headers`: the index itself)."""
    wanted = list(headers)
    for packets in (video, *others):
        wanted += _bytes(packets, 0, _LOOKED_AT)
    wanted += _bytes(video, span.first, span.after + DECODERS_AHEAD)
    return merged(wanted, size)


def _bytes(packets: Packets, first: int, after: int) -> list[tuple[int, int]]:
    return [
        (packets.position[n], packets.position[n] + packets.size[n])
        for n in range(first, min(after, len(packets)))
        if packets.position[n] >= 0
    ]
