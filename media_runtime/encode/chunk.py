"""A task's chunks: one decode for neighbours, every rung and still that is missing."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .encoding import Encoding
from .span import span_of
from .stretch import keys_of, stretches
from .work import Done

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from media_runtime.store import Store
    from media_runtime.title.layout import Layout
    from media_runtime.title.plan import Chunk, Plan, VideoTrack


@dataclass(frozen=True)
class ChunksWork:
    plan: Plan
    track: VideoTrack
    chunks: Sequence[Chunk]
    """Neighbours."""
    store: Store
    layout: Layout
    scratch: Path
    max_pixels: int

    @property
    def keys(self) -> AbstractSet[str]:
        return {key for chunk in self.chunks for key in keys_of(chunk)}

    async def is_done(self, key: str) -> bool:
        if any(key == chunk.stills for chunk in self.chunks):
            return await self.store.head(self.layout.stills(key)) is not None
        return await self.store.head(self.layout.entry(key, 0)) is not None

    async def perform(self, keys: AbstractSet[str]) -> Done:
        """Encodes these keys, verifies and stores them. Raises Refused, TryAgain, StoreAway."""
        some, millis, warnings = self.plan.rungs[0], 0, []
        for stretch in stretches(self.plan, self.chunks, keys):
            with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
                warnings += await Encoding(self, stretch, Path(folder)).done()
            millis += round(span_of(some, stretch.whole).count / some.rate * 1000)
        return Done(millis, tuple(warnings))
