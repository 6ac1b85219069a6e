"""What the origin remembers of titles, when it asks again, and what it does without the store."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from media_runtime.origin.catalogue import FRESH_SECONDS, GROWING_SECONDS, Catalogue
from media_runtime.origin.metrics import Metrics
from media_runtime.origin.urls import revision
from media_runtime.store import StoreAway
from media_runtime.title import records
from media_runtime.title.assemble import assemble

from ..title.films import chunk_entry, film, whole_ledger  # noqa: TID252 - builders of a sibling
from .shop import LAYOUT, WatchedStore, publish, stocked
from .titles import index

POINTER = LAYOUT.publication("pilot")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def catalogue(store: WatchedStore, clock: Clock, *, max_segments: int = 10_000) -> Catalogue:
    return Catalogue(store, Metrics(), patience_seconds=0.2, max_segments=max_segments, clock=clock)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()

    asyncio.run(told())


def test_a_hundred_viewers_at_once_are_one_question_to_the_store() -> None:
    store = stocked(index())

    async def story() -> None:
        found = catalogue(store, Clock())
        titles = await asyncio.gather(*(found.find("demo", "pilot") for _ in range(100)))
        assert {t.title for t in titles if t} == {"uid-1"}

    run(story)
    assert store.reads[POINTER] == 1
    assert store.reads[LAYOUT.index("uid-1")] == 1


def test_a_whole_title_is_asked_for_by_its_pointer_alone() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find("demo", "pilot")
        clock.now += FRESH_SECONDS
        await found.find("demo", "pilot")

    run(story)
    assert store.reads[POINTER] == 2
    assert store.reads[LAYOUT.index("uid-1")] == 1


def test_a_name_that_is_published_anew_is_seen_within_seconds() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find("demo", "pilot")
        await publish(store, index().model_copy(update={"title": "uid-2"}))
        clock.now += FRESH_SECONDS
        title = await found.find("demo", "pilot")
        assert title
        assert title.title == "uid-2"

    run(story)


def test_segments_of_a_known_encode_ask_the_store_for_no_pointer() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find("demo", "pilot")
        clock.now += 3600
        assert await found.find_revision("demo", "pilot", revision("uid-1"))

    run(story)
    assert store.reads[POINTER] == 1


def test_what_was_known_is_served_while_the_store_is_away() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find("demo", "pilot")
        store.away = True
        clock.now += 3600
        title = await found.find("demo", "pilot")
        assert title
        assert title.title == "uid-1"

    run(story)


def test_a_store_that_is_away_is_not_asked_for_every_viewer() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find("demo", "pilot")
        store.away = True
        clock.now += 3600
        for _ in range(50):
            await found.find("demo", "pilot")

    run(story)
    assert store.reads[POINTER] == 2


def test_nobody_waits_for_a_store_that_was_away_a_moment_ago() -> None:
    class Hanging(WatchedStore):
        async def read(self, key: str) -> bytes | None:
            if self.away:
                self.reads[key] += 1
                await asyncio.Event().wait()
            return await super().read(key)

    store, clock = Hanging(), Clock()

    async def story() -> None:
        await publish(store, index())
        found = catalogue(store, clock)
        await found.find("demo", "pilot")
        store.away = True
        clock.now += 3600
        await found.find("demo", "pilot")
        clock.now += 3600
        async with asyncio.timeout(0.1):
            assert await found.find("demo", "pilot")

    run(story)


def test_what_was_never_known_cannot_be_said_while_the_store_is_away() -> None:
    store = stocked(index())
    store.away = True

    async def story() -> None:
        with pytest.raises(StoreAway):
            await catalogue(store, Clock()).find("demo", "pilot")

    run(story)


def test_a_store_that_hangs_is_away() -> None:
    class Hanging(WatchedStore):
        async def read(self, key: str) -> bytes | None:
            await asyncio.Event().wait()
            raise AssertionError(key)

    async def story() -> None:
        with pytest.raises(StoreAway):
            await catalogue(Hanging(), Clock()).find("demo", "pilot")

    run(story)


def test_a_name_that_was_unknown_is_found_once_it_is_published() -> None:
    store, clock = WatchedStore(), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        assert await found.find("demo", "pilot") is None
        await publish(store, index())
        clock.now += GROWING_SECONDS
        assert await found.find("demo", "pilot")

    run(story)


def test_a_deleted_title_is_forgotten() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find("demo", "pilot")
        await store.delete([POINTER])
        clock.now += FRESH_SECONDS
        assert await found.find("demo", "pilot") is None

    run(story)


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    titles = [index().model_copy(update={"title": f"uid-{n}", "name": f"t{n}"}) for n in range(10)]
    store, clock = stocked(*titles), Clock()

    async def story() -> None:
        found = catalogue(store, clock, max_segments=3 * 110)
        for title in titles:
            await found.find("demo", title.name)
        await found.find("demo", "t9")
        await found.find("demo", "t0")

    run(story)
    assert store.reads[LAYOUT.index("uid-9")] == 1
    assert store.reads[LAYOUT.index("uid-0")] == 2


def test_a_growing_title_is_read_no_further_than_it_can_be_played() -> None:
    plan = film(chunk_segments=(2, 5, 5, 5))
    store, clock = WatchedStore(), Clock()
    ledger = whole_ledger(plan)

    async def story() -> None:
        await records.write_plan(store, LAYOUT, plan)
        await records.write_publication(store, LAYOUT, "pilot", plan.title)
        for runs in (v for k, v in ledger.items() if "p-2" not in k):
            for entry in runs:
                await records.write_entry(store, LAYOUT, entry)
        found = catalogue(store, clock)
        for _ in range(5):
            title = await found.find("demo", "pilot")
            clock.now += GROWING_SECONDS
        assert title
        before = {k: v for k, v in ledger.items() if "p-2" not in k}
        assert title.index == assemble(plan, before, None, complete=False)
        for rung in ("360p", "720p"):
            await records.write_entry(store, LAYOUT, chunk_entry(plan, rung, 2))
        title = await found.find("demo", "pilot")
        assert title
        assert title.index == assemble(plan, ledger, None, complete=False)

    run(story)
    # What is finished is read once; what comes next on every look; what lies beyond, never early.
    assert store.reads[LAYOUT.entry("key-360p-0", 0)] == 1
    assert store.reads[LAYOUT.entry("key-360p-2", 0)] == 6
    assert store.reads[LAYOUT.entry("key-360p-3", 0)] == 1


def test_an_index_that_has_not_changed_keeps_what_was_made_of_it() -> None:
    plan = film()
    store, clock = WatchedStore(), Clock()

    async def story() -> None:
        await records.write_plan(store, LAYOUT, plan)
        await records.write_publication(store, LAYOUT, "pilot", plan.title)
        found = catalogue(store, clock)
        first = await found.find("demo", "pilot")
        clock.now += GROWING_SECONDS
        assert await found.find("demo", "pilot") is first

    run(story)
