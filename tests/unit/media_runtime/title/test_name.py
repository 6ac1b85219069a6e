"""Who has a name, whoever comes first and whoever is slow."""

import asyncio
import time

import pytest
from obstore.store import MemoryStore

from media_runtime.store import Store, Version
from media_runtime.title import records
from media_runtime.title.index import Publication
from media_runtime.title.layout import Layout
from media_runtime.title.name import FORGOTTEN_SECONDS, gives_way, let_go, take

LAYOUT = Layout("demo")
NOW = 1_000_000.0


def planned(title: str, rank: str) -> Publication:
    return Publication(title=title, rank=rank)


def whole(title: str, rank: str) -> Publication:
    return Publication(title=title, rank=rank, complete=True)


def marked(title: str, at: float) -> Publication:
    return Publication(title=title, rank="1", complete=True, let_go_at=at)


@pytest.mark.parametrize(
    ("held", "to", "given"),
    [
        (planned("a", "1"), planned("b", "2"), True),
        (whole("a", "1"), planned("b", "2"), False),
        (whole("a", "1"), whole("b", "2"), True),
        (planned("b", "2"), planned("a", "1"), False),
        (planned("b", "2"), whole("a", "1"), False),
        (whole("b", "2"), whole("a", "1"), False),
        (planned("a", "1"), whole("a", "1"), True),
        (whole("a", "1"), planned("a", "1"), False),
        (marked("a", NOW), whole("b", "2"), False),
        (marked("a", NOW - FORGOTTEN_SECONDS - 1), planned("b", "0"), True),
    ],
)
def test_a_name_goes_to_what_was_wished_for_last(
    held: Publication,
    to: Publication,
    given: bool,  # noqa: FBT001 - pytest gives it by name
) -> None:
    assert gives_way(held, to, NOW) is given


def taken(store: Store, mine: Publication) -> str:
    return asyncio.run(take(store, LAYOUT, "film", mine)).title


def holder(store: Store) -> str | None:
    found = asyncio.run(records.read_publication(store, LAYOUT, "film"))
    return found.title if found else None


def test_an_old_title_that_is_published_late_does_not_get_the_name_back() -> None:
    store = Store.in_memory()
    assert taken(store, planned("old", "1")) == "old"
    assert taken(store, planned("new", "2")) == "new"
    assert taken(store, whole("new", "2")) == "new"
    assert taken(store, whole("old", "1")) == "new"
    assert not asyncio.run(let_go(store, LAYOUT, "film", "old"))
    assert holder(store) == "new"


def test_a_name_that_was_let_go_leaves_nothing() -> None:
    store = Store.in_memory()
    taken(store, whole("a", "1"))
    assert asyncio.run(let_go(store, LAYOUT, "film", "a"))
    assert asyncio.run(store.names("demo")) == []
    assert not asyncio.run(let_go(store, LAYOUT, "film", "a"))


class Contended(Store):
    """Somebody else is quicker: takes the name between the look and what follows it."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.quicker: Publication | None = None

    async def look(self, key: str) -> Version | None:
        found = await super().look(key)
        if self.quicker is not None:
            await self.write(key, self.quicker.to_json())
            self.quicker = None
        return found


@pytest.mark.parametrize("before", ["free", "taken"])
def test_of_two_who_take_it_at_once_the_later_wished_has_it(before: str) -> None:
    store = Contended()
    if before == "taken":
        taken(store, whole("first", "0"))
    store.quicker = whole("newer", "2")
    assert taken(store, whole("older", "1")) == "newer"
    assert holder(store) == "newer"


def test_who_retires_does_not_delete_what_was_just_taken() -> None:
    store = Contended()
    taken(store, whole("a", "1"))
    store.quicker = whole("b", "2")
    assert not asyncio.run(let_go(store, LAYOUT, "film", "a"))
    assert holder(store) == "b"


def test_a_name_that_is_being_let_go_is_nobodys_and_is_waited_for() -> None:
    store = Store.in_memory()
    at = LAYOUT.publication("film")

    async def go() -> str:
        await store.write(at, marked("a", time.time()).to_json())
        assert await records.read_publication(store, LAYOUT, "film") is None
        waiting = asyncio.create_task(take(store, LAYOUT, "film", planned("b", "2")))
        await asyncio.sleep(0)
        await store.delete([at])
        return (await waiting).title

    assert asyncio.run(go()) == "b"


def test_a_retirement_that_was_ended_midway_is_ended_by_its_second_run() -> None:
    store = Store.in_memory()
    mark = marked("a", time.time()).to_json()
    asyncio.run(store.write(LAYOUT.publication("film"), mark))
    assert asyncio.run(let_go(store, LAYOUT, "film", "a"))
    assert asyncio.run(store.names("demo")) == []
