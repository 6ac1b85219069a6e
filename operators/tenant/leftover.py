"""Keys to the store whose namespaces went unseen: while nobody led, or without the label."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from operators.kinds import NAMESPACE
from operators.mounted import text_of
from operators.tenant.accounts import Accounts
from operators.tenant.keep import keep

if TYPE_CHECKING:
    from operators.cluster import Fence
    from operators.engine import Engine

_EVERY_SECONDS = 300.0


async def look_for_leftover_keys(engine: Engine, fence: Fence) -> None:
    """Until cancelled. Whether a namespace is gone is asked, and its key removed, by its reconcile;
    one that is known needs none.
    """
    await keep(
        partial(_ask_for_unknown, engine),
        engine.settings,
        fence,
        every_seconds=_EVERY_SECONDS,
        otherwise="keys of namespaces that are gone are not looked for",
    )


async def _ask_for_unknown(engine: Engine) -> None:
    store = text_of(engine.settings.store_folder)
    if not store:
        return
    for namespace in sorted(await Accounts.of(store).tenants()):
        if engine.cache.get(NAMESPACE, "", namespace) is None:
            engine.queue.add((NAMESPACE.name, "", namespace))
