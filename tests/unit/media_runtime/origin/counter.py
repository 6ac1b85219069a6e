"""A catalogue over a store that is watched, by a clock that is set by hand."""

import asyncio
from collections.abc import Awaitable, Callable

from media_runtime.origin.address import Address
from media_runtime.origin.catalogue import Catalogue
from media_runtime.origin.metrics import Metrics

from .shop import LAYOUT, WatchedStore

PILOT = Address("demo", "pilot")
POINTER = LAYOUT.publication("pilot")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def catalogue(
    store: WatchedStore, clock: Clock, *, max_segments: int = 10_000, patience: float = 10
) -> Catalogue:
    return Catalogue(
        store, Metrics(), patience_seconds=patience, max_segments=max_segments, clock=clock
    )


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        async with asyncio.timeout(60):
            await story()

    asyncio.run(told())
