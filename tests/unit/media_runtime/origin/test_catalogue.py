"""What the origin remembers of titles, and when it asks again."""

import asyncio

from media_runtime.origin.address import Address
from media_runtime.origin.catalogue import FRESH_SECONDS, GROWING_SECONDS, WHOLE_SECONDS
from media_runtime.origin.memory import UNKNOWN

from .counter import PILOT, POINTER, Clock, catalogue, run
from .shop import LAYOUT, WatchedStore, publish, stocked
from .titles import TITLE, index, uid


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
