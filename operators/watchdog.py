"""Audits on a clock: whether the caches are synced, whether a watch is dead, and what it missed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from operators.audit import Ledger, differences
from operators.failures import NotFound, Refusal

if TYPE_CHECKING:
    from operators.engine import Engine
    from operators.kinds import Kind

_STUCK_SECONDS = 120.0
"""A reconcile makes a handful of requests of at most 10 s each."""
_NOT_SERVED_SECONDS = 600.0

log = structlog.get_logger()


class Watchdog:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        seconds = engine.settings.dead_watch_seconds
        self._ledgers = {watch.kind: Ledger(seconds) for watch in engine.watches.values()}
        self.synced = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled: often until the caches are synced, then at leisure."""
        while True:
            async with asyncio.TaskGroup() as audits:
                for kind, ledger in self._ledgers.items():
                    audits.create_task(self._audit(kind, ledger))
            if not self.synced.is_set() and all(x.synced for x in self._ledgers.values()):
                log.info("caches synced", objects=len(self._engine.cache))
                self.synced.set()
            await asyncio.sleep(
                self._engine.settings.audit_seconds if self.synced.is_set() else 0.3
            )

    def complaints(self) -> list[str]:
        """Why this process should be started anew; empty while it is well."""
        dead = [
            f"the watch on {kind.name} is dead: it missed {'/'.join(ledger.verdict.key[1:])}"
            for kind, ledger in self._ledgers.items()
            if ledger.verdict is not None
        ]
        queue = self._engine.queue
        if queue.longest_run_seconds() > _STUCK_SECONDS:
            dead.append(f"a reconcile runs for {queue.longest_run_seconds():.0f} s")
        if queue.oldest_seconds() > _NOT_SERVED_SECONDS:
            dead.append(f"an object waits for {queue.oldest_seconds():.0f} s")
        return dead

    async def _audit(self, kind: Kind, ledger: Ledger) -> None:
        try:
            await self._compare(kind, ledger)
        except Refusal as e:
            ledger.interrupted()
            log.warning("audit", kind=kind.name, why=str(e))

    async def _compare(self, kind: Kind, ledger: Ledger) -> None:
        listing = await self._engine.cluster.listing(kind, labels=kind.selector, metadata_only=True)
        now = asyncio.get_running_loop().time()
        found = differences(kind, listing, self._engine.cache)
        for difference in ledger.note(found, now):
            if difference.what == "gone" and difference in found:
                log.warning("removal was missed", kind=kind.name, key=difference.key)
                self._engine.lose(kind, found[difference])
        for difference in ledger.overdue(now):
            log.error("watch is dead", kind=kind.name, key=difference.key)
            await self._fetch(kind, difference.key[1], difference.key[2])

    async def _fetch(self, kind: Kind, namespace: str, name: str) -> None:
        """Go on by audit until we are started anew."""
        try:
            self._engine.learn(kind, await self._engine.cluster.get(kind, namespace, name))
        except NotFound:
            return
