"""Segments go to the store as they get whole; a store that is away costs DVR alone."""

import asyncio
from collections.abc import Iterator

import pytest

from media_runtime.live.channel.dvr.archive import SPARE_SECONDS, Archive
from media_runtime.live.channel.dvr.keys import DvrKeys
from media_runtime.live.channel.packager import Packager
from media_runtime.live.channel.retire import retire
from media_runtime.live.track import Track
from media_runtime.store import Store

from .airing import LADDER, Airing, Shaky
from .orders import order, until

KEYS = DvrKeys("demo", "news", "u1")
NOW = 890_000_000
"""The number of the first segment."""
LISTED, HELD = 40, 8


class Show:
    """A packager whose encoder is a builder of samples."""

    def __init__(self, store: Store, *, begins: int = NOW) -> None:
        self.packager = Packager(LADDER, listed=LISTED, held=HELD)
        self.recorded_from: int | None = None
        self.archive = Archive(
            store, KEYS, self.packager, listed=LISTED, keep_from=lambda: self.recorded_from
        )
        self.packager.listeners.append(self.archive.arrived)
        self.airs = Airing(self.packager, begins).airs

    @property
    def track(self) -> Track:
        found = self.packager.renditions["180p"].ring.track()
        assert found is not None
        return found


def stored(store: Store) -> Iterator[int]:
    for key in asyncio.run(store.names(KEYS.root)):
        at = KEYS.segment_at(key)
        if at is not None:
            yield at[1]


@pytest.fixture
def store() -> Shaky:
    return Shaky.in_memory()


def test_each_whole_segment_is_stored_with_its_header(store: Shaky) -> None:
    async def goes_on() -> Show:
        show = Show(store)
        running = asyncio.create_task(show.archive.run())
        await show.airs(3)
        await show.archive.settled()
        running.cancel()
        return show

    show = asyncio.run(goes_on())
    assert list(stored(store)) == [NOW, NOW + 1, NOW + 2]
    first = show.track.segments[0]
    assert first.stored
    content = asyncio.run(show.archive.segment("180p", NOW))
    assert content == b"".join(part.content for part in first.parts)
    assert asyncio.run(show.archive.init(first.init)) is not None


def test_what_waited_for_the_store_is_caught_up_with(store: Shaky) -> None:
    async def goes_on() -> Show:
        show = Show(store)
        running = asyncio.create_task(show.archive.run())
        store.away = True
        await show.airs(HELD)
        await until(lambda: show.archive.away_since is not None)
        assert show.archive.waiting == HELD
        store.away = False
        await show.archive.settled()
        running.cancel()
        return show

    show = asyncio.run(goes_on())
    assert list(stored(store)) == [NOW + n for n in range(HELD)]
    assert show.archive.missed_segments == show.archive.waiting == 0
    assert show.archive.away_since is None


def test_what_waited_too_long_is_a_gap_and_memory_stays_bounded(store: Shaky) -> None:
    async def goes_on() -> Show:
        show = Show(store)
        running = asyncio.create_task(show.archive.run())
        store.away = True
        await show.airs(3 * HELD)
        bounded = show.packager.renditions["180p"].ring.statistics().bytes
        whole = sum(len(p.content) for s in show.track.segments[-2 * HELD :] for p in s.parts)
        assert bounded == whole
        store.away = False
        await show.archive.settled()
        running.cancel()
        return show

    show = asyncio.run(goes_on())
    assert show.archive.missed_segments == HELD
    assert [segment.gap for segment in show.track.segments] == [True] * HELD + [False] * 2 * HELD
    assert list(stored(store)) == [NOW + HELD + n for n in range(2 * HELD)]


def test_what_is_lost_while_its_header_is_written_is_a_gap_and_not_stored(store: Shaky) -> None:
    async def goes_on() -> Show:
        show = Show(store)
        store.stands = asyncio.Event()
        running = asyncio.create_task(show.archive.run())
        await show.airs(3 * HELD)
        store.stands.set()
        await show.archive.settled()
        running.cancel()
        return show

    show = asyncio.run(goes_on())
    assert show.archive.missed_segments == HELD
    assert list(stored(store)) == [NOW + HELD + n for n in range(2 * HELD)]


