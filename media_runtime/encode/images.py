"""Makes a title's thumbnails and its poster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.failure import Refused
from media_runtime.fetch import fetch_whole
from media_runtime.ffmpeg import Limits, require_success, run
from media_runtime.title import records
from media_runtime.title.ledger import ImagesEntry

from .images_argv import images_argv, pictures_in, poster_rung, sheets_in
from .work import Done

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from media_runtime.store import Store
    from media_runtime.title.layout import Layout
    from media_runtime.title.plan import Images, Plan, VideoTrack

_WALL_SECONDS = 12 * 3600.0


@dataclass(frozen=True)
class ImagesWork:
    plan: Plan
    track: VideoTrack
    wish: Images
    key: str
    store: Store
    layout: Layout
    scratch: Path
    max_pixels: int

    @property
    def keys(self) -> AbstractSet[str]:
        return {self.key}

    async def is_done(self, key: str) -> bool:
        return await self.store.head(self.layout.images_entry(key)) is not None

    async def perform(self, keys: AbstractSet[str]) -> Done:  # noqa: ARG002 - it has but one
        source, poster = self.scratch / "source", self.scratch / "poster.jpg"
        await fetch_whole(self.store, self.plan.source, source)
        argv = images_argv(
            self.plan,
            self.track,
            self.wish,
            source=source,
            sheets=self.scratch / "sheet-%d.jpg",
            poster=poster,
            max_pixels=self.max_pixels,
        )
        ended = await run(argv, Limits(wall_seconds=_WALL_SECONDS))
        source.unlink()
        require_success(ended, "EncodeFailed", "making thumbnails")
        pictures = pictures_in(self.plan.duration_seconds, self.wish)
        sheets = [self.scratch / f"sheet-{n}.jpg" for n in range(sheets_in(pictures, self.wish))]
        if not all(file.exists() for file in (*sheets, poster)):
            raise Refused("InputCorrupt", "no picture for the thumbnails can be decoded")
        for n, sheet in enumerate(sheets):
            await self.store.upload(self.layout.sheet(self.key, n), sheet)
        await self.store.upload(self.layout.poster(self.key), poster)
        model = poster_rung(self.plan.rungs)
        entry = ImagesEntry(
            key=self.key,
            poster_width=model.width,
            poster_height=model.height,
            sheets=len(sheets),
            pictures=pictures,
        )
        await records.write_images(self.store, self.layout, entry)
        return Done(media_millis=round(self.plan.duration_seconds * 1000))
