"""The probe step: from an order to a plan in the store, and a title that may be watched.

Whatever it writes is written in an order that a kill at any point leaves true: refs, then the
plan, then the name. A second run finds the plan and keeps it, for the encode Job's indexes mean
its tasks.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

import structlog

from media_runtime.failure import Refused
from media_runtime.fetch import Pinned, key_of, pin
from media_runtime.title.index import Publication
from media_runtime.title.layout import Layout
from media_runtime.title.name import take
from media_runtime.title.plan import Plan
from media_runtime.title.tasks import OPENING

from .bring import SMALL_BYTES
from .done import missing, sign_up
from .engine import installed
from .plan import Planned, planned
from .report import fitting, report
from .survey import survey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from crds.work import Order, ProbeReport
    from media_runtime.fetch.web import Web
    from media_runtime.store import Store

log = structlog.get_logger()


async def probe(
    order: Order,
    store: Store,
    scratch: Path,
    *,
    web: Web | None = None,
    small: int = SMALL_BYTES,
) -> ProbeReport:
    """`small`: sources up to so many bytes are read whole at once. Raises Refused and StoreAway."""
    layout = Layout(order.tenant)
    encoders = await installed()
    before = await _read_plan(store, layout, order.title)
    if before is not None and before.engine != encoders.name:
        # Only when all steps are begun anew, after an upgrade: what this image makes has other
        # addresses. What the old plan counted on stays signed up for until the title is retired.
        log.info("planned anew", engine=encoders.name, before=before.engine)
        await store.delete([layout.plan(order.title)])
        before = None
    pinned = (
        await pin(order, store, layout, scratch, web=web)
        if before is None
        else await _still_pinned(store, before)
    )
    found = await survey(store, pinned, scratch, max_pixels=order.max_pixels, small=small)
    log.info("surveyed", size_bytes=pinned.size, warnings=list(found.warnings))
    fresh = planned(order, found, encoders)
    if before is not None:
        await sign_up(store, layout, before)
    plan = before or await _write_plan(store, layout, fresh)
    mine = Publication(title=order.title, rank=order.rank)
    holder = await take(store, layout, order.name, mine)
    left = await missing(store, layout, plan)
    log.info("planned", chunks=len(plan.chunks), tasks=len(plan.tasks), missing=len(left))
    said = {"holds_name": holder.title == order.title, "opening": opening(plan.tasks)}
    return fitting(report(found, plan, fresh.dropped, left).model_copy(update=said))


def opening(tasks: Sequence[str]) -> int:
    """How many of the first tasks have to be done before a player can begin. Pure."""
    return len(list(takewhile(OPENING.__contains__, tasks)))


async def _write_plan(store: Store, layout: Layout, fresh: Planned) -> Plan:
    """The plan that counts: of two probes of one title at once, the first to write has it."""
    await sign_up(store, layout, fresh.plan)
    left = await missing(store, layout, fresh.plan)
    plan = fresh.plan.model_copy(update={"tasks": left})
    if await store.create(layout.plan(plan.title), plan.to_json()):
        return plan
    return await _read_plan(store, layout, plan.title) or plan


async def _read_plan(store: Store, layout: Layout, title: str) -> Plan | None:
    found = await store.read(layout.plan(title))
    return Plan.model_validate_json(found) if found is not None else None


async def _still_pinned(store: Store, plan: Plan) -> Pinned:
    key = key_of(plan.source)
    head = await store.head(key)
    if head is None or head.etag != plan.source.etag:
        raise Refused("InputChanged", "the source changed after its title was planned")
    return Pinned(key=key, etag=head.etag, size=head.size)
