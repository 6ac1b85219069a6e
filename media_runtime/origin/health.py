"""What a kubelet asks: whether the process lives, and whether it should be sent viewers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

from media_runtime.store import Store, StoreAway

if TYPE_CHECKING:
    from starlette.requests import Request

PATIENCE_SECONDS = 2.0


class Health:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._reached = False

    async def alive(self, _: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(self, _: Request) -> Response:
        """Once the store has answered, and from then on whatever becomes of it.

        With the store away a replica still serves what it knows; were readiness to follow the
        store, all replicas would leave the Service at once and nobody would serve anything.
        """
        if not self._reached:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await self._store.head("ready")
            except (StoreAway, TimeoutError) as e:
                return PlainTextResponse(f"the store has not answered yet: {e}\n", 503)
            self._reached = True
        return PlainTextResponse("ok\n")
