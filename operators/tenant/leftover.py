"""Keys to the store whose namespaces went unseen: while nobody led, or without the label."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from operators.failures import StoreAway
from operators.kinds import NAMESPACE
from operators.mounted import text_of
from operators.settings import StoreKeys
from operators.tenant.accounts import Accounts

if TYPE_CHECKING:
    from operators.cluster import Fence
    from operators.engine import Engine

_SOON_SECONDS = 2.0
"""A store that is still starting; or another replica leads."""
_LATER_SECONDS = 300.0

log = structlog.get_logger()


async def look_for_leftover_keys(engine: Engine, fence: Fence) -> None:
    """Until cancelled. Whether a namespace is gone is asked, and its key removed, by its reconcile;
    one that is known needs none.
    """
    while True:
        pause = _SOON_SECONDS
        if fence.seconds_left() > 0 and engine.settings.store_keys is StoreKeys.MINIO:
            try:
                await _ask_for_unknown(engine)
                pause = _LATER_SECONDS
            except StoreAway as e:
                log.warning("keys of namespaces that are gone are not looked for", why=str(e))
        await asyncio.sleep(pause)


async def _ask_for_unknown(engine: Engine) -> None:
    store = text_of(engine.settings.store_folder)
    if not store:
        return
    for namespace in sorted(await Accounts.of(store).tenants()):
        if engine.cache.get(NAMESPACE, "", namespace) is None:
            engine.queue.add((NAMESPACE.name, "", namespace))
