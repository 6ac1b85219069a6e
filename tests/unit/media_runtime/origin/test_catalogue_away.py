"""What the origin says of titles while the store is away."""

import asyncio

import pytest

from media_runtime.origin import memory
from media_runtime.store import StoreAway

from .counter import PILOT, POINTER, Clock, catalogue, run
from .shop import WatchedStore, publish, stocked
from .titles import TITLE, index


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


def test_nobody_waits_for_a_store_that_was_away_a_moment_ago(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Hanging(WatchedStore):
        async def read(self, key: str) -> bytes | None:
            if self.away:
                self.reads[key] += 1
                await asyncio.Event().wait()
            return await super().read(key)

    store, clock = Hanging(), Clock()

    async def story() -> None:
        await publish(store, index())
        found = catalogue(store, clock, patience=3600)
        await found.find(PILOT)
        store.away = True
        clock.now += 3600
        monkeypatch.setattr(memory, "STALE_PATIENCE_SECONDS", 0.1)
        await found.find(PILOT)
        clock.now += 3600
        # Whoever waits now, waits for longer than the story may take.
        monkeypatch.setattr(memory, "STALE_PATIENCE_SECONDS", 3600)
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
