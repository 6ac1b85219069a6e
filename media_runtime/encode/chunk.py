"""Encodes one chunk of a title: one decode, every rung that is still missing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog

from media_runtime.cmaf import codecs_string, read_fragments, read_header, write_header
from media_runtime.failure import Refused
from media_runtime.fetch import fetch_ranges
from media_runtime.ffmpeg import Limits, require_success, run
from media_runtime.title import records
from media_runtime.title.ledger import Entry

from .chunk_argv import chunk_argv
from .cut import on_grid, require_key_frames, segments_of, shift_of
from .likeness import likeness
from .span import span_of
from .verify import verify
from .work import Done

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from media_runtime.ffmpeg import Ended
    from media_runtime.store import Store
    from media_runtime.title.layout import Layout
    from media_runtime.title.plan import Chunk, Plan, VideoRung, VideoTrack

_WALL_SECONDS = 12 * 3600.0
"""Of one ffmpeg. The job's own deadline is shorter; this ends what hangs without one."""
_KEPT_WARNINGS = 3

log = structlog.get_logger()


def rungs_by_key(plan: Plan, chunk: Chunk) -> dict[str, VideoRung]:
    """Content address -> a rung that has it. Two rungs with one address are encoded once."""
    rungs: dict[str, VideoRung] = {}
    for rung in plan.rungs:
        rungs.setdefault(chunk.keys[rung.name], rung)
    return rungs


@dataclass(frozen=True)
class Made:
    """One rung of the chunk, on local disk, not yet promised to anybody."""

    entry: Entry
    header: bytes
    media: bytes


@dataclass(frozen=True)
class ChunkWork:
    plan: Plan
    track: VideoTrack
    chunk: Chunk
    store: Store
    layout: Layout
    scratch: Path
    max_pixels: int

    @property
    def keys(self) -> AbstractSet[str]:
        return rungs_by_key(self.plan, self.chunk).keys()

    async def is_done(self, key: str) -> bool:
        return await self.store.head(self.layout.entry(key, 0)) is not None

    async def perform(self, keys: AbstractSet[str]) -> Done:
        """Encodes these keys, verifies and stores them. Raises Refused, TryAgain, StoreAway."""
        rungs = {k: r for k, r in rungs_by_key(self.plan, self.chunk).items() if k in keys}
        source = self.scratch / "source"
        await fetch_ranges(self.store, self.plan.source, self.chunk.reads, source)
        files = {key: self.scratch / f"rung-{n}.mp4" for n, key in enumerate(rungs)}
        ended = await self._encode(list(rungs.values()), source, list(files.values()))
        warnings = complaints(ended, f"chunk {self.chunk.index}")
        made = {
            key: await asyncio.to_thread(self._made, key, rung, files[key], warnings)
            for key, rung in rungs.items()
        }
        made = await self._verified(rungs, made, source)
        source.unlink()
        for one in made.values():
            await self._stored(one)
        frames = span_of(self.plan.rungs[0], self.chunk).count
        millis = round(frames / self.plan.rungs[0].rate * 1000)
        return Done(media_millis=millis, warnings=warnings)

    async def _encode(
        self, rungs: Sequence[VideoRung], source: Path, files: Sequence[Path]
    ) -> Ended:
        argv = chunk_argv(
            self.plan,
            self.track,
            self.chunk,
            rungs,
            source=source,
            outputs=files,
            max_pixels=self.max_pixels,
        )
        ended = await run(argv, Limits(wall_seconds=_WALL_SECONDS))
        if not all(file.exists() and file.stat().st_size for file in files) and ended.code > 0:
            require_success(ended, "InputCorrupt", f"decoding chunk {self.chunk.index}")
        require_success(ended, "EncodeFailed", f"encoding chunk {self.chunk.index}")
        return ended

    def _made(self, key: str, rung: VideoRung, file: Path, warnings: tuple[str, ...]) -> Made:
        content, span = file.read_bytes(), span_of(rung, self.chunk)
        fragments = list(read_fragments(content))
        if not any(fragment.samples for fragment in fragments):
            raise Refused("InputCorrupt", f"nothing of chunk {self.chunk.index} can be decoded")
        header = replace(read_header(content), timescale=rung.timescale, shift=shift_of(rung))
        samples = on_grid(fragments, rung, span)
        require_key_frames(samples, rung, header)
        media, segments = segments_of(samples, rung, span)
        file.unlink()
        init = write_header(header)
        entry = Entry(
            key=key,
            run=0,
            last=True,
            init=sha256(init).hexdigest(),
            codecs=codecs_string(header),
            timescale=rung.timescale,
            start=span.first * rung.ticks_per_frame,
            segments=segments,
            samples=span.count,
            warnings=warnings,
        )
        return Made(entry, init, media)

    async def _verified(
        self, rungs: Mapping[str, VideoRung], made: Mapping[str, Made], source: Path
    ) -> dict[str, Made]:
        files = {key: self.scratch / f"made-{n}.mp4" for n, key in enumerate(made)}
        for key, one in made.items():
            await asyncio.to_thread(files[key].write_bytes, one.header + one.media)
            name, entry = rungs[key].name, one.entry
            await verify(files[key], name=name, frames=entry.samples, start=entry.start)
        checked = dict(made)
        if self.plan.min_ssim is not None:
            values = await likeness(
                self.plan,
                self.track,
                self.chunk,
                list(rungs.values()),
                source=source,
                made=list(files.values()),
                max_pixels=self.max_pixels,
            )
            checked = {
                key: replace(one, entry=one.entry.model_copy(update={"ssim": value}))
                for (key, one), value in zip(made.items(), values, strict=True)
            }
        for file in files.values():
            file.unlink()
        return checked

    async def _stored(self, one: Made) -> None:
        await records.write_init(self.store, self.layout, one.entry, one.header)
        await self.store.write(self.layout.media(one.entry.key, 0), one.media)
        await records.write_entry(self.store, self.layout, one.entry)
        log.info("rung stored", key=one.entry.key, bytes=len(one.media))


def complaints(ended: Ended, where: str) -> tuple[str, ...]:
    """What decoding said of a damaged source, in few words; nothing of what is no error."""
    if not ended.messages.errors:
        return ()
    count = f"{where}: {ended.messages.errors} errors in the source, concealed"
    return (count, *(f"{where}: {said}" for said in ended.messages.first[:_KEPT_WARNINGS]))