def test_a_pod_that_comes_later_finds_what_was_before(store: Shaky) -> None:
    async def goes_on() -> tuple[Show, Show]:
        before = Show(store)
        running = asyncio.create_task(before.archive.run())
        await before.airs(5)
        await before.archive.settled()
        running.cancel()
        after = Show(store, begins=NOW + 7)
        await after.airs(1)
        await after.archive.recall()
        return before, after

    before, after = asyncio.run(goes_on())
    assert [s.msn for s in after.track.segments] == [NOW + n for n in range(8)]
    assert [s.gap for s in after.track.segments] == [False] * 5 + [True] * 2 + [False]
    for was, now in zip(before.track.segments, after.track.segments, strict=False):
        assert (was.start, was.end, was.init) == (now.start, now.end, now.init)


def test_what_is_older_than_the_dvr_is_deleted(store: Shaky) -> None:
    spare = SPARE_SECONDS // 2
    old = NOW - LISTED - spare - 1
    for msn in (old - 5, old, old + 1):
        asyncio.run(store.write(KEYS.segment("180p", msn), b"x"))

    async def goes_on() -> None:
        show = Show(store)
        running = asyncio.create_task(show.archive.run())
        await show.airs(1)
        await show.archive.recall()
        await until(lambda: show.archive.deleted_segments == 2)
        await show.archive.settled()
        running.cancel()

    asyncio.run(goes_on())
    assert list(stored(store)) == [old + 1, NOW]


def test_what_is_recorded_is_deleted_once_it_is_no_more(store: Shaky) -> None:
    old = NOW - LISTED - SPARE_SECONDS
    for msn in (old - 1, old, old + 1):
        asyncio.run(store.write(KEYS.segment("180p", msn), b"x"))

    async def goes_on() -> None:
        show = Show(store)
        show.recorded_from = old
        await show.airs(1)
        await show.archive.recall()
        running = asyncio.create_task(show.archive.run())
        await until(lambda: show.archive.deleted_segments == 1)
        await show.airs(1)
        await asyncio.sleep(float(LADDER.timeline.segment))  # the house is kept once more
        assert show.archive.deleted_segments == 1
        show.recorded_from = None
        await until(lambda: show.archive.deleted_segments == 3)
        await show.archive.settled()
        running.cancel()

    asyncio.run(goes_on())
    assert list(stored(store)) == [NOW, NOW + 1]


def test_what_could_not_be_listed_at_first_is_deleted_too(store: Shaky) -> None:
    old = NOW - LISTED - SPARE_SECONDS
    asyncio.run(store.write(KEYS.segment("180p", old), b"x"))
    asyncio.run(store.write(KEYS.segment("240p", old), b"x"))
    store.unlisted = 2

    async def goes_on() -> None:
        show = Show(store)
        running = asyncio.create_task(show.archive.run())
        await show.airs(1)
        await show.archive.recall()
        await until(lambda: show.archive.deleted_segments == 2)
        await show.archive.settled()
        running.cancel()
        assert show.track.first_msn == NOW  # no playlist begins earlier than it did

    asyncio.run(goes_on())
    assert list(stored(store)) == [NOW]


def test_what_is_learnt_of_while_the_old_is_deleted_is_deleted_too(store: Shaky) -> None:
    old = NOW - LISTED - SPARE_SECONDS
    asyncio.run(store.write(KEYS.segment("180p", old), b"x"))

    async def goes_on() -> None:
        store.deletes = asyncio.Event()
        show = Show(store)
        await show.airs(1)
        await show.archive.recall()
        running = asyncio.create_task(show.archive.run())
        await until(lambda: store.deleting)
        await store.write(KEYS.segment("180p", old - 1), b"x")
        await show.archive.recall()
        store.deletes.set()
        await until(lambda: show.archive.deleted_segments == 2)
        await show.archive.settled()
        running.cancel()

    asyncio.run(goes_on())
    assert list(stored(store)) == [NOW]


def test_nothing_is_left_of_a_channel_that_is_retired(store: Shaky) -> None:
    async def goes_on() -> list[str]:
        show = Show(store)
        running = asyncio.create_task(show.archive.run())
        await show.airs(2)
        await show.archive.settled()
        running.cancel()
        assert await store.names("demo")
        await retire(order(), store)
        return await store.names("demo")

    assert asyncio.run(goes_on()) == []


def test_the_first_of_two_pods_wins(store: Shaky) -> None:
    asyncio.run(store.write(KEYS.segment("180p", NOW), b"the other's"))

    async def goes_on() -> bytes | None:
        show = Show(store)
        running = asyncio.create_task(show.archive.run())
        await show.airs(1)
        await show.archive.settled()
        running.cancel()
        assert show.track.segments[0].stored
        return await show.archive.segment("180p", NOW)

    assert asyncio.run(goes_on()) == b"the other's"
