"""A coalescing work queue: many triggers are one reconcile, and one that failed comes back."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog

from operators.failures import Conflict, Fenced, NotFound, Permanent, Transient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from operators.cache import Key

Result = Literal["done", "conflict", "transient", "permanent", "fenced", "broken"]

log = structlog.get_logger()


@dataclass(frozen=True)
class Backoff:
    """Seconds before the n-th try after n failures in a row."""

    first: float
    last: float

    def after(self, failures: int) -> float:
        return float(min(self.first * 2 ** min(failures - 1, 30), self.last))


SOON = Backoff(0.05, 5)
"""Somebody wrote in between: the watch brings the news at once."""
LATER = Backoff(0.5, 30)
"""The API server was away: long enough to let it start, short enough to go on when it has."""
RARELY = Backoff(1, 300)
"""A bug of ours: no use in haste."""


class Queue:
    """One reconcile at a time for each object; a trigger meanwhile means one more after it.

    Closed, it takes triggers and serves nobody: a standby replica keeps its queue like that.
    """

    def __init__(
        self,
        reconcile: Callable[[Key], Awaitable[float | None]],
        *,
        workers: int = 16,
        observe: Callable[[Key, Result, float], None] = lambda _key, _result, _seconds: None,
    ) -> None:
        """`reconcile` answers in how many seconds to look again, if by itself at all."""
        self._reconcile, self._workers, self._observe = reconcile, workers, observe
        self._waiting: dict[Key, float] = {}
        """Insertion order is serving order; the value is since when."""
        self._running: dict[Key, float] = {}
        self._again: set[Key] = set()
        self._later: dict[Key, asyncio.TimerHandle] = {}
        self._failures: Counter[Key] = Counter()
        self._ready: asyncio.Queue[Key] = asyncio.Queue()
        self._serving = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._opened_at = 0.0

    def add(self, key: Key) -> None:
        timer = self._later.pop(key, None)
        if timer is not None:
            timer.cancel()
        if key in self._running:
            self._again.add(key)
        elif key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().time()
            self._ready.put_nowait(key)

    def add_after(self, key: Key, seconds: float) -> None:
        """Add it then, unless something adds it before."""
        loop = asyncio.get_running_loop()
        planned = self._later.get(key)
        if planned is not None and planned.when() <= loop.time() + seconds:
            return
        if planned is not None:
            planned.cancel()
        self._later[key] = loop.call_later(seconds, self.add, key)

    def open(self) -> None:
        self._opened_at = asyncio.get_running_loop().time()
        self._serving.set()

    def close(self) -> None:
        """Serve no more; what runs is left to end, or to be stopped by the fence."""
        self._serving.clear()
        for timer in self._later.values():
            timer.cancel()
        self._later.clear()
        self._failures.clear()

    async def idle(self) -> None:
        """Until nothing runs."""
        await self._quiet.wait()

    @property
    def depth(self) -> int:
        return len(self._waiting)

    def oldest_seconds(self) -> float:
        """How long the longest-waiting object waits for a worker; 0 while closed."""
        if not self._waiting or not self._serving.is_set():
            return 0.0
        since = max(next(iter(self._waiting.values())), self._opened_at)
        return asyncio.get_running_loop().time() - since

    def longest_run_seconds(self) -> float:
        """How long the longest-running reconcile has been at it."""
        if not self._running:
            return 0.0
        return asyncio.get_running_loop().time() - min(self._running.values())

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._serve())

    async def _serve(self) -> None:
        while True:
            key = await self._next()
            self._running[key] = asyncio.get_running_loop().time()
            self._quiet.clear()
            try:
                again = await self._attempt(key)
            finally:
                del self._running[key]
                if not self._running:
                    self._quiet.set()
            if key in self._again:
                self._again.discard(key)
                self.add(key)
            elif again is not None and self._serving.is_set():
                self.add_after(key, again)

    async def _next(self) -> Key:
        while True:
            await self._serving.wait()
            key = await self._ready.get()
            if self._serving.is_set():
                del self._waiting[key]
                return key
            self._ready.put_nowait(key)

    async def _attempt(self, key: Key) -> float | None:
        started = asyncio.get_running_loop().time()
        result, again = await self._judge(key)
        self._observe(key, result, asyncio.get_running_loop().time() - started)
        return again

    async def _judge(self, key: Key) -> tuple[Result, float | None]:
        try:
            again = await self._reconcile(key)
        except (Conflict, NotFound):
            return "conflict", self._back_off(key, SOON)
        except Transient as e:
            again = self._back_off(key, LATER)
            log.warning("api server away", key=key, why=str(e), retry_in_seconds=again)
            return "transient", again
        except Permanent as e:
            log.error("refused", key=key, why=str(e))  # noqa: TRY400 - the sentence says it all
            self._failures.pop(key, None)
            return "permanent", None
        except Fenced:
            return "fenced", None
        except Exception:  # the one supervisor of reconciles: whatever it was, try again later
            again = self._back_off(key, RARELY)
            log.exception("reconcile failed", key=key, retry_in_seconds=again)
            return "broken", again
        self._failures.pop(key, None)
        return "done", again

    def _back_off(self, key: Key, backoff: Backoff) -> float:
        self._failures[key] += 1
        return backoff.after(self._failures[key])
