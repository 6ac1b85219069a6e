"""What is published: names to titles, and titles to what can be served of them now."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from media_runtime.store import Missing
from media_runtime.title import records
from media_runtime.title.layout import Layout

from .growing import Growing
from .memory import Memory
from .shelf import Shelved

if TYPE_CHECKING:
    from collections.abc import Callable

    from media_runtime.store import Store

    from .address import Address
    from .memory import Key
    from .metrics import Metrics

FRESH_SECONDS = 2.0
"""How late a republished name may be noticed."""
GROWING_SECONDS = 1.0
"""The same for a title that grows, and for what is not there."""
WHOLE_SECONDS = 60.0
"""A complete title never changes; so late may be noticed that it was retired."""
NAMES = 50_000
BEGUN = 16
"""Titles of which the first look did not end in time: so many are gone on with."""


def _whatever(_: Shelved) -> object:
    return True


class Catalogue:
    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        *,
        patience_seconds: float,
        max_segments: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._clock = clock
        self._begun: OrderedDict[Key, Growing] = OrderedDict()
        self._names = Memory[str](
            metrics,
            ask=self._read_name,
            lasts=lambda title: FRESH_SECONDS if title else GROWING_SECONDS,
            weigh=lambda _: 1,
            most=NAMES,
            patience_seconds=patience_seconds,
            clock=clock,
        )
        self._titles = titles = Memory[Shelved](
            metrics,
            ask=self._read_title,
            lasts=lambda found: WHOLE_SECONDS if found and found.complete else GROWING_SECONDS,
            # In segments; a title itself takes as much as a hundred.
            weigh=lambda shelved: 100 + shelved.weight,
            most=max_segments,
            patience_seconds=patience_seconds,
            clock=clock,
        )
        metrics.titles.set_function(lambda: len(titles))
        metrics.segments.set_function(lambda: titles.weight)

    async def find(
        self, where: Address, has: Callable[[Shelved], object] = _whatever
    ) -> Shelved | None:
        """The title that goes by this name now; None if there is none. Raises StoreAway.

        Where what is known of it does not have what is wanted, the store is looked at anew.
        """
        title = await self._names.find((where.tenant, where.name))
        return await self.find_title(where, title, has) if title else None

    async def find_title(
        self, where: Address, title: str, has: Callable[[Shelved], object] = _whatever
    ) -> Shelved | None:
        """The same of one title, whether or not its name still leads to it."""
        key, asked_at = (where.tenant, title), self._clock()
        shelved = await self._titles.find(key)
        if shelved and not shelved.settled and not has(shelved):
            # Another replica may have looked later than this one, and have named it.
            shelved = await self._titles.find_since(key, asked_at)
        return shelved if shelved and shelved.name == where.name else None

    async def _read_name(self, key: Key, _: str | None) -> str | None:
        tenant, name = key
        pointer = await records.read_publication(self._store, Layout(tenant), name)
        return pointer.title if pointer else None

    async def _read_title(self, key: Key, known: Shelved | None) -> Shelved | None:
        tenant, title = key
        layout = Layout(tenant)
        if known and known.complete:
            return known if await self._store.head(layout.index(title)) else None
        index, ended, growing = await asyncio.gather(
            records.read_index(self._store, layout, title),
            records.read_ended(self._store, layout, title),
            self._growing(key, known),
        )
        now = await growing.look(self._store) if growing and not index else None
        self._begun.pop(key, None)
        if index:
            return Shelved(title, index.name, index.duration_seconds, index)
        if growing is None:
            return None
        plan = growing.plan
        found = Shelved(title, plan.name, plan.duration_seconds, now, ended, growing)
        # An unchanged index keeps what was rendered from it.
        return known if known == found else found

    async def _growing(self, key: Key, known: Shelved | None) -> Growing | None:
        """None if there is no plan: never probed, or retired meanwhile."""
        tenant, title = key
        layout = Layout(tenant)
        growing = known.growing if known else self._begun.get(key)
        if growing:
            return growing if await self._store.head(layout.plan(title)) else None
        try:
            growing = Growing(await records.read_plan(self._store, layout, title), layout)
        except Missing:
            return None
        self._begun[key] = growing
        if len(self._begun) > BEGUN:
            self._begun.popitem(last=False)
        return growing
