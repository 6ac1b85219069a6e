"""Encodes the sound of a whole title, each rendition in one go, stored run by run as it comes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog

from media_runtime.cmaf import Header, Sample, codecs_string, write_header, write_segment
from media_runtime.cmaf.opus import without_pre_skip
from media_runtime.failure import Refused
from media_runtime.fetch import fetch_whole
from media_runtime.ffmpeg import require_success, spawned
from media_runtime.title import records
from media_runtime.title.ledger import Entry

from .audio_argv import audio_argv
from .complaints import complaints
from .cut import table_row
from .stream import samples
from .units import FRAMING, run_lengths, segment_cuts
from .verify import Due, verify
from .work import Done

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from media_runtime.ffmpeg import Child
    from media_runtime.store import Store
    from media_runtime.title.layout import Layout
    from media_runtime.title.plan import AudioRendition, Plan

_WALL_SECONDS = 12 * 3600.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Run:
    """Segments that are stored together."""

    number: int
    first_segment: int
    cuts: tuple[int, ...]
    """Where each segment begins, in access units of the title, and where the last ends."""
    last: bool


def runs_of(plan: Plan, rendition: AudioRendition) -> list[Run]:
    frame = FRAMING[rendition.codec].frame
    cuts = segment_cuts(plan.duration_seconds, plan.segment_seconds, rendition.sample_rate, frame)
    lengths = run_lengths(len(cuts) - 1, plan.segment_seconds)
    firsts = [sum(lengths[:n]) for n in range(len(lengths))]
    return [
        Run(n, first, cuts[first : first + length + 1], last=n == len(lengths) - 1)
        for n, (first, length) in enumerate(zip(firsts, lengths, strict=True))
    ]


@dataclass(frozen=True)
class AudioWork:
    plan: Plan
    store: Store
    layout: Layout
    scratch: Path

    @property
    def keys(self) -> AbstractSet[str]:
        return set(self.plan.audio_keys.values())

    async def is_done(self, key: str) -> bool:
        """By its last run: runs are stored in order."""
        rendition = self._renditions()[key]
        return (
            await self.store.head(self.layout.entry(key, len(runs_of(self.plan, rendition)) - 1))
            is not None
        )

    async def perform(self, keys: AbstractSet[str]) -> Done:
        """Encodes these keys side by side: each is to be heard as early as the others."""
        wanted = {key: r for key, r in self._renditions().items() if key in keys}
        source: Path | None = None
        if any(rendition.stream is not None for rendition in wanted.values()):
            source = self.scratch / "source"
            await fetch_whole(self.store, self.plan.source, source)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(self._rendition(key, rendition, source))
                    for key, rendition in wanted.items()
                ]
        except ExceptionGroup as several:
            raise several.exceptions[0] from several
        finally:
            if source is not None:
                source.unlink(missing_ok=True)
        warnings = tuple(said for task in tasks for said in task.result())
        return Done(round(self.plan.duration_seconds * 1000), warnings)

    def _renditions(self) -> dict[str, AudioRendition]:
        found: dict[str, AudioRendition] = {}
        for rendition in self.plan.audio:
            found.setdefault(self.plan.audio_keys[rendition.name], rendition)
        return found

    async def _rendition(
        self, key: str, rendition: AudioRendition, source: Path | None
    ) -> tuple[str, ...]:
        argv = audio_argv(self.plan, rendition, source)
        async with spawned(argv, wall_seconds=_WALL_SECONDS) as child:
            enough = await self._store_runs(key, rendition, child)
            ended = await child.ended()
        doing = f"encoding audio {rendition.name}"
        require_success(ended, "EncodeFailed", doing)
        if not enough:
            raise Refused("EncodeFailed", f"{doing}: it ended early: {ended.messages.gist()}")
        return complaints(ended.messages, f"audio {rendition.name}")

    async def _store_runs(self, key: str, rendition: AudioRendition, child: Child) -> bool:
        """False if the encoder ended before the title did."""
        found = samples(child.stdout)
        header = await anext(found, None)
        if not isinstance(header, Header):
            return False
        units = _units(found, rendition)
        header = without_pre_skip(replace(header, timescale=rendition.sample_rate))
        for run in runs_of(self.plan, rendition):
            taken = [unit async for unit in _first(units, run.cuts[-1] - run.cuts[0])]
            if len(taken) < run.cuts[-1] - run.cuts[0]:
                return False
            await self._store_run(key, rendition, header, run, taken)
        async for _ in units:  # the encoder's own end, past the title's
            pass
        return True

    async def _store_run(
        self,
        key: str,
        rendition: AudioRendition,
        header: Header,
        run: Run,
        taken: Sequence[Sample],
    ) -> None:
        if await self.store.head(self.layout.entry(key, run.number)) is not None:
            return  # of an earlier try that was ended in the midst
        entry, init, media = written(key, rendition, header, run, taken)
        file = self.scratch / f"{key[:16]}-{run.number}.mp4"
        await asyncio.to_thread(file.write_bytes, init + media)
        frame = FRAMING[rendition.codec].frame
        due = Due(file, rendition.name, entry.samples, entry.start, frame)
        await verify([due], sound=True)
        file.unlink()
        await records.write_init(self.store, self.layout, entry, init)
        await self.store.write(self.layout.media(key, run.number), media)
        await records.write_entry(self.store, self.layout, entry)
        log.info("audio run stored", key=key, run=run.number, bytes=len(media))


def written(
    key: str, rendition: AudioRendition, header: Header, run: Run, taken: Sequence[Sample]
) -> tuple[Entry, bytes, bytes]:
    """The run's entry, its header and its bytes. Pure."""
    frame, base = FRAMING[rendition.codec].frame, run.cuts[0]
    # every unit lasts as long as the codec says, whatever the muxer made of the last one
    even = [Sample(unit.content, frame, key=True) for unit in taken]
    pieces, table, offset = [], [], 0
    for n in range(len(run.cuts) - 1):
        begin, end = run.cuts[n], run.cuts[n + 1]
        piece = write_segment(
            even[begin - base : end - base],
            sequence=run.first_segment + n + 1,
            decode_time=begin * frame,
        )
        pieces.append(piece)
        table.append(table_row(piece, offset, (end - begin) * frame))
        offset += len(piece)
    init = write_header(header)
    entry = Entry(
        key=key,
        run=run.number,
        last=run.last,
        init=sha256(init).hexdigest(),
        codecs=codecs_string(header),
        timescale=rendition.sample_rate,
        start=base * frame,
        segments=tuple(table),
        samples=len(taken),
    )
    return entry, init, b"".join(pieces)


async def _units(
    found: AsyncIterator[Header | Sample], rendition: AudioRendition
) -> AsyncIterator[Sample]:
    """Those of the title: without what the encoder's delay puts before."""
    dropped = FRAMING[rendition.codec].dropped
    async for sample in found:
        if isinstance(sample, Sample):
            if dropped:
                dropped -= 1
                continue
            yield sample


async def _first(units: AsyncIterator[Sample], count: int) -> AsyncIterator[Sample]:
    for _ in range(count):
        try:
            yield await anext(units)
        except StopAsyncIteration:
            return
