"""The one door to channels' pods: HTTP requests, answered as values or as pieces that come."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
import structlog
from pydantic import ValidationError
from yarl import URL

from crds.live import ChannelState
from media_runtime.origin.problems import briefly

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .choice import Pod

STATE_SECONDS = 1.0
CONNECT_SECONDS = 1.0
READ_SECONDS = 10.0
"""Longer than a pod holds a request back for what comes next (media_runtime/live/query.py)."""
STATE_BYTES = 1 << 20
PIECE_BYTES = 1 << 16

log = structlog.get_logger()


class Away(Exception):  # noqa: N818 - reads as what it is
    """A pod did not answer, or broke off: another may."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    media_type: str
    length: int | None
    """None while it grows."""
    pieces: AsyncIterator[bytes]
    """Raises Away where they break off."""


class Door:
    def __init__(self) -> None:
        self._opened: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._opened:
            await self._opened.close()

    async def state(self, pod: Pod) -> ChannelState:
        """Raises Away, and TimeoutError of a pod that is there and does not answer."""
        patience = aiohttp.ClientTimeout(total=STATE_SECONDS)
        url = URL(f"http://{pod}/state")
        try:
            async with self._session().get(url, timeout=patience, allow_redirects=False) as answer:
                content = bytearray()
                async for piece in answer.content.iter_any():
                    content += piece
                    if len(content) > STATE_BYTES:
                        raise Away(f"{pod} tells more than {STATE_BYTES} bytes of state")
                if answer.status != 200:
                    raise Away(f"{pod} answers /state with {answer.status}")
                return ChannelState.model_validate_json(content)
        except aiohttp.ClientError as e:
            raise Away(f"{pod}: {briefly(e)}") from e
        except ValidationError as e:
            log.warning("a state that cannot be read", pod=str(pod), error=briefly(e))
            raise Away(f"{pod}: its state cannot be read") from e

    @asynccontextmanager
    async def get(self, pod: Pod, rest: str, query: str) -> AsyncIterator[Reply]:
        """Of /live/{rest}. Raises Away."""
        url = URL(f"http://{pod}/live/{rest}" + (f"?{query}" if query else ""), encoded=True)
        try:
            async with self._session().get(url, allow_redirects=False) as answer:
                yield Reply(
                    answer.status,
                    answer.headers.get("Content-Type", "application/octet-stream"),
                    answer.content_length,
                    _pieces(pod, answer),
                )
        except (aiohttp.ClientError, TimeoutError) as e:
            raise Away(f"{pod}: {briefly(e)}") from e

    def _session(self) -> aiohttp.ClientSession:
        """Opened at the first use, for it belongs to the loop that runs then."""
        if self._opened is None:
            self._opened = aiohttp.ClientSession(
                # How many are under way is bounded where they are begun (relay.py).
                connector=aiohttp.TCPConnector(limit=0, force_close=False),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS
                ),
                headers={"Accept-Encoding": "identity", "User-Agent": "streamverse-origin"},
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._opened


async def _pieces(pod: Pod, answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    """As they come, for a part of a segment is to go on at once."""
    try:
        async for piece in answer.content.iter_any():
            yield piece
    except (aiohttp.ClientError, TimeoutError) as e:
        raise Away(f"{pod} broke off: {briefly(e)}") from e
