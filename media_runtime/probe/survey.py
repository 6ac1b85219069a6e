"""Finds out all that a plan is made from: streams, packets and their digests, fields or frames."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from media_runtime.failure import Refused
from media_runtime.fetch import fetch_ranges, read_pinned
from media_runtime.title.plan import Source

from .astray import mend
from .audio import by_language
from .bring import SMALL_BYTES, bring
from .digests import add_digests
from .divide import divided
from .headers import headers
from .packets import scan
from .parts import Undivided
from .reads import looked_at
from .sample import is_interlaced, require_sound
from .sniff import SNIFFED_BYTES, container_of
from .timing import extent, timing
from .warnings import is_a_still, warnings

if TYPE_CHECKING:
    from pathlib import Path

    from media_runtime.fetch import Pinned
    from media_runtime.store import Store

    from .bring import Brought
    from .model import AudioStream, Contents, VideoStream
    from .packets import Packets, Scan
    from .parts import Parts
    from .timing import Extent, Timing

_SAMPLE_SECONDS = 25.0
_PACKETS_SECONDS = 1200.0
_MOST_ASTRAY = 0.2

log = structlog.get_logger()


@dataclass(frozen=True)
class Survey:
    source: Source
    contents: Contents
    """Its video is None, too, where no frame of it is ever shown."""
    timing: Timing | None
    """Of the picture."""
    sound: Extent | None
    """First and last audible moment of any stream in use, on the source's clock."""
    interlaced: bool
    packets: dict[int, Packets]
    """Of the streams in use, with digests."""
    index: tuple[tuple[int, int], ...] | None
    """As Brought has it."""
    parts: Parts | None
    """Of a container without an index of its packets, where it can be read in part."""
    warnings: tuple[str, ...]

    @property
    def audio(self) -> list[AudioStream]:
        return [s for s in by_language(self.contents.audio) if len(self.packets[s.index])]


async def survey(
    store: Store, pinned: Pinned, scratch: Path, *, max_pixels: int, small: int = SMALL_BYTES
) -> Survey:
    """Raises Refused: NoMedia, InputUnsafe, InputCorrupt, InputChanged, UnsupportedCodec."""
    uri = f"s3://{store.bucket}/{pinned.key}"
    source = Source(uri=uri, etag=pinned.etag, size=pinned.size, format="")
    beginning = min(SNIFFED_BYTES, pinned.size)
    first = await read_pinned(store, source, 0, beginning) if beginning else b""
    container = container_of(first)
    source = source.model_copy(update={"format": container})
    brought = await bring(store, source, scratch / "source", small=small)
    found = await headers(brought.file, container, max_pixels=max_pixels)
    scanned = await _scanned(brought, found, source, max_pixels)
    if not brought.whole:
        # what was brought at first was a guess; now it is known where the streams begin
        await fetch_ranges(
            store, source, looked_at(scanned.packets.values(), source.size), brought.file
        )
        found = await headers(brought.file, container, max_pixels=max_pixels)
    await _digested(store, source, brought, scanned)
    return await _judged(brought, source, found, scanned, max_pixels)


def _hashed_by_ffprobe(brought: Brought) -> bool:
    return brought.headers is None


async def _scanned(brought: Brought, found: Contents, source: Source, max_pixels: int) -> Scan:
    streams = [stream.index for stream in by_language(found.audio)]
    if found.video is not None:
        streams.append(found.video.index)
    scanned = await scan(
        brought.file,
        found.format,
        streams,
        file_size=source.size,
        max_pixels=max_pixels,
        hashed=_hashed_by_ffprobe(brought),
        wall_seconds=_PACKETS_SECONDS,
    )
    time_bases = {stream.index: stream.time_base for stream in found.audio}
    if found.video is not None:
        time_bases[found.video.index] = found.video.time_base
    lost = 0
    for index, packets in scanned.packets.items():
        lost += (astray := mend(packets, time_bases[index]))
        if astray > len(packets) * _MOST_ASTRAY:
            raise Refused("InputCorrupt", "its clock runs back and forth; remux it")
    return replace(scanned, astray=lost)


async def _digested(store: Store, source: Source, brought: Brought, scanned: Scan) -> None:
    if _hashed_by_ffprobe(brought):
        return

    async def read(offset: int, length: int) -> bytes:
        return await read_pinned(store, source, offset, length)

    await add_digests(list(scanned.packets.values()), read)


async def _judged(
    brought: Brought, source: Source, found: Contents, scanned: Scan, max_pixels: int
) -> Survey:
    video, shown = found.video, None
    if video is not None:
        shown = timing(scanned.packets[video.index], video.time_base, video.declared_rates)
    sound = _sound(found, scanned)
    if shown is not None and sound is not None and is_a_still(shown, sound):
        shown = None
    interlaced = False
    if video is not None and shown is not None:
        interlaced = await is_interlaced(
            brought.file,
            found.format,
            video,
            max_pixels=max_pixels,
            wall_seconds=_SAMPLE_SECONDS,
        )
    elif sound is not None:
        await require_sound(
            brought.file,
            found.format,
            next(s.index for s in by_language(found.audio) if len(scanned.packets[s.index])),
            max_pixels=max_pixels,
            wall_seconds=_SAMPLE_SECONDS,
        )
    else:
        raise Refused("InputCorrupt", "the source has no packets that can be read")
    return Survey(
        source=source,
        contents=found if shown is not None else replace(found, video=None),
        timing=shown,
        sound=sound,
        interlaced=interlaced,
        packets=scanned.packets,
        index=brought.headers,
        parts=await _parts(brought, source, video if shown is not None else None, scanned),
        warnings=(
            *found.warnings,
            *warnings(found, scanned, shown, sound, complete=brought.whole),
        ),
    )


async def _parts(
    brought: Brought, source: Source, video: VideoStream | None, scanned: Scan
) -> Parts | None:
    if brought.headers is not None or video is None:
        return None
    try:
        return await asyncio.to_thread(
            divided, brought.file, source.format, scanned.packets[video.index]
        )
    except Undivided as e:
        log.info("every worker reads the whole source", why=str(e), size_bytes=source.size)
        return None


def _sound(found: Contents, scanned: Scan) -> Extent | None:
    extents = [
        heard
        for stream in by_language(found.audio)
        if (heard := extent(scanned.packets[stream.index], stream.time_base)) is not None
    ]
    return (min(a for a, _ in extents), max(b for _, b in extents)) if extents else None
