"""What the origin knows of a title that grows, and when it looks again."""

import asyncio
import time
from contextlib import suppress
from itertools import pairwise

import pytest

from media_runtime.origin.catalogue import GROWING_SECONDS, Catalogue
from media_runtime.origin.growing import Growing
from media_runtime.origin.memory import GAP_SECONDS
from media_runtime.origin.metrics import Metrics
from media_runtime.store import StoreAway
from media_runtime.title import records
from media_runtime.title.assemble import assemble
from media_runtime.title.index import Ended
from media_runtime.title.plan import Plan

from ..title.films import chunk_entry, film, whole_ledger  # noqa: TID252 - builders of a sibling
from .counter import PILOT, Clock, catalogue, run
from .shop import LAYOUT, WatchedStore, publish
from .titles import TITLE, index


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
    class Remembering:
        last = 0.0

        def __call__(self) -> float:
            self.last = time.monotonic()
            return self.last

    class Slow(WatchedStore):
        def __init__(self) -> None:
            super().__init__()
            self.go_on, self.came = asyncio.Event(), asyncio.Event()
            self.looked_at: list[float] = []

        async def read(self, key: str) -> bytes | None:
            if key == LAYOUT.index(TITLE):
                # When it was asked, however late the question is come to.
                self.looked_at.append(clock.last)
            found = await super().read(key)
            if key == LAYOUT.index(TITLE):
                self.came.set()
                await self.go_on.wait()
            return found

    store, clock = Slow(), Remembering()

    async def story() -> None:
        await records.write_plan(store, LAYOUT, film())
        found = Catalogue(store, Metrics(), patience_seconds=5, max_segments=1000, clock=clock)
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


class Deep(WatchedStore):
    """Counts the reads that had to wait for one another."""

    depth = 0

    async def read(self, key: str) -> bytes | None:
        mine = self.depth + 1
        found = await super().read(key)
        self.depth = max(self.depth, mine)
        return found


@pytest.mark.parametrize(
    "plan",
    [
        film(chunk_segments=(2, *[5] * 99), audio=()),
        # In runs of three segments each.
        film(chunk_segments=[3] * 100, rungs=()),
    ],
)
def test_a_long_title_is_found_in_few_round_trips(plan: Plan) -> None:
    store, whole = Deep(), whole_ledger(plan)
    before = {k: runs[:90] for k, runs in whole.items() if not k.endswith("p-90")}

    async def story() -> None:
        for key, runs in whole.items():
            for entry in runs:
                if entry.run != 90 and not key.endswith("p-90"):
                    await records.write_entry(store, LAYOUT, entry)
        found = await Growing(plan, LAYOUT).look(store)
        assert found == assemble(plan, before, None, complete=False)
        assert found

    run(story)
    # One, then 2, 4, 8, and then 16 at a time.
    assert store.depth == 9


def test_a_look_that_was_cut_short_is_gone_on_with() -> None:
    class Hanging(WatchedStore):
        hangs = True

        async def read(self, key: str) -> bytes | None:
            if self.hangs and key == LAYOUT.entry("key-360p-5", 0):
                await asyncio.Event().wait()
            return await super().read(key)

    plan = film(chunk_segments=(2, *[5] * 7))
    store, clock, ledger = Hanging(), Clock(), whole_ledger(plan)

    async def story() -> None:
        await records.write_plan(store, LAYOUT, plan)
        for runs in ledger.values():
            for entry in runs:
                await records.write_entry(store, LAYOUT, entry)
        found = catalogue(store, clock, patience=1)
        with pytest.raises(StoreAway):
            await found.find_title(PILOT, TITLE)
        store.hangs, title = False, None
        while title is None:
            clock.now += GROWING_SECONDS
            # Whoever asks while the first look is just being given up is told that, too.
            with suppress(StoreAway):
                title = await found.find_title(PILOT, TITLE)
        assert title.index == assemble(plan, ledger, None, complete=False)

    run(story)
    assert {store.reads[LAYOUT.entry(key, 0)] for key in ledger} == {1}


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
