"""The retire step: takes a title out of the store, and leaves what other titles count on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from crds.work import RetireReport
from media_runtime.title import records
from media_runtime.title.layout import Layout
from media_runtime.title.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from media_runtime.store import Store


_AT_ONCE = 16


async def retire(tenant: str, title: str, name: str, store: Store) -> RetireReport:
    """Idempotent, and it may be ended anywhere: the plan, which says what is left, goes last."""
    layout = Layout(tenant)
    deleted = 0
    publication = await records.read_publication(store, layout, name)
    if publication is not None and publication.title == title:
        deleted += await _delete(store, [layout.publication(name)])
    # Without its index a title is not served, even where its name still leads to it.
    deleted += await _delete(store, [layout.index(title)])
    if await store.head(layout.plan(title)) is not None:
        plan = await records.read_plan(store, layout, title)
        turns = asyncio.Semaphore(_AT_ONCE)
        keys = records.media_keys(plan)
        deleted += sum(
            await asyncio.gather(*(_let_go(store, layout, key, title, turns) for key in keys))
        )
        if plan.images_key:
            ref = layout.images_ref(plan.images_key, title)
            deleted += await _leave(store, ref) and await _images(store, layout, plan.images_key)
    papers = [at(title) for at in (layout.index, layout.ended, layout.copied_source, layout.plan)]
    return RetireReport(deleted_objects=deleted + await _delete(store, papers))


async def _let_go(
    store: Store, layout: Layout, key: str, title: str, turns: asyncio.Semaphore
) -> int:
    async with turns:
        if not await _leave(store, layout.chunk_ref(key, title)):
            return 0
        found = await store.names(layout.chunk(key))
        # The promises first: nobody who looks from now on counts on what is about to go.
        entries = [at for at in found if at.endswith(".json")]
        inits = {init for at in entries if (init := await _init_of(store, at))}
        await store.delete([*entries, *(at for at in found if at not in entries)])
        deleted = len(found)
        for init in inits:
            if await _leave(store, layout.init_ref(init, key)):
                deleted += await _delete(store, [layout.init(init)])
        return deleted


async def _leave(store: Store, ref: str) -> bool:
    """Takes our reference away; True if it was the last."""
    await store.delete([ref])
    return not await store.names(ref.rpartition("/")[0])


async def _init_of(store: Store, at: str) -> str | None:
    found = await store.read(at)
    return None if found is None else Entry.model_validate_json(found).init


async def _images(store: Store, layout: Layout, key: str) -> int:
    found = await store.names(layout.images(key))
    entry = layout.images_entry(key)
    await store.delete([entry, *(at for at in found if at != entry)])
    return len(found)


async def _delete(store: Store, keys: Sequence[str]) -> int:
    """How many of them were there."""
    there = [key for key in keys if await store.head(key) is not None]
    await store.delete(there)
    return len(there)
