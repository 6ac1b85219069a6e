"""Which of a title's tasks the store lacks: the ledger is asked, after this title is signed up.

Requests are linear in the number of chunks and rungs, and made many at a time: some seconds for a
film of two hours.
"""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from media_runtime.title import records
from media_runtime.title.ledger import Entry
from media_runtime.title.tasks import AUDIO, chunks_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from media_runtime.store import Store
    from media_runtime.title.layout import Layout
    from media_runtime.title.plan import Plan

_AT_ONCE = 32

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
    promises = {task: _promises(layout, plan, task) for task in plan.tasks}
    wanted = [at for of_task in promises.values() for at in of_task]
    heads = await _all(store.head(at) for at in wanted)
    there = {at for at, head in zip(wanted, heads, strict=True) if head is not None}
    sound = [await _has_last_run(store, layout, key) for key in plan.audio_keys.values()]
    done = {AUDIO: all(sound)}
    return tuple(
        task for task in plan.tasks if not done.get(task, there.issuperset(promises[task]))
    )


def _promises(layout: Layout, plan: Plan, task: str) -> list[str]:
    """What is there when the task's chunks are done: of each, one entry a rung, and its stills."""
    chunks = [plan.chunks[number] for number in chunks_in(task) or ()]
    entries = [layout.entry(key, 0) for chunk in chunks for key in chunk.keys.values()]
    return entries + [layout.stills(chunk.stills) for chunk in chunks if chunk.stills is not None]


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
