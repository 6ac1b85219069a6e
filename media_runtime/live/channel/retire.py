"""`python -m media_runtime retire-channel`: what a deleted channel kept leaves the store.

Its recordings stay: they are sources of assets now. Run again, it finds less to do.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import structlog

from crds.live import ChannelOrder
from crds.work import Exit
from media_runtime.logs import log_to_stderr
from media_runtime.retire.shared import leave_init
from media_runtime.store import StoreAway, StoreSettings
from media_runtime.store.patient import PatientStore
from media_runtime.title.layout import Layout

from .dvr.journal import read
from .dvr.keys import DvrKeys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from media_runtime.store import Store

_AT_ONCE = 16

log = structlog.get_logger()


def main() -> int:
    """The exit code, as a step's."""
    log_to_stderr()
    order = ChannelOrder.model_validate_json(os.environ["STREAMVERSE_CHANNEL"])
    try:
        gone = asyncio.run(retire(order, PatientStore.open(StoreSettings())))
    except StoreAway as e:
        log.warning("tried again", why=str(e))
        return Exit.TRY_AGAIN
    log.info("retired", channel=order.channel, uid=order.uid, objects=gone)
    return Exit.DONE


async def retire(order: ChannelOrder, store: Store) -> int:
    """How many objects were removed."""
    where = DvrKeys(order.tenant, order.channel, order.uid)
    keys = await store.names(where.root)
    inits = await _headers(store, [key for key in keys if where.minute_at(key) is not None])
    shares = [keys[start::_AT_ONCE] for start in range(_AT_ONCE)]
    async with asyncio.TaskGroup() as group:
        for share in shares:
            group.create_task(store.delete(share))
    # titles of the same encoder settings may count on them as well
    left = [await leave_init(store, Layout(order.tenant), init, order.uid) for init in inits]
    return len(keys) + sum(left)


async def _headers(store: Store, journals: Sequence[str]) -> list[str]:
    """That its segments went with, as its journals tell."""
    told = [read(content) for key in journals if (content := await store.read(key)) is not None]
    return sorted({kept.init for one in told if one is not None for kept in one.kept})
