"""Sheets of thumbnails and the poster, put together of the stills that came with the chunks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from media_runtime.ffmpeg import FFMPEG, Limits, require_success, run, url
from media_runtime.store import Missing
from media_runtime.title import records
from media_runtime.title.ledger import ImagesEntry
from media_runtime.title.pictures import poster_rung, sheets_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from media_runtime.store import Store
    from media_runtime.title.layout import Layout
    from media_runtime.title.plan import Images, Plan

_WALL_SECONDS = 1800.0
_AT_ONCE = 16


async def compose(plan: Plan, store: Store, layout: Layout, scratch: Path) -> ImagesEntry | None:
    """Stores them and then their entry; None for a title that has no thumbnails.

    Raises Missing where stills have been taken away since they were looked for.
    """
    if plan.images is None or plan.images_key is None:
        return None
    thumbnails, posters = await _fetched(plan, store, layout, scratch)
    for argv in (
        sheets_argv(plan.images, scratch),
        poster_argv(posters, scratch),
    ):
        ended = await run(argv, Limits(wall_seconds=_WALL_SECONDS))
        require_success(ended, "EncodeFailed", "putting thumbnails together")
    sheets = sheets_in(thumbnails, plan.images)
    for n in range(sheets):
        await store.upload(layout.sheet(plan.images_key, n), scratch / f"sheet-{n}.jpg")
    await store.upload(layout.poster(plan.images_key), scratch / "poster.jpg")
    model = poster_rung(plan.rungs)
    entry = ImagesEntry(
        key=plan.images_key,
        poster_width=model.width,
        poster_height=model.height,
        sheets=sheets,
        pictures=thumbnails,
    )
    await records.write_images(store, layout, entry)
    return entry


async def _fetched(plan: Plan, store: Store, layout: Layout, scratch: Path) -> tuple[int, int]:
    """How many thumbnails and candidates for the poster there are, numbered from 0 on the disk."""
    thumbnails = posters = 0
    keys = [chunk.stills for chunk in plan.chunks if chunk.stills is not None]
    for begin in range(0, len(keys), _AT_ONCE):
        some = keys[begin : begin + _AT_ONCE]
        found = await asyncio.gather(*(records.read_stills(store, layout, key) for key in some))
        for key, stills in zip(some, found, strict=True):
            if stills is None:
                raise Missing(f"stills {key} are gone")
            await asyncio.to_thread(_written, stills.thumbnails, scratch, "thumbnail", thumbnails)
            await asyncio.to_thread(_written, stills.posters, scratch, "candidate", posters)
            thumbnails += len(stills.thumbnails)
            posters += len(stills.posters)
    return thumbnails, posters


def _written(pictures: Sequence[bytes], scratch: Path, name: str, first: int) -> None:
    for n, picture in enumerate(pictures, first):
        (scratch / f"{name}-{n}.jpg").write_bytes(picture)


def _pictures(scratch: Path, name: str) -> list[str]:
    # our own, from our own encoder
    return ["-threads", "1", "-f", "image2", "-i", url(scratch / f"{name}-%d.jpg")]


def sheets_argv(wish: Images, scratch: Path) -> list[str]:
    return [
        *FFMPEG,
        *_pictures(scratch, "thumbnail"),
        *("-vf", f"tile={wish.columns}x{wish.rows}"),
        *("-fps_mode", "passthrough", "-q:v", "4"),
        *("-f", "image2", "-start_number", "0", "-y", url(scratch / "sheet-%d.jpg")),
    ]


def poster_argv(candidates: int, scratch: Path) -> list[str]:
    """The most typical of the candidates: at least 2, or the filter refuses; it makes do with 1."""
    return [
        *FFMPEG,
        *_pictures(scratch, "candidate"),
        *("-vf", f"thumbnail=n={max(2, candidates)}"),
        *("-fps_mode", "passthrough", "-frames:v", "1", "-q:v", "3"),
        *("-f", "image2", "-update", "1", "-y", url(scratch / "poster.jpg")),
    ]
