"""Campaigning for the Lease: the loop around operators.lease, and the fence that writes pass."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from operators.failures import Conflict, NotFound, Refusal
from operators.kinds import LEASE
from operators.lease import Sighting, held_by, move, released

if TYPE_CHECKING:
    from collections.abc import Callable

    from crds.v1alpha1.meta import Manifest
    from operators.cluster import Cluster

_MARGIN = 0.2
"""Part of the term in which the holder already holds its pen while nobody else takes over yet."""

log = structlog.get_logger()


class Always:
    """The fence of the Lease itself: anybody may try."""

    def seconds_left(self) -> float:
        return float("inf")


class Election:
    """Whether this replica leads. Also the Fence: open until a margin before the term's end,
    counted from before the renewal was sent, by a clock that runs on while the process is stopped.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        me: str,
        name: str,
        namespace: str,
        term_seconds: float,
        renew_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cluster, self._me, self._name, self._namespace = cluster, me, name, namespace
        self._term, self._renew, self._clock = term_seconds, renew_seconds, clock
        self._seen = Sighting(None, clock())
        self._deadline = float("-inf")

    @property
    def leads(self) -> bool:
        return self.seconds_left() > 0

    @property
    def term(self) -> int:
        """How many times the Lease has changed hands."""
        spec = (self._seen.lease or {}).get("spec", {})
        return int(spec.get("leaseTransitions", 0))

    def seconds_left(self) -> float:
        return self._deadline - self._clock()

    async def campaign(self, on_change: Callable[[bool], None]) -> None:
        """Until cancelled: get the Lease, keep it, and say when it is won or lost."""
        led = False
        while True:
            try:
                await self._once()
            except Refusal as e:
                log.warning("lease", why=str(e))
            if led != self.leads:
                led = self.leads
                log.info("leading" if led else "standing by", me=self._me, term=self.term)
                on_change(led)
            await asyncio.sleep(self._pause(led=led))

    async def release(self) -> None:
        """Give it back at once; for a process that ends. Nothing may be written after this."""
        held, self._deadline = self.leads, float("-inf")
        if held and self._seen.lease is not None:
            with contextlib.suppress(Refusal):
                await self._cluster.replace(LEASE, released(self._seen.lease))
            log.info("lease released", me=self._me)

    def _pause(self, *, led: bool) -> float:
        if led:
            # It also wakes when its time is up, to close its queue then and not later.
            return max(0.05, min(self._renew, self.seconds_left()))
        # Who stands by also wakes when the holder's time is up, and takes over then and not later.
        left = self._seen.at + self._term - self._clock()
        # Once it is up and nothing came of it, the API server is not asked any faster.
        return min(self._renew / 2, max(0.05, left)) if left > 0 else self._renew / 2

    async def _once(self) -> None:
        started = self._clock()
        if not self.leads or self._seen.lease is None:
            self._seen = self._seen.seen_again(await self._read(), self._clock())
        decision = move(self._me, self._seen, self._clock(), self._term)
        if decision == "wait":
            return
        wanted = held_by(
            self._me,
            name=self._name,
            namespace=self._namespace,
            before=self._seen.lease,
            term_seconds=self._term,
            now=datetime.now(UTC),
        )
        write = self._cluster.create if decision == "create" else self._cluster.replace
        try:
            # A renewal that hangs must not hold up the next one past the term.
            async with asyncio.timeout(self._renew):
                lease = await write(LEASE, wanted)
        except Conflict:
            # Somebody else was faster, or an answer to us was lost: look again.
            self._seen = self._seen.seen_again(await self._read(), self._clock())
            if (self._seen.lease or {}).get("spec", {}).get("holderIdentity") != self._me:
                self._deadline = float("-inf")
            return
        except TimeoutError:
            return
        self._seen = Sighting(lease, self._clock())
        self._deadline = started + self._term * (1 - _MARGIN)

    async def _read(self) -> Manifest | None:
        try:
            async with asyncio.timeout(self._renew):
                return await self._cluster.get(LEASE, self._namespace, self._name)
        except NotFound:
            return None
        except TimeoutError:
            return self._seen.lease
