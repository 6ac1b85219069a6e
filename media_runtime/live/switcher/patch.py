"""What is plugged into one input at the moment: it may change while the switcher runs."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .decoder import Source


class Patch:
    """A place of a patch bay. A source is told from another by identity, not by its values."""

    def __init__(self, source: Source | None = None) -> None:
        self.source = source
        self._changed = asyncio.Event()
        self._ends: list[Callable[[], None]] = []

    def plug(self, source: Source | None) -> None:
        """From now on this is decoded, from its start; None: nothing. What was before ends."""
        if source is self.source:
            return
        self.source = source
        self._changed.set()
        for end in self._ends:
            end()

    async def plugged(self) -> Source:
        """What is there, as soon as there is something."""
        while self.source is None:
            self._changed.clear()
            await self._changed.wait()
        return self.source

    async def wait(self, source: Source, seconds: float) -> None:
        """Until so much time went by, or the source is not this one any more."""
        try:
            async with asyncio.timeout(seconds):
                while self.source is source:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return

    @contextmanager
    def telling(self, end: Callable[[], None]) -> Iterator[None]:
        """Within the block `end` is called when something else is plugged in."""
        self._ends.append(end)
        try:
            yield
        finally:
            self._ends.remove(end)
