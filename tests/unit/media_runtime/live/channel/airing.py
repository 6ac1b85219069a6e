"""Builders: a channel of one rung whose encoder is a builder of samples, and a store that fails."""

import asyncio
from collections.abc import Sequence

from media_runtime.cmaf import Header
from media_runtime.cmaf.boxes import box
from media_runtime.cmaf.header import VideoFormat
from media_runtime.live.channel.packager import Packager
from media_runtime.live.clock import Place
from media_runtime.store import Store, StoreAway
from tests.unit.media_runtime.live.shows import encoded

from .orders import ladder_of_one

LADDER = ladder_of_one()
HEADER = Header(25_000, box(b"avc1", bytes(78)), VideoFormat(320, 180))


class Shaky(Store):
    """In memory, and away, or slow with headers or deletions, when it is told to be; `unlisted` so
    many times.
    """

    away = False
    refused = 0
    unlisted = 0
    stands: asyncio.Event | None = None
    deletes: asyncio.Event | None = None
    deleting = False

    async def write(self, key: str, content: bytes) -> None:
        if self.stands is not None:
            await self.stands.wait()
        self._refuse()
        await super().write(key, content)

    async def create(self, key: str, content: bytes) -> bool:
        self._refuse()
        return await super().create(key, content)

    async def delete(self, keys: Sequence[str]) -> None:
        self.deleting = True
        if self.deletes is not None:
            await self.deletes.wait()
        await super().delete(keys)

    async def names(self, prefix: str) -> list[str]:
        if self.unlisted:
            self.unlisted -= 1
            raise StoreAway("the store was taken down")
        return await super().names(prefix)

    def _refuse(self) -> None:
        if self.away:
            self.refused += 1
            raise StoreAway("the store was taken down")


class Airing:
    """What an encoder makes, from the segment `begins` on."""

    def __init__(self, packager: Packager, begins: int) -> None:
        self._packager, self._offset, self._next = packager, begins, begins
        (self._rung,) = LADDER.rungs
        packager.begin(1, self._rung.epoch + begins * LADDER.gop, LADDER.rungs)

    async def airs(self, segments: int) -> None:
        cadence, where = self._rung.cadence, LADDER.timeline
        first = where.first(cadence, Place(self._offset, 0))
        begin = where.first(cadence, Place(self._next, 0))
        whole = encoded(where, cadence, first=first, count=begin - first + segments * 50)
        for n, fragment in enumerate(whole):
            if first + n >= begin:
                self._packager.take(1, "180p", HEADER, fragment)
                await asyncio.sleep(0)
        self._next += segments
