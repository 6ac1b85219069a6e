"""A title's papers, in and out of the store; what they mean is for others to say."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from media_runtime.store import Missing

from .index import Ended, Index, Publication
from .ledger import Entry, ImagesEntry, Stills
from .model import Document
from .plan import Plan
from .refs import Refs

if TYPE_CHECKING:
    from media_runtime.store import Store

    from .layout import Layout

_AT_ONCE = 16
"""Reads in flight: enough to hide a store's latency, few enough not to be a burst."""

DocumentT = TypeVar("DocumentT", bound=Document)


async def _read(store: Store, key: str, kind: type[DocumentT]) -> DocumentT | None:
    found = await store.read(key)
    return None if found is None else kind.from_json(found, key)


async def read_plan(store: Store, layout: Layout, title: str) -> Plan:
    """Raises Missing: the title was never probed, or is being retired."""
    plan = await _read(store, layout.plan(title), Plan)
    if plan is None:
        raise Missing(f"title {title} has no plan")
    return plan


async def write_plan(store: Store, layout: Layout, plan: Plan) -> None:
    await store.write(layout.plan(plan.title), plan.to_json())


async def read_entry(store: Store, layout: Layout, key: str, run: int = 0) -> Entry | None:
    return await _read(store, layout.entry(key, run), Entry)


async def read_runs(store: Store, layout: Layout, key: str) -> list[Entry]:
    """The finished runs of a content address, from the first, as far as none is missing."""
    runs: list[Entry] = []
    while not (runs and runs[-1].last):
        entry = await read_entry(store, layout, key, len(runs))
        if entry is None:
            break
        runs.append(entry)
    return runs


async def read_entries(store: Store, layout: Layout, plan: Plan) -> dict[str, list[Entry]]:
    """All that is finished of a title, by content address."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def of(key: str) -> tuple[str, list[Entry]]:
        async with turns:
            return key, await read_runs(store, layout, key)

    found = await asyncio.gather(*(of(key) for key in media_keys(plan)))
    return {key: runs for key, runs in found if runs}


def media_keys(plan: Plan) -> list[str]:
    """Every content address of picture and sound, each once."""
    chunks = (key for chunk in plan.chunks for key in chunk.keys.values())
    return list(dict.fromkeys((*chunks, *plan.audio_keys.values())))


async def write_entry(store: Store, layout: Layout, entry: Entry) -> None:
    """Only after its bytes: the entry is the promise that they are there."""
    await store.write(layout.entry(entry.key, entry.run), entry.to_json())


async def write_chunk(store: Store, layout: Layout, entry: Entry, media: bytes) -> None:
    """A chunk in a rung: its bytes, then the one entry that there is of it.

    Of two who do it at once one entry stays, and the bytes that it means are there.
    """
    await store.write(layout.media(entry.key, entry.run), media)
    await store.write(layout.entry(entry.key, 0), entry.to_json())


async def read_stills(store: Store, layout: Layout, key: str) -> Stills | None:
    return await _read(store, layout.stills(key), Stills)


async def write_stills(store: Store, layout: Layout, key: str, stills: Stills) -> None:
    await store.write(layout.stills(key), stills.to_json())


async def read_images(store: Store, layout: Layout, key: str) -> ImagesEntry | None:
    return await _read(store, layout.images_entry(key), ImagesEntry)


async def write_images(store: Store, layout: Layout, entry: ImagesEntry) -> None:
    await store.write(layout.images_entry(entry.key), entry.to_json())


async def read_index(store: Store, layout: Layout, title: str) -> Index | None:
    return await _read(store, layout.index(title), Index)


async def write_index(store: Store, layout: Layout, index: Index) -> None:
    await store.write(layout.index(index.title), index.to_json())


async def read_ended(store: Store, layout: Layout, title: str) -> Ended | None:
    return await _read(store, layout.ended(title), Ended)


async def write_ended(store: Store, layout: Layout, title: str, ended: Ended) -> None:
    """Last of all that a refusing step does: viewers are turned away from now on."""
    await store.write(layout.ended(title), ended.to_json())


async def read_refs(store: Store, layout: Layout, title: str) -> Refs | None:
    return await _read(store, layout.refs(title), Refs)


async def write_refs(store: Store, layout: Layout, title: str, refs: Refs) -> None:
    """Before the refs themselves; what was written earlier stays in it."""
    before = await read_refs(store, layout, title) or Refs()
    if (both := before.with_(refs)) != before:
        await store.write(layout.refs(title), both.to_json())


def refs_of(plan: Plan) -> Refs:
    keys = (plan.images_key, *(chunk.stills for chunk in plan.chunks))
    images = dict.fromkeys(key for key in keys if key is not None)
    return Refs(media=tuple(media_keys(plan)), images=tuple(images))


async def read_publication(store: Store, layout: Layout, name: str) -> Publication | None:
    """None too where the title is being retired."""
    found = await _read(store, layout.publication(name), Publication)
    return found if found is None or found.let_go_at is None else None


async def write_publication(store: Store, layout: Layout, name: str, title: str) -> None:
    await store.write(layout.publication(name), Publication(title=title).to_json())


async def write_init(store: Store, layout: Layout, entry: Entry, header: bytes) -> None:
    """The header that an entry is about to promise, and that the entry needs it."""
    await store.write(layout.init_ref(entry.init, entry.key), b"")
    await store.write(layout.init(entry.init), header)
