"""What whoever leads sees to again and again in MinIO, however long the store is away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from operators.failures import StoreAway
from operators.settings import StoreKeys

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from operators.cluster import Fence
    from operators.settings import Settings

_SOON_SECONDS = 2.0
"""A store that is still starting; or another replica leads."""

log = structlog.get_logger()


async def keep(
    see_to: Callable[[], Awaitable[None]],
    settings: Settings,
    fence: Fence,
    *,
    every_seconds: float,
    otherwise: str,
) -> None:
    """Until cancelled. `otherwise` is what is logged when the store is away."""
    while True:
        pause = _SOON_SECONDS
        if fence.seconds_left() > 0 and settings.store_keys is StoreKeys.MINIO:
            try:
                await see_to()
                pause = every_seconds
            except StoreAway as e:
                log.warning(otherwise, why=str(e))
        await asyncio.sleep(pause)
