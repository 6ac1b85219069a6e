"""The sweep: all that the platform made of a tenant that is gone; what people brought stays."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from crds.work import RetireReport
from media_runtime.title.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from media_runtime.store import Store

_AT_ONCE = 16
_FIRST = ("published", "titles")
"""What leads to the rest: so nobody is served half a title."""


async def sweep(tenant: str, store: Store) -> RetireReport:
    """Nothing of the tenant may still be at work. Idempotent. Raises StoreAway."""
    layout = Layout(tenant)
    deleted = 0
    for folder in (*(layout.below(name) for name in _FIRST), tenant):
        found = await store.names(folder)
        made = [at for at in found if not at.startswith(f"{layout.below('uploads')}/")]
        await _delete(store, made)
        deleted += len(made)
    return RetireReport(deleted_objects=deleted)


async def _delete(store: Store, keys: Sequence[str]) -> None:
    await asyncio.gather(*(store.delete(keys[turn::_AT_ONCE]) for turn in range(_AT_ONCE)))
