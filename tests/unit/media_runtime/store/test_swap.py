"""Of two who would change one object, one does."""

import asyncio
from pathlib import Path

import pytest
from obstore.store import LocalStore

from media_runtime.store import Store


@pytest.fixture(params=["memory", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return Store.in_memory() if request.param == "memory" else Store(LocalStore(tmp_path))


def etag(store: Store, key: str) -> str:
    found = asyncio.run(store.look(key))
    assert found is not None
    return found.etag


def test_the_version_that_was_looked_at_is_swapped(store: Store) -> None:
    asyncio.run(store.write("name", b"a"))
    assert asyncio.run(store.swap("name", b"bb", etag(store, "name")))
    assert asyncio.run(store.read("name")) == b"bb"


def test_who_looked_before_another_swapped_changes_nothing(store: Store) -> None:
    asyncio.run(store.write("name", b"a"))
    seen = etag(store, "name")
    assert asyncio.run(store.swap("name", b"bb", seen))
    assert not asyncio.run(store.swap("name", b"ccc", seen))
    assert asyncio.run(store.read("name")) == b"bb"


def test_what_is_gone_is_not_swapped(store: Store) -> None:
    asyncio.run(store.write("name", b"a"))
    seen = etag(store, "name")
    asyncio.run(store.delete(["name"]))
    assert not asyncio.run(store.swap("name", b"bb", seen))
    assert asyncio.run(store.look("name")) is None
