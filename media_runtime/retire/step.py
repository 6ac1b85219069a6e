"""The retire step: takes a title out of the store, and leaves what other titles count on.

It may be ended anywhere and run again: what it has to let go of is written down before anything is
deleted, and that paper goes last.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from crds.work import RetireReport
from media_runtime.store import Missing
from media_runtime.title import records
from media_runtime.title.layout import Layout
from media_runtime.title.ledger import Entry
from media_runtime.title.name import let_go
from media_runtime.title.refs import Refs

from .shared import Shared, leave_init, leave_shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from media_runtime.store import Store


_AT_ONCE = 16


async def retire(tenant: str, title: str, name: str, store: Store) -> RetireReport:
    """Idempotent. Raises StoreAway."""
    layout = Layout(tenant)
    deleted = int(await let_go(store, layout, name, title))
    # Without its index a title is not served, even where its name still leads to it.
    deleted += await _delete(store, [layout.index(title)])
    refs = await _counted_on(store, layout, title)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def media(key: str) -> int:
        async with turns:
            return await _media(store, layout, key, title, refs.inits.get(key, ()))

    deleted += sum(await asyncio.gather(*(media(key) for key in refs.media)))

    async def images(key: str) -> int:
        async with turns:
            shared = Shared(layout.images(key), layout.images_refs(key))
            gone = await leave_shared(store, shared, layout.images_ref(key, title))
        return gone.deleted if gone else 0

    deleted += sum(await asyncio.gather(*(images(key) for key in refs.images)))
    papers = [layout.ended(title), layout.copied_source(title), layout.plan(title)]
    return RetireReport(
        deleted_objects=deleted + await _delete(store, [*papers, layout.refs(title)])
    )


async def _counted_on(store: Store, layout: Layout, title: str) -> Refs:
    """All that the title references, with the headers that this needs: written down first."""
    refs = await records.read_refs(store, layout, title) or Refs()
    # A title that was never planned has no plan, nor has one that is all but retired.
    with suppress(Missing):
        refs = refs.with_(records.refs_of(await records.read_plan(store, layout, title)))
    turns = asyncio.Semaphore(_AT_ONCE)

    async def inits(key: str) -> tuple[str, tuple[str, ...]]:
        async with turns:
            runs = await records.read_runs(store, layout, key)
        return key, tuple(sorted({entry.init for entry in runs}))

    found = await asyncio.gather(*(inits(key) for key in refs.media))
    refs = refs.with_(Refs(inits={key: needed for key, needed in found if needed}))
    if refs != Refs():
        await records.write_refs(store, layout, title, refs)
    return refs


async def _media(store: Store, layout: Layout, key: str, title: str, known: Sequence[str]) -> int:
    shared = Shared(layout.chunk(key), layout.chunk_refs(key))
    gone = await leave_shared(store, shared, layout.chunk_ref(key, title))
    if gone is None:
        return 0
    # What was written since they were noted is known by its entry alone.
    late = {Entry.from_json(promise, key).init for promise in gone.promises}
    inits = sorted({*known, *late})
    return gone.deleted + sum([await leave_init(store, layout, init, key) for init in inits])


async def _delete(store: Store, keys: Sequence[str]) -> int:
    """How many of them were there."""
    there = [key for key in keys if await store.head(key) is not None]
    await store.delete(there)
    return len(there)
