"""One channel as this replica sees it: its pods, which of them it stays with, and why not."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from .addresses import NoAnswer
from .choice import choose
from .upstream import Away

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crds.live import ChannelState
    from media_runtime.origin.address import Address
    from media_runtime.origin.metrics import Metrics

    from .addresses import Addresses
    from .choice import Pod
    from .upstream import Door

LOOK_SECONDS = 1.0
IDLE_SECONDS = 15.0
"""After the last request nobody looks any more."""
SILENCE_SECONDS = 3.0
"""A pod that is there and does not say how it is may be busy for so long."""

log = structlog.get_logger()


class Channel:
    """Looked after while somebody watches, and not longer."""

    def __init__(self, name: Address, addresses: Addresses, door: Door, metrics: Metrics) -> None:
        self.name = name
        self.exists = False
        """Its name leads somewhere, even if to no pod."""
        self.pod: Pod | None = None
        self.uid = ""
        """Where its DVR lies; remembered while no pod answers."""
        self._addresses, self._door, self._metrics = addresses, door, metrics
        self._states: dict[Pod, ChannelState | None] = {}
        self._heard: dict[Pod, float] = {}
        self._fetches: dict[Pod, set[asyncio.Timeout]] = {}
        self._used = self._looked = float("-inf")
        self._looking: asyncio.Task[None] | None = None
        self._following: asyncio.Task[None] | None = None

    @property
    def state(self) -> ChannelState | None:
        """Of the pod that viewers are led to."""
        return self._states.get(self.pod) if self.pod else None

    @property
    def idle(self) -> bool:
        return self._following is None and self._looking is None

    @property
    def pods(self) -> list[Pod]:
        """Those that answer; the one that viewers are led to before the others."""
        answering = [pod for pod, state in self._states.items() if state]
        return sorted(answering, key=lambda pod: pod != self.pod)

    async def ready(self) -> None:
        """Returns once it is known how the channel is."""
        self._used = time.monotonic()
        if self._following is None and self._used - self._looked >= LOOK_SECONDS:
            await self.look()
            if self.exists and self._following is None:
                self._following = asyncio.create_task(self._follow())
        elif self._looked == float("-inf"):
            await self.look()

    async def look(self) -> None:
        """Once for all who want to know now."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        await asyncio.shield(self._looking)

    @contextmanager
    def fetching(self, pod: Pod, patience: asyncio.Timeout) -> Iterator[None]:
        """What is fetched from a pod is given up once the pod is."""
        under_way = self._fetches.setdefault(pod, set())
        under_way.add(patience)
        try:
            yield
        finally:
            under_way.discard(patience)

    async def _follow(self) -> None:
        try:
            while self.exists and time.monotonic() - self._used < IDLE_SECONDS:
                await asyncio.sleep(LOOK_SECONDS)
                await self.look()
        finally:
            self._following = None

    async def _look(self) -> None:
        try:
            try:
                found = await self._addresses.of(self.name)
            except NoAnswer as e:
                log.warning("name servers away", channel=str(self.name), error=str(e))
                found = frozenset(self._states)
            self.exists = found is not None
            pods = sorted(found or ())
            heard = await asyncio.gather(*map(self._hear, pods))
            self._states = dict(zip(pods, heard, strict=True))
            self._heard = {pod: at for pod, at in self._heard.items() if pod in self._states}
            self._settle()
        finally:
            self._looked = time.monotonic()
            self._looking = None

    async def _hear(self, pod: Pod) -> ChannelState | None:
        try:
            state = await self._door.state(pod)
        except Away:
            return None
        except TimeoutError:
            silent = time.monotonic() - self._heard.get(pod, float("-inf"))
            return self._states.get(pod) if silent < SILENCE_SECONDS else None
        self._heard[pod] = time.monotonic()
        return state

    def _settle(self) -> None:
        before, self.pod = self.pod, choose(self._states, self.pod)
        if self.pod != before:
            if before:
                self._metrics.live_moves.inc()
            log.info("channel served by", channel=str(self.name), pod=str(self.pod or "nobody"))
        if self.state and self.state.uid:
            self.uid = self.state.uid
        for pod, under_way in list(self._fetches.items()):
            if self._states.get(pod) is None:
                for patience in under_way:
                    patience.reschedule(0)
            if not under_way:
                del self._fetches[pod]
