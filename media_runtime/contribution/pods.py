"""Where a channel's pods are: what the DNS says of its headless Service, asked anew each time."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .peer import spelled

if TYPE_CHECKING:
    from concurrent.futures import Future

    from .settings import ContributionSettings

_AT_ONCE = 16


@dataclass(frozen=True, order=True)
class Address:
    host: str
    port: int

    def __str__(self) -> str:
        return spelled(self.host, self.port)


class PodsAway(Exception):  # noqa: N818 - reads as what it is
    """The DNS did not answer: nothing is known, not even that there is no such channel."""


class Pods:
    def __init__(self, settings: ContributionSettings) -> None:
        self._named = {
            host: frozenset(_address(text) for text in addresses)
            for host, addresses in settings.resolve.items()
        }
        self._port = settings.line_port
        self._patience = settings.connect_seconds
        self._resolver = ThreadPoolExecutor(_AT_ONCE, "resolver")
        self._asked: dict[str, Future[list[str]]] = {}
        self._waiting = Counter[str]()

    async def of(self, host: str) -> frozenset[Address]:
        """All addresses of `host`; none if there is no such host. Raises PodsAway."""
        if host in self._named:
            return self._named[host]
        try:
            found = await self._answer(host)
        except socket.gaierror as e:
            if e.errno in {socket.EAI_NONAME, socket.EAI_NODATA}:
                return frozenset()
            raise PodsAway(f"{host}: {e.strerror}") from e
        except UnicodeError:
            # longer than a host's name may be
            return frozenset()
        except TimeoutError as e:
            raise PodsAway(f"{host}: no answer within {self._patience:g} s") from e
        return frozenset(Address(one, self._port) for one in found)

    async def _answer(self, host: str) -> list[str]:
        """All who ask for a host wait for one thread, which is not free when they give up."""
        asked = self._asked.get(host)
        if asked is None:
            asked = self._asked[host] = self._resolver.submit(_look_up, host)
            asked.add_done_callback(lambda _: self._asked.pop(host, None))
        self._waiting[host] += 1
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(asyncio.wrap_future(asked))
        finally:
            self._waiting[host] -= 1
            if not self._waiting[host]:
                del self._waiting[host]
                asked.cancel()  # unless a thread is at it


def _look_up(host: str) -> list[str]:
    return [str(where[0]) for *_, where in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return Address(host.strip("[]"), int(port))
