"""What a replica remembers of the store: one question for many who ask, answers that outlive it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from media_runtime.store import StoreAway

from .problems import briefly

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .metrics import Metrics

log = structlog.get_logger()

GAP_SECONDS = 0.1
"""Between two questions for the same thing, however many ask for it."""
STALE_PATIENCE_SECONDS = 1.0
"""How long to wait for the store where an older answer is at hand."""
UNKNOWN = 1000
"""Keys that lead nowhere have so much room of their own: nobody can ask out what is real."""

Key = tuple[str, str]
ValueT = TypeVar("ValueT")


@dataclass
class Slot(Generic[ValueT]):
    value: ValueT | None = None
    weight: int = 0
    answered: bool = False
    """The store has answered at least once, if only that there is nothing."""
    as_of: float = float("-inf")
    """When the last question that was answered was put."""
    put: float = float("-inf")
    """When the last question was put."""
    fresh_until: float = float("-inf")
    failed: bool = False
    """The last question was not answered, or not soon."""
    asking: asyncio.Task[StoreAway | None] | None = None


class Memory(Generic[ValueT]):
    """`ask` reads a key's value, given the last one; `lasts` says for how many seconds it holds."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        ask: Callable[[Key, ValueT | None], Awaitable[ValueT | None]],
        lasts: Callable[[ValueT | None], float],
        weigh: Callable[[ValueT], int],
        most: int,
        patience_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._metrics = metrics
        self._read = ask
        self._lasts = lasts
        self._weigh = weigh
        self._most = most
        self._patience = patience_seconds
        self._clock = clock
        self._known: OrderedDict[Key, Slot[ValueT]] = OrderedDict()
        self._unknown: OrderedDict[Key, Slot[ValueT]] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._known)

    async def find(self, key: Key) -> ValueT | None:
        """What there is; None if there is nothing.

        While the store is away, what was known before. Raises StoreAway if that is nothing.
        """
        slot = self._slot(key)
        if slot.answered and self._clock() < slot.fresh_until:
            return slot.value
        patience = self._patience
        if slot.value is not None:
            patience = 0.0 if slot.failed else STALE_PATIENCE_SECONDS
        away = await self._answered(key, slot, patience)
        if away:
            if slot.value is None:
                raise away
            # Whoever comes next does not wait for what kept this one waiting.
            slot.failed = True
            self._metrics.stale_served.inc()
        return slot.value

    async def find_since(self, key: Key, since: float) -> ValueT | None:
        """What there was at that time or later; raises StoreAway rather than answer with less."""
        while (slot := self._slot(key)).as_of < since:
            # A question under way may have been put too early: then there is one more.
            away = await self._answered(key, slot, self._patience)
            if away:
                raise away
        return slot.value

    async def _answered(
        self, key: Key, slot: Slot[ValueT], patience_seconds: float
    ) -> StoreAway | None:
        if slot.asking is None:
            slot.asking = asyncio.create_task(self._ask(key, slot))
        # Shielded by wait(): one impatient client does not cancel what others wait for.
        done, _ = await asyncio.wait({slot.asking}, timeout=patience_seconds)
        return next(iter(done)).result() if done else StoreAway("no answer in time")

    async def _ask(self, key: Key, slot: Slot[ValueT]) -> StoreAway | None:
        value = slot.value
        try:
            await asyncio.sleep(max(0.0, slot.put + GAP_SECONDS - self._clock()))
            slot.put = put = self._clock()
            async with asyncio.timeout(self._patience):
                value = await self._read(key, slot.value)
        except (StoreAway, TimeoutError) as e:
            slot.failed = True
            self._metrics.store_errors.labels("index").inc()
            log.warning("store away", key="/".join(key), error=briefly(e))
            return StoreAway(f"index of {'/'.join(key)}: {briefly(e)}")
        else:
            slot.failed, slot.answered, slot.as_of = False, True, put
            return None
        finally:
            # After a failure too: a store that is away is not asked for each request.
            slot.fresh_until = self._clock() + self._lasts(value)
            slot.asking = None
            self._keep(key, slot, value)

    def _slot(self, key: Key) -> Slot[ValueT]:
        """Strange keys begin among the unknown."""
        kept = self._known if key in self._known else self._unknown
        slot = kept.setdefault(key, Slot())
        kept.move_to_end(key)
        return slot

    def _keep(self, key: Key, slot: Slot[ValueT], value: ValueT | None) -> None:
        weight = 0 if value is None else self._weigh(value)
        self.weight += weight - slot.weight
        slot.value, slot.weight = value, weight
        del (self._known if key in self._known else self._unknown)[key]
        (self._unknown if value is None else self._known)[key] = slot
        self._make_room(slot)

    def _make_room(self, newest: Slot[ValueT]) -> None:
        """Forgets what was asked for longest ago; what is being asked for stays."""

        def oldest(kept: OrderedDict[Key, Slot[ValueT]]) -> Key | None:
            idle = (k for k, slot in kept.items() if slot.asking is None and slot is not newest)
            return next(idle, None)

        while self.weight > self._most and (key := oldest(self._known)):
            self.weight -= self._known.pop(key).weight
        while len(self._unknown) > UNKNOWN and (key := oldest(self._unknown)):
            del self._unknown[key]
