"""A day of a channel by a clock that leaps: what is told, kept and held is that of any hour."""

import asyncio
import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import obstore
import pytest

from media_runtime.live.channel.dvr.archive import Archive
from media_runtime.live.channel.dvr.keys import DvrKeys
from media_runtime.live.channel.packager import Packager
from media_runtime.live.channel.playlists import Playlists
from media_runtime.live.clock import Place
from media_runtime.store import Store
from tests.unit.media_runtime.live.lint import breaches, read
from tests.unit.media_runtime.live.shows import encoded

from .airing import HEADER, LADDER

KEYS = DvrKeys("demo", "news", "u1")
NOW = 890_000_000
"""The number of the first segment."""
LISTED, HELD = 150, 15
HOUR = 1800
"""Segments of two seconds."""
(RUNG,) = LADDER.rungs


@dataclass(frozen=True)
class Look:
    """At a channel, at the end of an hour."""

    playlist: str
    blocks: int
    """Of memory that Python's objects hold."""
    keys: int
    """In the store."""
    lost: int


class Leaping(asyncio.SelectorEventLoop):
    """Its clock runs on, and leaps ahead when it is told to."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


class Prompt(Store):
    """Answers at once: nothing is under way when the clock leaps."""

    async def write(self, key: str, content: bytes) -> None:
        obstore.put(self._objects, key, content)

    async def create(self, key: str, content: bytes) -> bool:
        obstore.put(self._objects, key, content, mode="create")
        return True

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            obstore.delete(self._objects, key)


async def on_air(hours: int) -> list[Look]:
    """Of each hour; a viewer asks for a delta update with every part."""
    loop, store = asyncio.get_running_loop(), Prompt.in_memory()
    assert isinstance(loop, Leaping)
    packager = Packager(LADDER, listed=LISTED, held=HELD)
    archive = Archive(store, KEYS, packager, listed=LISTED)
    playlists = Playlists(packager, lambda _: None)
    packager.listeners.append(archive.arrived)
    keeping = asyncio.create_task(archive.run())
    looks = []
    ring, where = packager.renditions["180p"].ring, LADDER.timeline
    first = where.first(RUNG.cadence, Place(NOW, 0))
    packager.begin(1, RUNG.epoch + NOW * LADDER.gop, LADDER.rungs)
    packager.opened = True
    for fragment in encoded(where, RUNG.cadence, first=first, count=1 + hours * HOUR * LADDER.gop):
        known = ring.version
        packager.take(1, "180p", HEADER, fragment)
        if ring.version == known:
            continue
        playlists.media("180p", skip=True)
        at = ring.last_msn or 0
        if (segment := ring.segment(at)) is None or not segment.whole:
            continue
        loop.ahead += float(where.segment)
        while archive.waiting:  # noqa: ASYNC110 - what is wanted has no event
            await asyncio.sleep(0)
        if (at + 1 - NOW) % HOUR == 0:
            whole = playlists.media("180p", skip=False)
            assert whole is not None
            gc.collect()
            looks.append(
                Look(
                    playlist=whole.content.decode(),
                    blocks=sys.getallocatedblocks(),
                    keys=len(await store.names(KEYS.root)),
                    lost=ring.statistics().lost_segments + archive.missed_segments,
                )
            )
    keeping.cancel()
    await asyncio.wait([keeping])
    return looks


@pytest.mark.soak
def test_a_day_ends_as_its_second_hour_did() -> None:
    with asyncio.Runner(loop_factory=Leaping) as runner:
        _, early, *_, late = runner.run(on_air(24))
    playlist = read(late.playlist)
    assert not breaches(playlist)
    last = playlist.segments[-1]
    assert last.msn == NOW + 24 * HOUR - 1
    assert last.shown == datetime.fromtimestamp(LADDER.timeline.epoch + 2 * last.msn, UTC)
    assert playlist.head["EXT-X-DISCONTINUITY-SEQUENCE"] == "0"
    assert [look.lost for look in (early, late)] == [0, 0]
    assert late.keys <= early.keys + 2, "journals are of minutes, and an hour is a whole number"
    assert late.blocks < early.blocks + HOUR, "less than one for each segment of an hour, after 22"
