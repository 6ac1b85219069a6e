"""Copies a page of the web to a local file: only public addresses, bounded in time and size."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import aiohttp
import structlog

from media_runtime.failure import Refused, out_of_room

from .resolver import JudgedResolver, Lookup, look_up
from .uri import WebInput, parsed

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from .address import Network

_PIECE = 1 << 20
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})

log = structlog.get_logger()


@dataclass(frozen=True)
class WebLimits:
    bytes: int
    redirects: int = 5
    wall_seconds: float = 3600
    silence_seconds: float = 20
    attempts: int = 3
    retry_seconds: float = 1


@dataclass(frozen=True)
class Copied:
    size: int
    """Bytes."""
    url: str
    """Where it was in the end, after redirects: what relative names in it are relative to."""


class _Unreached(Exception):  # noqa: N818 - reads as what it is
    """One attempt failed in a way that the next may not."""


@dataclass(frozen=True)
class Web:
    """How the web is reached: which private networks are allowed, and by which resolver."""

    bucket: str
    tenant: str
    allow: tuple[Network, ...] = ()
    lookup: Lookup = look_up
    tls: ssl.SSLContext | None = None
    """Other authorities than the system's, for tests."""

    async def copy(self, url: str, into: Path, limits: WebLimits) -> Copied:
        """How much it was, and from where.

        Raises Refused: InputUnsafe for an address that may not be reached, at any hop;
        InputTooLarge past `limits.bytes`; InputUnreachable for the rest.
        """
        last = ""
        for attempt in range(limits.attempts):
            await asyncio.sleep(limits.retry_seconds * (2**attempt - 1))
            try:
                async with asyncio.timeout(limits.wall_seconds):
                    return await self._follow(url, into, limits)
            except TimeoutError as e:
                raise Refused(
                    "InputUnreachable", f"the input did not end within {limits.wall_seconds:g} s"
                ) from e
            except _Unreached as e:
                last = str(e)
                log.info("input not reached", attempt=attempt + 1, why=last)
        raise Refused("InputUnreachable", f"the input could not be read: {last}")

    async def _follow(self, url: str, into: Path, limits: WebLimits) -> Copied:
        for _ in range(limits.redirects + 1):
            target = parsed(url, bucket=self.bucket, tenant=self.tenant, allow=self.allow)
            if not isinstance(target, WebInput):
                raise Refused("InputUnsafe", "the input's server redirects to what is not https:")
            found = await self._get(target, into, limits)
            if isinstance(found, int):
                return Copied(found, url)
            url = urljoin(url, found)
        raise Refused("InputUnreachable", f"the input redirects more than {limits.redirects} times")

    async def _get(self, target: WebInput, into: Path, limits: WebLimits) -> int | str:
        """The size of what was copied, or where the answer redirects to."""
        resolver = JudgedResolver(self.allow, plain=target.plain, lookup=self.lookup)
        connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, limit=1)
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=limits.silence_seconds, sock_read=limits.silence_seconds
        )
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector,
                    timeout=timeout,
                    trust_env=False,  # no proxies, no netrc
                    auto_decompress=False,  # a bomb stays folded, and is then no media
                    cookie_jar=aiohttp.DummyCookieJar(),
                    headers={"Accept-Encoding": "identity", "User-Agent": "StreamVerse"},
                ) as session,
                session.get(target.url, allow_redirects=False, ssl=self.tls or True) as answer,
            ):
                return await _body(answer, into, limits)
        except TimeoutError as e:
            raise _Unreached("the server was silent for too long") from e
        except (aiohttp.ClientError, OSError) as e:
            if out_of_room(e):
                raise
            raise _Unreached(type(e).__name__) from e


async def _body(answer: aiohttp.ClientResponse, into: Path, limits: WebLimits) -> int | str:
    if answer.status in _REDIRECTS and "Location" in answer.headers:
        return answer.headers["Location"]
    if answer.status in _TRY_AGAIN:
        raise _Unreached(f"the server answers {answer.status}")
    if answer.status != 200:
        raise Refused("InputUnreachable", f"the input's server answers {answer.status}")
    too_large = Refused("InputTooLarge", f"the input has more than {limits.bytes} bytes")
    if (answer.content_length or 0) > limits.bytes:
        raise too_large
    size = 0
    with into.open("wb") as file:
        async for piece in answer.content.iter_chunked(_PIECE):
            size += len(piece)
            if size > limits.bytes:
                raise too_large
            await asyncio.to_thread(file.write, piece)
    return size
