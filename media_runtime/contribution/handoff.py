"""One publisher's stream on its way to every pod of its channel, whichever come and go."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Self

from .admission import judge
from .podline import PodLine
from .pods import PodsAway
from .refusal import PublisherRefused

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable
    from types import TracebackType

    from media_runtime.live.line import Introduction

    from .metrics import Metrics
    from .pods import Address, Pods
    from .settings import ContributionSettings
    from .unit import Unit

REFUSED_SECONDS = 10.0
"""A pod that said no is left alone so long: each of its refusals is in the channel's audit."""


class Handoff:
    """Entered: the publisher is let in. Left: every pod's line is closed."""

    def __init__(
        self,
        host: str,
        caller: Introduction,
        pods: Pods,
        settings: ContributionSettings,
        metrics: Metrics,
    ) -> None:
        self._host = host
        self._caller = caller
        self._pods = pods
        self._settings = settings
        self._metrics = metrics
        self._lines: dict[Address, PodLine] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._calls: dict[Address, asyncio.Task[None]] = {}
        self.orphaned: asyncio.Future[PublisherRefused] = asyncio.get_running_loop().create_future()
        """Done when the publisher is to be disconnected: nobody takes what he sends."""

    def put(self, unit: Unit) -> None:
        """To all pods; never waits."""
        self._metrics.received.labels(self._caller.protocol).inc(len(unit.data))
        for line in self._lines.values():
            line.put(unit)

    @property
    def waits(self) -> bool:
        """A pod has nothing before the next key frame comes."""
        return any(line.waits for line in self._lines.values())

    async def during(self, work: Coroutine[None, None, None]) -> None:
        """Do `work`, which puts units, as long as anybody takes them. Raises PublisherRefused."""
        working = asyncio.ensure_future(work)
        try:
            await asyncio.wait((working, self.orphaned), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise self.orphaned.result()
            working.result()
        finally:
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await working

    async def __aenter__(self) -> Self:
        """Raises PublisherRefused."""
        try:
            await self._admitted()
        except BaseException:
            await self._end()
            raise
        self._spawn(self._follow())
        self._metrics.sessions.labels(self._caller.protocol).inc()
        self._metrics.publishers.labels(self._caller.protocol).inc()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._metrics.publishers.labels(self._caller.protocol).dec()
        await self._end()

    async def _admitted(self) -> None:
        try:
            addresses = await self._pods.of(self._host)
        except PodsAway as e:
            raise PublisherRefused("ChannelAway", str(e)) from e
        if not addresses:
            raise PublisherRefused("ChannelUnknown", "there is no such channel on air")
        self._call(addresses)
        verdict = judge(await asyncio.gather(*(line.verdict for line in self._lines.values())))
        if verdict is None:
            raise PublisherRefused("ChannelAway", "none of the channel's pods answers")
        if not verdict.admitted:
            raise PublisherRefused(verdict.reason or "InUse", verdict.message)

    def _call(self, addresses: Iterable[Address]) -> None:
        for address in addresses:
            if self._is_due(address):
                line = PodLine(address, self._caller, self._settings, self._metrics)
                self._lines[address] = line
                self._calls[address] = self._spawn(line.run())

    def _is_due(self, address: Address) -> bool:
        """A pod that was not called yet, or whose line ended; not at once if it said no."""
        called = self._calls.get(address)
        if called is None:
            return True
        line, now = self._lines[address], asyncio.get_running_loop().time()
        return called.done() and not (line.refused and now < line.ended + REFUSED_SECONDS)

    async def _follow(self) -> None:
        """Meet pods that come, forget those that are gone, and see whether any is left."""
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while loop.time() < heard + self._settings.orphan_seconds:
            await asyncio.sleep(self._settings.resolve_seconds)
            with contextlib.suppress(PodsAway):
                addresses = await self._pods.of(self._host)
                self._forget_but(addresses)
                self._call(addresses)
            if any(line.carries for line in self._lines.values()):
                heard = loop.time()
        self.orphaned.set_result(
            PublisherRefused("ChannelAway", "none of the channel's pods takes the stream any more")
        )

    def _forget_but(self, addresses: frozenset[Address]) -> None:
        """A pod that the DNS no longer names is served until it hangs up by itself."""
        gone = [one for one, task in self._calls.items() if task.done() and one not in addresses]
        for address in gone:
            del self._calls[address], self._lines[address]

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _end(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
