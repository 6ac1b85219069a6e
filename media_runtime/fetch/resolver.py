"""Name resolution for user input: every address is judged, and those judged are connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from media_runtime.failure import Refused

from .address import Network, may_reach, within
from .uri import refusal

Lookup = Callable[[str], Awaitable[list[str]]]
"""A name's addresses, as text. Raises OSError if it has none."""


async def look_up(host: str) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return sorted({str(address[0]) for *_, address in found})


class JudgedResolver(AbstractResolver):
    """Refuses a name if any of its addresses may not be reached.

    aiohttp connects to just what this returns, so a second, different answer of the name's server
    (DNS rebinding) is never asked for.
    """

    def __init__(self, allow: tuple[Network, ...], *, plain: bool, lookup: Lookup) -> None:
        self._allow, self._plain, self._lookup = allow, plain, lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 - both are welcome
    ) -> list[ResolveResult]:
        addresses = await self._lookup(host)
        judge(addresses, self._allow, plain=self._plain)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


def judge(addresses: list[str], allow: tuple[Network, ...], *, plain: bool) -> None:
    """Raises Refused(InputUnsafe) unless every one may be reached."""
    accept = within if plain else may_reach
    if not addresses or not all(accept(ip_address(address), allow) for address in addresses):
        raise Refused("InputUnsafe", refusal(plain=plain))
