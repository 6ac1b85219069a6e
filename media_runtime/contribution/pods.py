"""Where a channel's pods are: what the DNS says of its headless Service, asked anew each time."""

import asyncio
import socket
from dataclasses import dataclass

from .peer import spelled
from .settings import ContributionSettings


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

    async def of(self, host: str) -> frozenset[Address]:
        """All addresses of `host`; none if there is no such host. Raises PodsAway."""
        if host in self._named:
            return self._named[host]
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._patience):
                found = await loop.getaddrinfo(host, self._port, type=socket.SOCK_STREAM)
        except socket.gaierror as e:
            if e.errno in {socket.EAI_NONAME, socket.EAI_NODATA}:
                return frozenset()
            raise PodsAway(f"{host}: {e.strerror}") from e
        except UnicodeError:
            # longer than a host's name may be
            return frozenset()
        except TimeoutError as e:
            raise PodsAway(f"{host}: no answer within {self._patience:g} s") from e
        return frozenset(Address(str(where[0]), self._port) for *_, where in found)


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return Address(host.strip("[]"), int(port))
