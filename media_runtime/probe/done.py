"""Which of a title's tasks the store lacks: the ledger is asked, after this title is signed up.

Requests are linear in the number of chunks and rungs; sixteen at a time they take a second for a
film of two hours.
"""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from media_runtime.title import records
from media_runtime.title.ledger import Entry
from media_runtime.title.tasks import chunks_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from media_runtime.store import Store
    from media_runtime.title.layout import Layout
    from media_runtime.title.plan import Chunk, Plan

_AT_ONCE = 16

T = TypeVar("T")


async def sign_up(store: Store, layout: Layout, plan: Plan) -> None:
    """First what will be referenced, so that it can be let go; then the refs; then, by others, the
    look into the ledger: who retires another title sees the ref, or was done before the look.
    """
    wanted = records.refs_of(plan)
    await records.write_refs(store, layout, plan.title, wanted)
    refs = [layout.chunk_ref(key, plan.title) for key in wanted.media]
    refs += [layout.images_ref(key, plan.title) for key in wanted.images]
    await _all(store.write(ref, plan.title.encode()) for ref in refs)


async def missing(store: Store, layout: Layout, plan: Plan) -> tuple[str, ...]:
    """Those of `plan.tasks` that are not done, in their order."""
    done = await _all(_is_done(store, layout, plan, task) for task in plan.tasks)
    return tuple(task for task, found in zip(plan.tasks, done, strict=True) if not found)


async def _is_done(store: Store, layout: Layout, plan: Plan, task: str) -> bool:
    chunks = chunks_in(task)
    if chunks is None:
        ends = [await _has_last_run(store, layout, key) for key in plan.audio_keys.values()]
        return all(ends)
    return all([await _is_chunk_done(store, layout, plan.chunks[number]) for number in chunks])


async def _is_chunk_done(store: Store, layout: Layout, chunk: Chunk) -> bool:
    # a chunk has one entry in each rung, which is the last
    wanted = [layout.entry(key, 0) for key in chunk.keys.values()]
    if chunk.stills is not None:
        wanted.append(layout.stills(chunk.stills))
    return all([await store.head(at) is not None for at in wanted])


async def _has_last_run(store: Store, layout: Layout, key: str) -> bool:
    """Runs are written in order: the newest entry tells."""
    folder = layout.entry(key, 0).rpartition("/")[0]
    within = PurePosixPath(folder)
    stored = [PurePosixPath(name) for name in await store.names(folder)]
    entries = [p for p in stored if p.parent == within and p.suffix == ".json"]
    runs = [int(p.stem) for p in entries if p.stem.isdigit()]
    found = await store.read(layout.entry(key, max(runs))) if runs else None
    return found is not None and Entry.model_validate_json(found).last


async def _all(work: Iterable[Awaitable[T]]) -> list[T]:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(awaitable: Awaitable[T]) -> T:
        async with turns:
            return await awaitable

    return await asyncio.gather(*(one(awaitable) for awaitable in work))
