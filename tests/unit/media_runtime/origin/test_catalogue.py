"""What the origin remembers of titles, when it asks again, and what it does without the store."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest

from media_runtime.origin.address import Address
from media_runtime.origin.catalogue import FRESH_SECONDS, GROWING_SECONDS, WHOLE_SECONDS, Catalogue
from media_runtime.origin.memory import GAP_SECONDS, UNKNOWN
from media_runtime.origin.metrics import Metrics
from media_runtime.store import StoreAway
from media_runtime.title import records
from media_runtime.title.assemble import assemble
from media_runtime.title.index import Ended

from ..title.films import chunk_entry, film, whole_ledger  # noqa: TID252 - builders of a sibling
from .shop import LAYOUT, WatchedStore, publish, stocked
from .titles import TITLE, index, uid

PILOT = Address("demo", "pilot")
POINTER = LAYOUT.publication("pilot")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def catalogue(
    store: WatchedStore, clock: Clock, *, max_segments: int = 10_000, patience: float = 10
) -> Catalogue:
    return Catalogue(
        store, Metrics(), patience_seconds=patience, max_segments=max_segments, clock=clock
    )


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        async with asyncio.timeout(60):
            await story()

    asyncio.run(told())


def test_a_hundred_viewers_at_once_are_one_question_to_the_store() -> None:
    store = stocked(index())

    async def story() -> None:
        found = catalogue(store, Clock())
        titles = await asyncio.gather(*(found.find(PILOT) for _ in range(100)))
        assert {t.title for t in titles if t} == {TITLE}

    run(story)
    assert store.reads[POINTER] == 1
    assert store.reads[LAYOUT.index(TITLE)] == 1


def test_a_whole_title_is_asked_for_by_its_pointer_alone() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find(PILOT)
        clock.now += FRESH_SECONDS
        await found.find(PILOT)

    run(story)
    assert store.reads[POINTER] == 2
    assert store.reads[LAYOUT.index(TITLE)] == 1


def test_a_name_that_is_published_anew_is_seen_within_seconds() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find(PILOT)
        await publish(store, index().model_copy(update={"title": uid(2)}))
        clock.now += FRESH_SECONDS
        title = await found.find(PILOT)
        assert title
        assert title.title == uid(2)

    run(story)


def test_segments_of_a_known_encode_ask_the_store_for_no_pointer() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find(PILOT)
        clock.now += 3600
        assert await found.find_title(PILOT, TITLE)

    run(story)
    assert store.reads[POINTER] == 1


def test_what_was_known_is_served_while_the_store_is_away() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find(PILOT)
        store.away = True
        clock.now += 3600
        title = await found.find(PILOT)
        assert title
        assert title.title == TITLE

    run(story)


def test_a_store_that_is_away_is_not_asked_for_every_viewer() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find(PILOT)
        store.away = True
        clock.now += 3600
        for _ in range(50):
            await found.find(PILOT)

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
        await found.find(PILOT)
        store.away = True
        clock.now += 3600
        await found.find(PILOT)
        clock.now += 3600
        async with asyncio.timeout(0.1):
            assert await found.find(PILOT)

    run(story)


def test_what_was_never_known_cannot_be_said_while_the_store_is_away() -> None:
    store = stocked(index())
    store.away = True

    async def story() -> None:
        with pytest.raises(StoreAway):
            await catalogue(store, Clock()).find(PILOT)

    run(story)


def test_a_store_that_hangs_is_away() -> None:
    class Hanging(WatchedStore):
        async def read(self, key: str) -> bytes | None:
            await asyncio.Event().wait()
            raise AssertionError(key)

    async def story() -> None:
        with pytest.raises(StoreAway):
            await catalogue(Hanging(), Clock(), patience=0.2).find(PILOT)

    run(story)


def test_a_name_that_was_unknown_is_found_once_it_is_published() -> None:
    store, clock = WatchedStore(), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        assert await found.find(PILOT) is None
        await publish(store, index())
        clock.now += GROWING_SECONDS
        assert await found.find(PILOT)

    run(story)


def test_a_title_whose_name_stands_for_another_is_found_by_itself() -> None:
    """Viewers of the earlier encode play on, at a replica that never served it too."""
    store = stocked(index(), index().model_copy(update={"title": uid(2)}))

    async def story() -> None:
        for found in (catalogue(store, Clock()), catalogue(store, Clock())):
            now = await found.find(PILOT)
            assert now
            assert now.title == uid(2)
            earlier = await found.find_title(PILOT, TITLE)
            assert earlier
            assert earlier.title == TITLE

    run(story)


def test_a_title_is_not_found_below_another_s_name() -> None:
    store = stocked(index())

    async def story() -> None:
        assert await catalogue(store, Clock()).find_title(Address("demo", "other"), TITLE) is None
        assert await catalogue(store, Clock()).find_title(Address("rival", "pilot"), TITLE) is None

    run(story)


def test_a_retired_title_is_forgotten_within_a_minute() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        assert await found.find_title(PILOT, TITLE)
        await store.delete([LAYOUT.index(TITLE)])
        clock.now += WHOLE_SECONDS
        assert await found.find_title(PILOT, TITLE) is None

    run(story)


def test_a_growing_title_that_is_retired_is_forgotten() -> None:
    store, clock = WatchedStore(), Clock()

    async def story() -> None:
        await records.write_plan(store, LAYOUT, film())
        found = catalogue(store, clock)
        assert await found.find_title(PILOT, TITLE)
        await store.delete([LAYOUT.plan(TITLE)])
        clock.now += GROWING_SECONDS
        assert await found.find_title(PILOT, TITLE) is None

    run(story)


def test_a_deleted_title_is_forgotten() -> None:
    store, clock = stocked(index()), Clock()

    async def story() -> None:
        found = catalogue(store, clock)
        await found.find(PILOT)
        await store.delete([POINTER])
        clock.now += FRESH_SECONDS
        assert await found.find(PILOT) is None

    run(story)


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    titles = [index().model_copy(update={"title": uid(n), "name": f"t{n}"}) for n in range(10)]
    store, clock = stocked(*titles), Clock()

    async def story() -> None:
        found = catalogue(store, clock, max_segments=3 * 110)
        for title in titles:
            await found.find(Address("demo", title.name))
        await found.find(Address("demo", "t9"))
        await found.find(Address("demo", "t0"))

    run(story)
    assert store.reads[LAYOUT.index(uid(9))] == 1
    assert store.reads[LAYOUT.index(uid(0))] == 2


def test_names_that_lead_nowhere_drive_no_title_out_of_memory() -> None:
    store = stocked(index())

    async def story() -> None:
        found = catalogue(store, Clock(), max_segments=3 * 110)
        await found.find(PILOT)
        for n in range(2 * UNKNOWN):
            assert await found.find(Address("demo", f"guess-{n}")) is None
            assert await found.find_title(PILOT, uid(100 + n)) is None
        store.away = True
        assert await found.find(PILOT)

    run(story)


def test_names_that_lead_nowhere_are_forgotten_in_their_turn() -> None:
    store = WatchedStore()

    async def story() -> None:
        found = catalogue(store, Clock())
        for n in range(UNKNOWN + 1):
            await found.find(Address("demo", f"guess-{n}"))
        await found.find(Address("demo", f"guess-{UNKNOWN}"))
        await found.find(Address("demo", "guess-0"))

    run(story)
    assert store.reads[LAYOUT.publication(f"guess-{UNKNOWN}")] == 1
    assert store.reads[LAYOUT.publication("guess-0")] == 2


def test_what_another_replica_has_named_is_looked_for_at_once() -> None:
    plan, store, clock = film(chunk_segments=(2, 5)), WatchedStore(), Clock()

    async def story() -> None:
        await records.write_plan(store, LAYOUT, plan)
        late = catalogue(store, clock)
        before = await late.find_title(PILOT, TITLE)
        for runs in whole_ledger(plan).values():
            for entry in runs:
                await records.write_entry(store, LAYOUT, entry)
        clock.now += GROWING_SECONDS / 2
        unhurried = await late.find_title(PILOT, TITLE)
        after = await late.find_title(PILOT, TITLE, lambda known: known.index)
        assert before
        assert unhurried is before
        assert after
        assert after.index == assemble(plan, whole_ledger(plan), None, complete=False)

    run(story)


def test_a_thousand_viewers_who_want_what_is_not_there_are_one_look() -> None:
    store, clock = WatchedStore(), Clock()

    async def story() -> None:
        await records.write_plan(store, LAYOUT, film())
        found = catalogue(store, clock)
        await found.find_title(PILOT, TITLE)
        clock.now += GROWING_SECONDS / 2
        await asyncio.gather(
            *(found.find_title(PILOT, TITLE, lambda known: known.index) for _ in range(1000))
        )

    run(story)
    assert store.reads[LAYOUT.index(TITLE)] == 2


def test_who_comes_during_a_look_has_one_of_their_own_and_not_sooner_than_the_gap() -> None:
    class Slow(WatchedStore):
        def __init__(self) -> None:
            super().__init__()
            self.go_on, self.came = asyncio.Event(), asyncio.Event()
            self.looked_at: list[float] = []

        async def read(self, key: str) -> bytes | None:
            found = await super().read(key)
            if key == LAYOUT.index(TITLE):
                self.looked_at.append(time.monotonic())
                self.came.set()
                await self.go_on.wait()
            return found

    store = Slow()

    async def story() -> None:
        await records.write_plan(store, LAYOUT, film())
        found = Catalogue(
            store, Metrics(), patience_seconds=5, max_segments=1000, clock=time.monotonic
        )
        store.go_on.set()
        await found.find_title(PILOT, TITLE)
        store.go_on.clear()
        store.came.clear()
        early = asyncio.create_task(found.find_title(PILOT, TITLE, lambda known: known.index))
        await store.came.wait()
        for runs in whole_ledger(film()).values():
            for entry in runs:
                await records.write_entry(store, LAYOUT, entry)
        asked = [
            asyncio.create_task(found.find_title(PILOT, TITLE, lambda known: known.complete))
            for _ in range(10)
        ]
        await asyncio.sleep(0)
        store.go_on.set()
        await asyncio.gather(early, *asked)

    run(story)
    assert len(store.looked_at) == 3
    gaps = [b - a for a, b in pairwise(store.looked_at)]
    assert min(gaps) >= GAP_SECONDS * 0.9


def test_a_store_that_is_away_is_said_to_who_wants_what_is_not_known() -> None:
    store, clock = WatchedStore(), Clock()

    async def story() -> None:
        await records.write_plan(store, LAYOUT, film())
        found = catalogue(store, clock)
        await found.find_title(PILOT, TITLE)
        clock.now += GROWING_SECONDS / 2
        store.away = True
        with pytest.raises(StoreAway):
            await found.find_title(PILOT, TITLE, lambda known: known.index)

    run(story)


def test_a_title_that_ended_says_why_and_one_that_is_whole_has_not() -> None:
    store, clock = WatchedStore(), Clock()

    async def story() -> None:
        await records.write_plan(store, LAYOUT, film())
        await records.write_ended(store, LAYOUT, TITLE, Ended(reason="VerifyFailed"))
        found = catalogue(store, clock)
        failed = await found.find_title(PILOT, TITLE)
        assert failed
        assert failed.ended == Ended(reason="VerifyFailed")
        await publish(store, index())
        clock.now += GROWING_SECONDS
        whole = await found.find_title(PILOT, TITLE)
        assert whole
        assert (whole.complete, whole.ended) == (True, None)

    run(story)


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
            title = await found.find(PILOT)
            clock.now += GROWING_SECONDS
        assert title
        before = {k: v for k, v in ledger.items() if "p-2" not in k}
        assert title.index == assemble(plan, before, None, complete=False)
        for rung in ("360p", "720p"):
            await records.write_entry(store, LAYOUT, chunk_entry(plan, rung, 2))
        title = await found.find(PILOT)
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
        first = await found.find(PILOT)
        clock.now += GROWING_SECONDS
        assert await found.find(PILOT) is first

    run(story)
