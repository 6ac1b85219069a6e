"""Tells the operator's replicas that there is something to read; what, they read at /state."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import aiohttp
import structlog
from yarl import URL

from .gist import gist

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from crds.live import ChannelState

log = structlog.get_logger()

_LOOKS_SECONDS = 1.0
"""What changes of itself (no segment comes) is found by looking; and a storm is one nudge."""
_TIMEOUT_SECONDS = 2.0
_AGAIN_SECONDS = 5.0


class Nudge:
    def __init__(self, url: str, state: Callable[[], ChannelState]) -> None:
        self._url, self._state = URL(url), state
        self.sent = self.failed = 0

    async def run(self) -> None:
        """Until cancelled. Nobody there is nothing that the programme depends on."""
        told: Hashable = None
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                now = gist(self._state())
                if now != told:
                    if await self._everywhere(session):
                        told = now
                    else:
                        await asyncio.sleep(_AGAIN_SECONDS)
                await asyncio.sleep(_LOOKS_SECONDS)

    async def _everywhere(self, session: aiohttp.ClientSession) -> bool:
        """Whether anybody heard it: replicas that do not lead need not."""
        try:
            addresses = await self._addresses()
        except OSError as e:
            log.info("nobody to nudge", host=self._url.host, why=str(e))
            self.failed += 1
            return False
        heard = await asyncio.gather(*(self._at(session, address) for address in addresses))
        return any(heard)

    async def _addresses(self) -> list[str]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(
            self._url.host, self._url.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
        return sorted({str(address[4][0]) for address in found})

    async def _at(self, session: aiohttp.ClientSession, address: str) -> bool:
        try:
            async with session.post(self._url.with_host(address)) as answer:
                heard = answer.status < 400
        except (aiohttp.ClientError, TimeoutError) as e:
            log.info("a nudge was not heard", address=address, why=str(e))
            heard = False
        self.sent, self.failed = self.sent + heard, self.failed + (not heard)
        return heard
