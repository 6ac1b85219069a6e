"""Keeps a channel's segments in the store, as they get whole; a store that is away costs DVR alone.

What waits for the store lies in the ring, which bounds it: here are only names.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

import structlog

from media_runtime.store import StoreAway
from media_runtime.title.layout import Layout

from .history import found, listed, recall
from .journal import journal, minute_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from media_runtime.live.channel.packager import Packager
    from media_runtime.live.channel.rendition import Rendition
    from media_runtime.live.parts import Part
    from media_runtime.live.track import LiveSegment
    from media_runtime.store import Store

    from .keys import DvrKeys

log = structlog.get_logger()

_WRITERS = 4
_CALL_SECONDS = 10.0
_READ_SECONDS = 5.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 4.0
_RECALL_SECONDS = 8.0
_LIST_SECONDS = 60.0
_BATCH = 32
"""Of deletions: a long way back is gone in steps, each of which counts."""
_LATE_MINUTES = 10
"""A minute's journal is written again when segments of it are stored late, for so long."""
SPARE_SECONDS = 120
"""A segment stays in the store for so long after it was last listed."""


class Archive:
    """A listener of the packager; `run` it as a task."""

    def __init__(
        self,
        store: Store,
        keys: DvrKeys,
        packager: Packager,
        *,
        listed: int,
        keep_from: Callable[[], int | None] = lambda: None,
    ) -> None:
        """`keep_from`: the number of a segment from which on nothing may be deleted yet."""
        self._store, self._keys, self._packager = store, keys, packager
        self._timeline = packager.ladder.timeline
        self._layout = Layout(keys.tenant)
        self._listed, self._keep_from = listed, keep_from
        self._queue: asyncio.Queue[tuple[str, int]] = asyncio.Queue()
        self._writer = secrets.token_hex(4)
        self._inits_kept: set[str] = set()
        self._known: dict[str, set[int]] = {name: set() for name in packager.renditions}
        self._journals: dict[str, int] = {}
        self._minutes: dict[int, dict[tuple[str, int], str]] = {}
        self._told: dict[int, int] = {}
        self._cleared_below: int | None = None
        """Of what is known; None: something was learnt since it was last looked through."""
        self._learnt = 0
        self._unseen = asyncio.Event()
        """An earlier pod may have left what is not known of here."""
        self.stored_segments = self.stored_bytes = self.missed_segments = self.deleted_segments = 0
        self.failures = self._waiting = 0
        self.away_since: float | None = None
        """Of the monotonic clock: since when the store has not taken anything."""

    @property
    def waiting(self) -> int:
        """Segments that are whole and not yet stored."""
        return self._waiting

    def arrived(self, rendition: Rendition, part: Part) -> None:
        if part.place.part == self._timeline.parts - 1:
            self._waiting += 1
            self._queue.put_nowait((rendition.name, part.place.msn))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(_WRITERS):
                group.create_task(self._write_on())
            group.create_task(self._keep_house())
            group.create_task(self._look_again())

    async def settled(self) -> None:
        """Everything that was whole is stored, or lost."""
        await self._queue.join()
        await self._write_journals(over=True)

    async def recall(self) -> None:
        """Puts what earlier pods kept before the present; nothing if the store is away.

        What is not seen now is never listed, and is looked for again to be deleted in its time.
        """
        newest = self._packager.leader.ring.first_msn or 0
        oldest = newest - self._listed
        since = minute_of(self._timeline.segment, oldest) - 1
        try:
            async with asyncio.timeout(_RECALL_SECONDS):
                what = await found(self._store, self._keys, self._timeline, since=since)
        except (StoreAway, TimeoutError) as e:
            log.warning("the DVR of before cannot be read", why=str(e) or "no answer in time")
            self._unseen.set()
            return
        self._know(what.segments, what.journals)
        history = recall(what, self._packager.renditions.values(), oldest=oldest)
        for name, segments in history.items():
            self._packager.renditions[name].ring.recall(segments)
        log.info("recalled", segments={name: len(told) for name, told in history.items()})

    async def _look_again(self) -> None:
        await self._unseen.wait()
        pause = _FIRST_PAUSE_SECONDS
        while self._unseen.is_set():
            try:
                async with asyncio.timeout(_LIST_SECONDS):
                    there = await listed(self._store, self._keys)
            except (StoreAway, TimeoutError) as e:
                log.warning("what earlier pods kept cannot be listed", why=str(e) or "no answer")
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LIST_SECONDS)
            else:
                self._know(there.segments, there.journals)
                self._unseen.clear()

    def _know(self, segments: Mapping[str, frozenset[int]], journals: Mapping[str, int]) -> None:
        self._journals.update(journals)
        for name, msns in segments.items():
            self._known.setdefault(name, set()).update(msns)
        self._cleared_below = None
        self._learnt += 1

    async def segment(self, rendition: str, msn: int) -> bytes | None:
        """Raises StoreAway."""
        return await self._read(self._keys.segment(rendition, msn))

    async def init(self, name: str) -> bytes | None:
        """Raises StoreAway."""
        return await self._read(self._layout.init(name))

    async def _read(self, key: str) -> bytes | None:
        try:
            async with asyncio.timeout(_READ_SECONDS):
                return await self._store.read(key)
        except TimeoutError:
            raise StoreAway(f"read {key}: no answer in time") from None

    async def _write_on(self) -> None:
        while True:
            name, msn = await self._queue.get()
            try:
                await self._keep(self._packager.renditions[name], msn)
            finally:
                self._waiting -= 1
                self._queue.task_done()

    async def _keep(self, rendition: Rendition, msn: int) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while (segment := rendition.ring.segment(msn)) is not None and not segment.gap:
            try:
                async with asyncio.timeout(_CALL_SECONDS):
                    if segment.init not in self._inits_kept:
                        await self._put_init(rendition, segment.init)
                        continue  # it may have waited too long for it
                    await self._put(rendition, segment)
            except (StoreAway, TimeoutError) as e:
                self._failed(e)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            else:
                self.away_since = None
                self._kept(rendition, segment)
                return
        if segment is None or segment.slim:
            self.missed_segments += 1
            log.warning("a segment is lost to the DVR", rendition=rendition.name, msn=msn)

    async def _put_init(self, rendition: Rendition, name: str) -> None:
        # who retires a title deletes the headers that nobody counts on
        await self._store.write(self._layout.init_ref(name, self._keys.uid), b"")
        await self._store.write(self._layout.init(name), rendition.inits[name])
        self._inits_kept.add(name)

    async def _put(self, rendition: Rendition, segment: LiveSegment) -> None:
        content = b"".join(part.content for part in segment.parts)
        # the first of two pods wins; either's bytes are as good
        await self._store.create(self._keys.segment(rendition.name, segment.msn), content)
        self.stored_bytes += len(content)

    def _kept(self, rendition: Rendition, segment: LiveSegment) -> None:
        self.stored_segments += 1
        self._known[rendition.name].add(segment.msn)
        rendition.ring.stored(segment.msn)
        minute = minute_of(self._timeline.segment, segment.msn)
        self._minutes.setdefault(minute, {})[rendition.name, segment.msn] = segment.init

    def _failed(self, why: Exception) -> None:
        self.failures += 1
        if self.away_since is None:
            self.away_since = time.monotonic()
            log.warning("the store is away: DVR waits", why=str(why) or "no answer in time")

    async def _keep_house(self) -> None:
        """Journals and deletions, once a segment; what fails is done the next time."""
        while True:
            await asyncio.sleep(float(self._timeline.segment))
            try:
                async with asyncio.timeout(_CALL_SECONDS):
                    await self._write_journals(over=False)
                    await self._delete_old()
            except (StoreAway, TimeoutError) as e:
                self._failed(e)

    async def _write_journals(self, *, over: bool) -> None:
        """Of each minute one as it begins, for its headers, and one when it is over."""
        newest = max(self._minutes, default=0)
        for minute, kept in sorted(self._minutes.items()):
            told = self._told.get(minute)
            if told == len(kept) or (told is not None and minute == newest and not over):
                continue
            content, count = journal(self._timeline.segment, minute, kept), len(kept)
            key = self._keys.journal(minute, self._writer)
            await self._store.write(key, content.model_dump_json(by_alias=True).encode())
            self._journals[key], self._told[minute] = minute, count
        for minute in [minute for minute in self._minutes if minute < newest - _LATE_MINUTES]:
            del self._minutes[minute], self._told[minute]

    async def _delete_old(self) -> None:
        present = self._packager.leader.ring.last_msn
        if present is None:
            return
        spare = int(SPARE_SECONDS / self._timeline.segment)
        floor = present - self._listed - spare
        held = self._keep_from()
        floor = floor if held is None else min(floor, held)
        if self._cleared_below is not None and floor <= self._cleared_below:
            return  # a programme that is recorded for days is not looked through every second
        learnt = self._learnt
        for name, known in tuple(self._known.items()):
            # the other end of time holds what another grid numbered
            old = sorted(msn for msn in known if msn < floor or msn > present + self._listed)
            for some in (old[at : at + _BATCH] for at in range(0, len(old), _BATCH)):
                await self._store.delete([self._keys.segment(name, msn) for msn in some])
                known.difference_update(some)
                self.deleted_segments += len(some)
        minute = minute_of(self._timeline.segment, floor)
        gone = [key for key, at in self._journals.items() if at < minute]
        for keys in (gone[at : at + _BATCH] for at in range(0, len(gone), _BATCH)):
            await self._store.delete(keys)
            for key in keys:
                del self._journals[key]
        if learnt == self._learnt:  # or what was listed meanwhile would be passed over
            self._cleared_below = floor
