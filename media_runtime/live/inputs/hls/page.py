"""Pages of another service in memory, by the fetcher that judges every address."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.fetch.web import WebLimits

from .playlist import Media, Variant, read

if TYPE_CHECKING:
    from pathlib import Path

    from media_runtime.fetch.web import Web

_PLAYLIST = WebLimits(
    bytes=1 << 20, wall_seconds=10, silence_seconds=5, attempts=2, retry_seconds=0.3
)
_SEGMENT = WebLimits(
    bytes=32 << 20, wall_seconds=20, silence_seconds=5, attempts=2, retry_seconds=0.3
)


@dataclass(frozen=True)
class Page:
    content: bytes
    url: str
    """Where it was in the end."""


class Pages:
    """Every method raises Refused."""

    def __init__(self, web: Web, scratch: Path) -> None:
        self._web, self._scratch = web, scratch
        self._count = itertools.count()

    async def segment(self, url: str) -> bytes:
        return (await self._get(url, _SEGMENT)).content

    async def playlist(self, url: str) -> Media | tuple[Variant, ...]:
        page = await self._get(url, _PLAYLIST)
        text = page.content.decode("utf-8", "replace")
        return await asyncio.to_thread(read, text, page.url)  # a long one takes a while

    async def _get(self, url: str, limits: WebLimits) -> Page:
        file = self._scratch / f"page-{next(self._count)}"
        try:
            copied = await self._web.copy(url, file, limits)
            return Page(await asyncio.to_thread(file.read_bytes), copied.url)
        finally:
            await asyncio.to_thread(file.unlink, missing_ok=True)
