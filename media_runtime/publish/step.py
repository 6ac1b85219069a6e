"""The publish step: a title is looked over once more, then its index and its name are written."""

from __future__ import annotations

import asyncio
from math import ceil
from typing import TYPE_CHECKING

from crds.work import Output, PublishReport
from media_runtime.failure import Refused
from media_runtime.title import records
from media_runtime.title.assemble import Gap, assemble
from media_runtime.title.layout import Layout

from .judge import av_skew, mean_ssim, objections, tracks_of, wanted_objects

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.work import Order
    from media_runtime.store import Store
    from media_runtime.title.index import Index
    from media_runtime.title.plan import Plan

    from .judge import Ledger

_HEADS_AT_ONCE = 32
_NAMED_OBJECTIONS = 3
_REPORTED_WARNINGS = 8


async def publish(order: Order, store: Store) -> PublishReport:
    """Raises Refused(VerifyFailed), having written nothing, unless the title is whole."""
    layout = Layout(order.tenant)
    plan = await records.read_plan(store, layout, order.title)
    entries = await records.read_entries(store, layout, plan)
    key = plan.images_key
    images = await records.read_images(store, layout, key) if key else None
    wanted = wanted_objects(plan, entries, images)
    present = await _sizes(store, layout, wanted)
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
    await records.write_publication(store, layout, plan.name, plan.title)
    return report(order, plan, entries, index)


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
