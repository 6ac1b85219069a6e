"""An origin to ask, over a store in memory that can be taken away and whose reads are counted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

from obstore.store import MemoryStore
from starlette.testclient import TestClient

from media_runtime.origin.app import origin
from media_runtime.origin.settings import OriginSettings
from media_runtime.origin.urls import revision
from media_runtime.store import Head, Store, StoreAway
from media_runtime.title.index import Index, Publication
from media_runtime.title.layout import Layout

LAYOUT = Layout("demo")


class WatchedStore(Store):
    """A store in memory; `away` makes it fail as an S3 that does not answer."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())
        self.away = False
        self.reads: Counter[str] = Counter()
        self.streamed: list[tuple[str, int, int | None]] = []

    async def read(self, key: str) -> bytes | None:
        self._answer(key)
        return await super().read(key)

    async def head(self, key: str) -> Head | None:
        self._answer(key)
        return await super().head(key)

    async def stream(
        self, key: str, offset: int = 0, length: int | None = None, *, etag: str | None = None
    ) -> AsyncIterator[bytes]:
        self._answer(key)
        self.streamed.append((key, offset, length))
        async for piece in super().stream(key, offset, length, etag=etag):
            yield piece

    def _answer(self, key: str) -> None:
        self.reads[key] += 1
        if self.away:
            raise StoreAway(f"read {key}: connection refused")


def settings(player: Path | None = None, **changes: object) -> OriginSettings:
    plain = {"default_tenant": "demo", "store_patience_seconds": 5}
    given = plain | ({"player_dir": player} if player else {}) | changes
    return OriginSettings.model_validate(given)


def viewer(store: Store, **changes: object) -> TestClient:
    app = origin(store, settings(**changes))  # type: ignore[arg-type]
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def below(title: Index, path: str) -> str:
    return f"/vod/demo.{title.name}/{revision(title.title)}/{path}"


def media_bytes(key: str, run: int) -> bytes:
    """What lies in an object: bytes that tell where they are from."""
    return (f"{key}/{run} " * 1000).encode()[:4000]


async def publish(store: Store, title: Index) -> None:
    """A finished title: index, name, and every byte that it names."""
    for track in (*title.video, *title.audio):
        await store.write(LAYOUT.init(track.init), b"init")
        for run in track.runs:
            await store.write(LAYOUT.media(run.key, run.run), media_bytes(run.key, run.run))
    if title.images:
        await store.write(LAYOUT.poster(title.images.key), b"poster")
        for n in range(title.images.sheets):
            await store.write(LAYOUT.sheet(title.images.key, n), b"sheet")
    await store.write(LAYOUT.index(title.title), title.to_json())
    await name(store, title.name, title.title)


async def name(store: Store, published: str, title: str) -> None:
    await store.write(LAYOUT.publication(published), Publication(title=title).to_json())


def stocked(*titles: Index) -> WatchedStore:
    store = WatchedStore()
    for title in titles:
        asyncio.run(publish(store, title))
    return store
