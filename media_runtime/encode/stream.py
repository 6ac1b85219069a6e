"""Reads a fragmented MP4 while it is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from media_runtime.cmaf import Header, Sample, read_fragments, read_header
from media_runtime.cmaf.boxes import whole

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator

_PIECE = 1 << 18


async def boxes(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Top-level boxes, each whole; what is cut off at the end is not among them."""
    held = bytearray()
    while piece := await stream.read(_PIECE):
        held += piece
        while (size := whole(held)) is not None and 8 <= size <= len(held):
            yield bytes(held[:size])
            del held[:size]


async def samples(stream: asyncio.StreamReader) -> AsyncIterator[Header | Sample]:
    """The header once, then every sample."""
    ftyp = moof = b""
    async for found in boxes(stream):
        match found[4:8]:
            case b"ftyp":
                ftyp = found
            case b"moov":
                yield read_header(ftyp + found)
            case b"moof":
                moof = found
            case b"mdat":
                for fragment in read_fragments(moof + found):
                    for sample in fragment.samples:
                        yield sample
