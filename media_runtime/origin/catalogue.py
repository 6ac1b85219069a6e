"""Names to titles: a bounded cache before the store that asks once for many and outlives it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from media_runtime.store import Missing, StoreAway
from media_runtime.title import records
from media_runtime.title.layout import Layout

from .growing import Growing
from .problems import briefly
from .shelf import Shelved

if TYPE_CHECKING:
    from collections.abc import Callable

    from media_runtime.store import Store

    from .metrics import Metrics

log = structlog.get_logger()

FRESH_SECONDS = 2.0
"""How late a republished name may be noticed."""
GROWING_SECONDS = 1.0
"""The same for a title that grows, or that is not there."""
STALE_PATIENCE_SECONDS = 1.0
"""How long to wait for the store where an older answer is at hand."""


@dataclass
class Slot:
    shelved: Shelved | None = None
    growing: Growing | None = None
    asked: bool = False
    """The store has answered at least once, if only that there is no such name."""
    fresh_until: float = 0.0
    failed: bool = False
    """The last question was not answered."""
    asking: asyncio.Task[StoreAway | None] | None = None

    @property
    def weight(self) -> int:
        """In segments; a slot itself takes as much as a hundred."""
        return 100 + (self.shelved.weight if self.shelved else 0)


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
        self._metrics = metrics
        self._patience = patience_seconds
        self._max_segments = max_segments
        self._clock = clock
        self._slots: OrderedDict[tuple[str, str], Slot] = OrderedDict()

    async def find(self, tenant: str, name: str) -> Shelved | None:
        """The title that goes by this name now; None if there is none.

        While the store is away, what was known before. Raises StoreAway if that is nothing.
        """
        slot = self._slot(tenant, name)
        if slot.asked and self._clock() < slot.fresh_until:
            return slot.shelved
        if slot.asking is None:
            slot.asking = asyncio.create_task(self._ask(slot, Layout(tenant), name))
        # Shielded by wait(): one impatient client does not cancel what others wait for.
        patience = self._patience
        if slot.shelved:
            patience = 0.0 if slot.failed else STALE_PATIENCE_SECONDS
        done, _ = await asyncio.wait({slot.asking}, timeout=patience)
        away = next(iter(done)).result() if done else StoreAway("no answer in time")
        if away:
            if slot.shelved is None:
                raise away
            self._metrics.stale_served.inc()
        return slot.shelved

    async def find_revision(self, tenant: str, name: str, revision: str) -> Shelved | None:
        """The title if it is this encode of it. What is complete and known is not asked for."""
        slot = self._slots.get((tenant, name))
        if slot and slot.shelved and slot.shelved.complete and slot.shelved.revision == revision:
            self._slots.move_to_end((tenant, name))
            return slot.shelved
        found = await self.find(tenant, name)
        return found if found and found.revision == revision else None

    def _slot(self, tenant: str, name: str) -> Slot:
        slot = self._slots.setdefault((tenant, name), Slot())
        self._slots.move_to_end((tenant, name))
        return slot

    async def _ask(self, slot: Slot, layout: Layout, name: str) -> StoreAway | None:
        try:
            async with asyncio.timeout(self._patience):
                await self._read(slot, layout, name)
        except (StoreAway, TimeoutError) as e:
            slot.failed = True
            self._metrics.store_errors.labels("index").inc()
            log.warning("store away", tenant=layout.tenant, name=name, error=briefly(e))
            return StoreAway(f"index of {layout.tenant}.{name}: {briefly(e)}")
        else:
            slot.failed = False
            return None
        finally:
            # After a failure too: a store that is away is not asked for each request.
            lasting = slot.shelved is not None and slot.shelved.complete
            slot.fresh_until = self._clock() + (FRESH_SECONDS if lasting else GROWING_SECONDS)
            slot.asking = None
            self._make_room()

    async def _read(self, slot: Slot, layout: Layout, name: str) -> None:
        pointer = await records.read_publication(self._store, layout, name)
        if pointer is None:
            slot.shelved = slot.growing = None
        elif not (slot.shelved and slot.shelved.complete and slot.shelved.title == pointer.title):
            await self._read_title(slot, layout, pointer.title)
        slot.asked = True

    async def _read_title(self, slot: Slot, layout: Layout, title: str) -> None:
        index = await records.read_index(self._store, layout, title)
        if index:
            slot.growing = None
            slot.shelved = Shelved(title, index.name, index.duration_seconds, index)
            return
        if slot.growing is None or slot.growing.plan.title != title:
            try:
                slot.growing = Growing(await records.read_plan(self._store, layout, title), layout)
            except Missing:  # The pointer outlived its title, which is being retired.
                slot.shelved = slot.growing = None
                return
        growing = slot.growing
        now = await growing.look(self._store)
        shelved = Shelved(title, growing.plan.name, growing.plan.duration_seconds, now)
        # An unchanged index keeps what was rendered from it.
        slot.shelved = slot.shelved if slot.shelved == shelved else shelved

    def _make_room(self) -> None:
        """Forgets what was asked for longest ago; what is being asked for stays."""
        weight = sum(slot.weight for slot in self._slots.values())
        for key, slot in list(self._slots.items())[:-1]:
            if weight <= self._max_segments:
                break
            if slot.asking is None:
                weight -= slot.weight
                del self._slots[key]
        self._metrics.titles.set(len(self._slots))
        self._metrics.segments.set(weight)
