"""Who is working on a content address: keeps two jobs with the same work from doing it twice.

A claim is an object that only one can create, {key}/claims/000000, and its holder renews what it
says while it works. When it has run out, whoever creates the next number has taken over. Nothing
depends on it but thrift: work that is done twice is as good.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from media_runtime.store import Missing, StoreAway
from media_runtime.title.model import Document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from collections.abc import Set as AbstractSet

    from media_runtime.store import Store
    from media_runtime.title.layout import Layout

LASTS_SECONDS = 30.0
_RENEWED_SECONDS = 8.0

log = structlog.get_logger()


class Claim(Document):
    holder: str
    """The title and its task. A worker that is started again after it died holds what it held."""
    until: float
    """Seconds of the epoch. Clocks of nodes may differ by a few seconds; claims last longer."""


def is_free(newest: Claim | None, holder: str, now: float) -> bool:
    return newest is None or newest.holder == holder or newest.until < now


class Claims:
    def __init__(self, store: Store, layout: Layout, holder: str) -> None:
        self._store, self._layout, self._holder = store, layout, holder

    @asynccontextmanager
    async def taken(self, keys: Iterable[str]) -> AsyncIterator[AbstractSet[str]]:
        """Those of the keys that nobody else works on; ours, and renewed, inside the block."""
        wanted = sorted(set(keys))
        places = await asyncio.gather(*(self._take(key) for key in wanted))
        mine = {key: at for key, at in zip(wanted, places, strict=True) if at is not None}
        renewing = asyncio.create_task(self._renew(list(mine.values())))
        try:
            yield mine.keys()
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing
            # Not worth waiting for: a claim that stays runs out.
            with contextlib.suppress(StoreAway, TimeoutError):
                async with asyncio.timeout(5):
                    await self._drop(mine)

    async def _take(self, key: str) -> str | None:
        """Where our claim stands; None if somebody else's does."""
        if await self._store.create(self._layout.claim(key, 0), self._claim()):
            return self._layout.claim(key, 0)
        standing = await self._standing(key)
        newest = await self._read(standing[-1]) if standing else None
        if not is_free(newest, self._holder, time.time()):
            return None
        following = int(standing[-1].rpartition("/")[2]) + 1 if standing else 0
        at = self._layout.claim(key, following)
        if await self._store.create(at, self._claim()):
            return at
        found = await self._read(at)
        return at if found is not None and found.holder == self._holder else None

    async def _standing(self, key: str) -> list[str]:
        return await self._store.names(self._layout.claim(key, 0).rpartition("/")[0])

    async def _read(self, at: str) -> Claim | None:
        found = await self._store.read(at)
        return None if found is None else Claim.model_validate_json(found)

    def _claim(self) -> bytes:
        return Claim(holder=self._holder, until=time.time() + LASTS_SECONDS).to_json()

    async def _renew(self, places: list[str]) -> None:
        while True:
            await asyncio.sleep(_RENEWED_SECONDS)
            for at in places:
                try:
                    await self._store.write(at, self._claim())
                except StoreAway as e:
                    log.info("claim not renewed", claim=at, why=str(e))

    async def _drop(self, mine: Iterable[str]) -> None:
        await asyncio.gather(*(self._drop_one(key) for key in mine))

    async def _drop_one(self, key: str) -> None:
        with contextlib.suppress(Missing):
            await self._store.delete(await self._standing(key))
