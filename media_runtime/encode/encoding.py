"""The encoding of one stretch of chunks, which are stored one by one while it goes on.

Each chunk is verified, stored and promised as soon as it is whole: who is killed has lost one, and
no more than one is held in memory.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from media_runtime.failure import Refused
from media_runtime.fetch import fetch_excerpt, fetch_ranges
from media_runtime.ffmpeg import require_success, spawned
from media_runtime.title import records
from media_runtime.title.pictures import wanted_of

from . import stills
from .chunk_argv import rung_file, stretch_argv
from .complaints import Complaints
from .growing import GrowingFile
from .likeness import likeness
from .made import Made, made
from .span import span_of
from .verify import Due, verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from media_runtime.ffmpeg import Child, Ended, Messages
    from media_runtime.title.plan import Chunk

    from .chunk import ChunksWork
    from .stretch import Stretch

_WALL_SECONDS = 12 * 3600.0
"""Of one ffmpeg. The job's own deadline is shorter; this ends what hangs without one."""
_LOOK_SECONDS = 0.5

log = structlog.get_logger()


class Encoding:
    def __init__(self, work: ChunksWork, stretch: Stretch, folder: Path) -> None:
        self._work, self._stretch, self._folder = work, stretch, folder
        self._source = folder / "source"
        self._files = [
            GrowingFile(rung_file(folder, n), rung) for n, rung in enumerate(stretch.rungs)
        ]
        self._waiting = list(stretch.chunks)
        self._complaints = Complaints()
        self._said: list[str] = []

    async def done(self) -> list[str]:
        """What there was to complain of, once all is stored.

        Raises Refused, TryAgain, StoreAway; what was stored before stays.
        """
        work, whole = self._work, self._stretch.whole
        if whole.excerpt:
            await fetch_excerpt(work.store, work.plan.source, whole.excerpt, self._source)
        else:
            await fetch_ranges(work.store, work.plan.source, whole.reads, self._source)
        argv = stretch_argv(
            work.plan,
            work.track,
            self._stretch,
            source=self._source,
            folder=self._folder,
            max_pixels=work.max_pixels,
        )
        async with spawned(argv, wall_seconds=_WALL_SECONDS) as child:
            ended = await self._stored_meanwhile(child)
        self._require_success(ended)
        await self._store_what_is_whole(ended.messages)
        if self._waiting:
            raise self._unfinished()
        return self._said

    async def _stored_meanwhile(self, child: Child) -> Ended:
        ending = asyncio.create_task(child.ended())
        try:
            while not ending.done():
                await asyncio.wait({ending}, timeout=_LOOK_SECONDS)
                if not ending.done():
                    await self._store_what_is_whole(child.messages)
            return await ending
        finally:
            ending.cancel()

    def _require_success(self, ended: Ended) -> None:
        files = [growing.file for growing in self._files]
        if not all(file.exists() and file.stat().st_size for file in files) and ended.code > 0:
            require_success(ended, "InputCorrupt", f"decoding {self._where}")
        require_success(ended, "EncodeFailed", f"encoding {self._where}")

    @property
    def _where(self) -> str:
        first, last = self._stretch.chunks[0].index, self._stretch.chunks[-1].index
        return f"chunk {first}" if first == last else f"chunks {first} to {last}"

    def _unfinished(self) -> Refused:
        chunk = self._waiting[0]
        for growing, rung in zip(self._files, self._stretch.rungs, strict=True):
            count = span_of(rung, chunk).count
            if 0 < growing.held < count:
                said = f"{rung.name}: {growing.held} of {count} frames of chunk {chunk.index}"
                return Refused("EncodeFailed", said)
        return Refused("InputCorrupt", f"nothing of chunk {chunk.index} can be decoded")

    async def _store_what_is_whole(self, messages: Messages) -> None:
        while self._waiting:
            chunk = self._waiting[0]
            if not await asyncio.to_thread(self._is_whole, chunk):
                return
            self._waiting.pop(0)
            said = self._complaints.since(messages, f"chunk {chunk.index}")
            self._said += said
            await self._store(chunk, await asyncio.to_thread(self._taken, chunk, said))

    def _is_whole(self, chunk: Chunk) -> bool:
        rungs = zip(self._files, self._stretch.rungs, strict=True)
        reached = [growing.reach(span_of(rung, chunk).count) for growing, rung in rungs]
        return all(reached) and all(file.exists() for file in self._stills_of(chunk).files)

    def _stills_of(self, chunk: Chunk) -> stills.Files:
        if chunk.index not in self._stretch.stills:
            return stills.Files()
        plan = self._work.plan
        return stills.files(self._folder, self._stretch.pictures(plan), wanted_of(plan, (chunk,)))

    def _taken(self, chunk: Chunk, warnings: tuple[str, ...]) -> list[Made]:
        found = []
        for growing, rung in zip(self._files, self._stretch.rungs, strict=True):
            fragments = growing.take(span_of(rung, chunk).count)
            found.append(made(chunk, rung, growing.header_read, fragments, warnings))
        return found

    async def _store(self, chunk: Chunk, found: Sequence[Made]) -> None:
        store, layout = self._work.store, self._work.layout
        for one in await self._verified(chunk, found) if found else ():
            await records.write_init(store, layout, one.entry, one.header)
            await records.write_chunk(store, layout, one.entry, one.media)
            log.info("rung stored", key=one.entry.key, bytes=len(one.media))
        if chunk.stills is not None and chunk.index in self._stretch.stills:
            pictures = await asyncio.to_thread(self._stills_of(chunk).read)
            await records.write_stills(store, layout, chunk.stills, pictures)
            log.info("stills stored", key=chunk.stills, pictures=len(pictures.thumbnails))

    async def _verified(self, chunk: Chunk, found: Sequence[Made]) -> Sequence[Made]:
        rungs = self._stretch.rungs
        files = [self._folder / f"made-{n}.mp4" for n in range(len(found))]
        for file, one in zip(files, found, strict=True):
            await asyncio.to_thread(file.write_bytes, one.header + one.media)
        await verify(
            [
                Due(file, rung.name, one.entry.samples, one.entry.start, rung.ticks_per_frame)
                for file, rung, one in zip(files, rungs, found, strict=True)
            ]
        )
        if self._work.plan.min_ssim is not None:
            found = await self._measured(chunk, found, files)
        for file in files:
            file.unlink()
        return found

    async def _measured(
        self, chunk: Chunk, found: Sequence[Made], files: Sequence[Path]
    ) -> list[Made]:
        values = await likeness(
            self._work.plan,
            self._work.track,
            chunk,
            self._stretch.rungs,
            source=self._source,
            made=files,
            max_pixels=self._work.max_pixels,
        )
        return [
            replace(one, entry=one.entry.model_copy(update={"ssim": value}))
            for one, value in zip(found, values, strict=True)
        ]
