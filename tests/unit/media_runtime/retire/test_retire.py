"""What titles share outlives the one that leaves, whoever comes in that very moment."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from obstore.store import MemoryStore

from media_runtime.retire.step import retire
from media_runtime.store import Store, StoreAway
from media_runtime.title import records
from media_runtime.title.layout import Layout
from media_runtime.title.ledger import Entry
from media_runtime.title.refs import Refs

LAYOUT = Layout("demo")
KEYS = ("k1", "k2")
INIT = "i" * 64


def entry(key: str) -> Entry:
    return Entry(
        key=key,
        run=0,
        last=True,
        init=INIT,
        codecs="avc1.640015",
        timescale=25_000,
        start=0,
        segments=(),
        samples=0,
    )


async def stored(store: Store, key: str) -> None:
    await records.write_init(store, LAYOUT, entry(key), b"header")
    await store.write(LAYOUT.media(key, 0), b"media")
    await records.write_entry(store, LAYOUT, entry(key))


async def counted_on(store: Store, title: str, keys: Sequence[str] = KEYS) -> None:
    await records.write_refs(store, LAYOUT, title, Refs(media=tuple(keys), images=("p",)))
    for key in keys:
        await store.write(LAYOUT.chunk_ref(key, title), b"")
    await store.write(LAYOUT.images_ref("p", title), b"")


async def title(store: Store, name: str = "t1") -> None:
    await counted_on(store, name)
    for key in KEYS:
        await stored(store, key)
    for at in (LAYOUT.poster("p"), LAYOUT.images_entry("p")):
        await store.write(at, b"{}")


def names(store: Store) -> list[str]:
    return asyncio.run(store.names("demo"))


class Interrupted(Store):
    """Calls somebody in before a request of the kind, once; or dies of it."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.before: dict[str, Callable[[], Awaitable[None]]] = {}
        self.left: int | None = None

    async def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            if self.left == 0:
                raise StoreAway("killed")
            self.left = None if self.left is None else self.left - 1
            if (call := self.before.pop(key, None)) is not None:
                await call()
            await super().delete([key])


def left(store: Store, name: str = "t1") -> None:
    asyncio.run(retire("demo", name, "film", store))


def test_a_title_that_was_never_planned_leaves_no_refs() -> None:
    store = Store.in_memory()
    asyncio.run(counted_on(store, "t1"))
    left(store)
    assert names(store) == []


def test_a_retirement_that_is_killed_anywhere_is_finished_by_the_next() -> None:
    deletions = 0
    while True:
        store = Interrupted()
        asyncio.run(title(store))
        store.left = deletions
        try:
            left(store)
            break
        except StoreAway:
            store.left = None
            left(store)
            assert names(store) == [], f"killed at deletion {deletions}"
        deletions += 1
    assert deletions > 10


@pytest.mark.parametrize("when", ["promise", "ref"])
def test_who_comes_while_the_last_one_leaves_finds_all_or_nothing(when: str) -> None:
    store = Interrupted()
    asyncio.run(title(store))

    async def comes() -> None:
        await counted_on(store, "t2")

    at = LAYOUT.entry("k1", 0) if when == "promise" else LAYOUT.chunk_ref("k1", "t1")
    store.before[at] = comes
    left(store)
    for key in KEYS:
        objects = [LAYOUT.entry(key, 0), LAYOUT.media(key, 0), LAYOUT.init_ref(INIT, key)]
        found = names(store)
        assert len({at in found for at in objects}) == 1, (key, found)
        assert LAYOUT.chunk_ref(key, "t2") in found
    assert LAYOUT.entry("k1", 0) in names(store)
    assert LAYOUT.init(INIT) in names(store)
    left(store, "t2")
    assert names(store) == []


def test_a_header_that_somebody_comes_to_need_is_put_back() -> None:
    store = Interrupted()
    asyncio.run(title(store))

    async def needs() -> None:
        await store.write(LAYOUT.init_ref(INIT, "k3"), b"")

    store.before[LAYOUT.init(INIT)] = needs
    left(store)
    assert asyncio.run(store.read(LAYOUT.init(INIT))) == b"header"
    assert LAYOUT.init_ref(INIT, "k3") in names(store)
