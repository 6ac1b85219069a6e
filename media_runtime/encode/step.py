"""The encode step: one task of the plan, by its index."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from crds.work import EncodeReport
from media_runtime.failure import Refused
from media_runtime.title import records
from media_runtime.title.layout import Layout
from media_runtime.title.tasks import AUDIO, chunks_in

from .audio import AudioWork
from .chunk import ChunksWork
from .claims import Claims
from .work import Work, done_once

if TYPE_CHECKING:
    from pathlib import Path

    from crds.work import Order
    from media_runtime.store import Store
    from media_runtime.title.plan import Plan

_REPORTED_WARNINGS = 8


async def encode(order: Order, task_index: int, store: Store, scratch: Path) -> EncodeReport:
    """Fills the content addresses of plan.tasks[task_index], unless they are filled already.

    Raises Refused, TryAgain and StoreAway; whatever was stored before stays and counts.
    """
    started = time.monotonic()
    layout = Layout(order.tenant)
    plan = await records.read_plan(store, layout, order.title)
    if not 0 <= task_index < len(plan.tasks):
        raise Refused("EncodeFailed", f"there is no task {task_index}: {len(plan.tasks)} in all")
    task = plan.tasks[task_index]
    claims = Claims(store, layout, holder=f"{order.title}/{task}")
    done = await done_once(
        work_of(task, plan, order, store=store, layout=layout, scratch=scratch), claims
    )
    return EncodeReport(
        task=task,
        media_millis=done.media_millis,
        wall_millis=round((time.monotonic() - started) * 1000),
        reused=done.reused,
        warnings=done.warnings[:_REPORTED_WARNINGS],
    )


def work_of(
    task: str, plan: Plan, order: Order, *, store: Store, layout: Layout, scratch: Path
) -> Work:
    """Raises Refused(EncodeFailed) for a task that the plan has no work for."""
    chunks = chunks_in(task)
    if chunks is not None and plan.video is not None:
        return ChunksWork(
            plan=plan,
            track=plan.video,
            chunks=[plan.chunks[number] for number in chunks],
            store=store,
            layout=layout,
            scratch=scratch,
            max_pixels=order.max_pixels,
        )
    if task == AUDIO:
        return AudioWork(plan=plan, store=store, layout=layout, scratch=scratch)
    raise Refused("EncodeFailed", f"the plan has no work for task {task}")
