"""A channel's name to the addresses of its pods: DNS, or a fixed list in its place."""

import asyncio
import socket
from collections.abc import Mapping
from typing import Protocol

from crds.live import service_name
from media_runtime.origin.address import Address

from .choice import Pod

PATIENCE_SECONDS = 3.0
AT_ONCE = 16
"""Look-ups under way: names that strangers make up do not take all threads."""
_NONE = {socket.EAI_NONAME}
_EMPTY = {getattr(socket, "EAI_NODATA", socket.EAI_NONAME)} - _NONE


class NoAnswer(Exception):  # noqa: N818 - reads as what it is
    """The name servers said nothing; what was known stays true."""


class Addresses(Protocol):
    async def of(self, channel: Address) -> frozenset[Pod] | None:
        """Empty where there is such a channel without pods; None where there is none at all."""


class Dns:
    """Both labels are an Address's: nothing but a channel's Service can be looked up."""

    def __init__(self, suffix: str, port: int) -> None:
        self._suffix, self._port = suffix, port
        self._room = asyncio.Semaphore(AT_ONCE)

    async def of(self, channel: Address) -> frozenset[Pod] | None:
        host = f"{service_name(channel.name)}.{channel.tenant}.{self._suffix}"
        loop = asyncio.get_running_loop()
        try:
            async with self._room, asyncio.timeout(PATIENCE_SECONDS):
                found = await loop.getaddrinfo(host, self._port, type=socket.SOCK_STREAM)
        except socket.gaierror as e:
            if e.errno in _NONE:
                return None
            if e.errno in _EMPTY:
                return frozenset()
            raise NoAnswer(f"{host}: {e}") from e
        except UnicodeError:
            # longer than a host's name may be, so that no Service bears it
            return None
        except TimeoutError as e:
            raise NoAnswer(f"{host}: no answer in {PATIENCE_SECONDS} s") from e
        return frozenset(Pod(str(where[0]), self._port) for *_, where in found)


class Fixed:
    """For machines without a cluster's DNS: {tenant}.{channel} to "host:port,host:port"."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known

    async def of(self, channel: Address) -> frozenset[Pod] | None:
        listed = self._known.get(f"{channel.tenant}.{channel.name}")
        if listed is None:
            return None
        pairs = (pod.rpartition(":") for pod in listed.split(",") if pod)
        return frozenset(Pod(host, int(port)) for host, _, port in pairs)
