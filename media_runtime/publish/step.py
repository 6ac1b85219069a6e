"""The publish step: a title is looked over once more, then its index and its name are written.

What is lost by now is not refused for good: its tasks become the plan's, to be done again.
"""

from __future__ import annotations

import asyncio
import tempfile
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from crds.work import Output, PublishReport
from media_runtime.failure import Refused
from media_runtime.title import records
from media_runtime.title.assemble import Gap, assemble
from media_runtime.title.index import Publication
from media_runtime.title.layout import Layout, is_entry
from media_runtime.title.name import take

from .judge import av_skew, mean_ssim, objections, tracks_of, wanted_objects
from .losses import Losses, are_shown, losses
from .thumbnails import compose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.work import Order
    from media_runtime.store import Store
    from media_runtime.title.index import Index
    from media_runtime.title.plan import Plan

    from .judge import Ledger

log = structlog.get_logger()

_HEADS_AT_ONCE = 32
_NAMED_OBJECTIONS = 3
_REPORTED_WARNINGS = 8
_MENDINGS = 3
"""So often what is lost is done again; then something takes it away, and a person must look."""


async def publish(order: Order, store: Store) -> PublishReport:
    """Raises Refused(VerifyFailed), having published nothing, unless the title is whole; and
    Refused(ChunksLost) where the rest of it is only to be done again.
    """
    layout = Layout(order.tenant)
    plan = await records.read_plan(store, layout, order.title)
    entries = await records.read_entries(store, layout, plan)
    key = plan.images_key
    images = await records.read_images(store, layout, key) if key else None
    present = await _sizes(store, layout, wanted_objects(plan, entries, images))
    shown = key is None or are_shown(images, present)
    stills = None if shown else await _stills(store, layout, plan)
    lost = losses(plan, entries, present, stills)
    if lost.tasks and plan.mended < _MENDINGS:
        await _mend(store, layout, plan, lost)
        more = f" and {len(lost.tasks) - _NAMED_OBJECTIONS} more" * (
            len(lost.tasks) > _NAMED_OBJECTIONS
        )
        named = ", ".join(lost.tasks[:_NAMED_OBJECTIONS]) + more
        raise Refused("ChunksLost", f"no longer in the store, and done again: {named}")
    if not shown and not lost.tasks:
        with tempfile.TemporaryDirectory(prefix="thumbnails-") as scratch:
            images = await compose(plan, store, layout, Path(scratch))
        present |= await _sizes(store, layout, wanted_objects(plan, {}, images))
    if against := list(objections(plan, entries, images, present)):
        more = f" and {len(against) - _NAMED_OBJECTIONS} more" * (len(against) > _NAMED_OBJECTIONS)
        raise Refused("VerifyFailed", "; ".join(against[:_NAMED_OBJECTIONS]) + more)
    try:
        index = assemble(plan, entries, images, complete=True)
    except Gap as e:
        raise Refused("VerifyFailed", str(e)) from e
    if index is None:
        raise Refused("VerifyFailed", "the title has neither picture nor sound")
    await records.write_index(store, layout, index)
    mine = Publication(title=plan.title, rank=order.rank, complete=True)
    holder = await take(store, layout, plan.name, mine)
    published = report(order, plan, entries, index)
    if holder.title == plan.title:
        return published
    log.warning("superseded", name=plan.name, by=holder.title)
    return published.model_copy(update={"superseded_by": holder.title})


async def _mend(store: Store, layout: Layout, plan: Plan, lost: Losses) -> None:
    """Takes back what was promised and is not there, then has the plan ask for it again."""
    for key in lost.keys:
        folder = layout.chunk(key)
        promises = [at for at in await store.names(folder) if is_entry(at, folder)]
        await store.delete(promises)
    log.warning("lost", tasks=lost.tasks, mended=plan.mended)
    again = {"tasks": lost.tasks, "mended": plan.mended + 1}
    await records.write_plan(store, layout, plan.model_copy(update=again))


async def _stills(store: Store, layout: Layout, plan: Plan) -> set[str]:
    """Addresses of those that are there."""
    names = {_still(chunk.stills): chunk.stills for chunk in plan.chunks if chunk.stills}
    return {names[name] for name in await _sizes(store, layout, names)}


def _still(key: str) -> str:
    return f"images/{key}/stills.json"


async def _sizes(store: Store, layout: Layout, names: Iterable[str]) -> dict[str, int]:
    turns = asyncio.Semaphore(_HEADS_AT_ONCE)

    async def size(name: str) -> tuple[str, int | None]:
        async with turns:
            head = await store.head(f"{layout.tenant}/{name}")
        return name, head.size if head else None

    found = await asyncio.gather(*(size(name) for name in names))
    return {name: size for name, size in found if size is not None}


def report(order: Order, plan: Plan, entries: Ledger, index: Index) -> PublishReport:
    """What was published, as measured."""
    tracks = tracks_of(plan, entries)
    named = {track.rung.name: track for track in index.video} | {
        track.rendition.name: track for track in index.audio
    }
    warnings = dict.fromkeys(
        said for found in tracks.values() for e in found for said in e.warnings
    )
    root = f"/vod/{order.tenant}.{plan.name}"
    return PublishReport(
        duration_millis=round(plan.duration_seconds * 1000),
        av_skew_millis=ceil(av_skew(plan, entries) * 1000),
        outputs=tuple(
            Output(
                name=name,
                codecs=track.codecs,
                bytes=sum(segment.size for run in track.runs for segment in run.segments),
                average_kbps=track.average_kbps,
                peak_kbps=track.peak_kbps,
                ssim=mean_ssim(tracks[name]),
            )
            for name, track in named.items()
        ),
        hls_path=f"{root}/master.m3u8" if plan.hls else None,
        dash_path=f"{root}/manifest.mpd" if plan.dash else None,
        warnings=tuple(warnings)[:_REPORTED_WARNINGS],
    )
