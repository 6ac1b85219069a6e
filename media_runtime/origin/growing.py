"""A title that is still encoded: its plan, and as much of the ledger as playing it needs."""

import asyncio
from typing import TYPE_CHECKING

from media_runtime.store import Store
from media_runtime.title import records
from media_runtime.title.assemble import assemble
from media_runtime.title.index import Index
from media_runtime.title.layout import Layout
from media_runtime.title.plan import Plan

if TYPE_CHECKING:
    from media_runtime.title.ledger import Entry, ImagesEntry


_MOST_AHEAD = 16
"""Chunks, or runs of audio, asked for at once: hours are found in few round trips."""


class Growing:
    """Entries never change once written, so each look asks only for those that come next.

    What a look has found is kept as it is found: one that is cut short is gone on with by the next.
    """

    def __init__(self, plan: Plan, layout: Layout) -> None:
        self.plan = plan
        self._layout = layout
        self._entries: dict[str, list[Entry]] = {}
        self._images: ImagesEntry | None = None
        self._chunks = 0
        """Leading chunks that are there in every rung."""

    async def look(self, store: Store) -> Index | None:
        """What can be played now."""
        await asyncio.gather(
            self._look_for_chunks(store),
            *(self._look_for_audio(store, key) for key in set(self.plan.audio_keys.values())),
            self._look_for_images(store),
        )
        return assemble(self.plan, self._entries, self._images, complete=False)

    async def _look_for_chunks(self, store: Store) -> None:
        # Who looks every second finds at most the next chunk, and asks for no more than that.
        ahead = 1
        while self._chunks < len(self.plan.chunks):
            until = self._chunks + ahead
            asked = self.plan.chunks[self._chunks : until]
            wanted = {key for chunk in asked for key in chunk.keys.values()}
            await asyncio.gather(
                *(self._look_for_chunk(store, key) for key in wanted - self._entries.keys())
            )
            self._count_chunks()
            if self._chunks < until:
                return
            ahead = min(2 * ahead, _MOST_AHEAD)

    async def _look_for_chunk(self, store: Store, key: str) -> None:
        entry = await records.read_entry(store, self._layout, key)
        if entry:
            self._entries[key] = [entry]

    def _count_chunks(self) -> None:
        for chunk in self.plan.chunks[self._chunks :]:
            if not self._entries.keys() >= set(chunk.keys.values()):
                return
            self._chunks += 1

    async def _look_for_audio(self, store: Store, key: str) -> None:
        runs, ahead = self._entries.setdefault(key, []), 1
        while not (runs and runs[-1].last):
            asked = range(len(runs), len(runs) + ahead)
            found = await asyncio.gather(
                *(records.read_entry(store, self._layout, key, run) for run in asked)
            )
            for entry in found:
                if entry is None:
                    return
                # A look that failed elsewhere may still be at it, and have been here.
                if entry.run == len(runs):
                    runs.append(entry)
            ahead = min(2 * ahead, _MOST_AHEAD)

    async def _look_for_images(self, store: Store) -> None:
        if self._images is None and self.plan.images_key:
            self._images = await records.read_images(store, self._layout, self.plan.images_key)
