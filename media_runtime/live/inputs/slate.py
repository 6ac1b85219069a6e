"""The slate of a channel: a published title of the tenant's, put together as one file to loop."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog

from media_runtime.ffmpeg import FFMPEG, Limits, OverTime, input_flags, run, url
from media_runtime.live.switcher.decoder import Loop, Pattern
from media_runtime.live.switcher.patch import Patch
from media_runtime.store import Missing, StoreAway
from media_runtime.title.layout import Layout
from media_runtime.title.records import read_index, read_publication

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from media_runtime.store import Store
    from media_runtime.title.index import Index, Track, VideoIndex

_LOG = structlog.get_logger()
_LARGEST_BYTES = 1 << 30
_MAX_PIXELS = 4096 * 2304
_REMUX_SECONDS = 120.0
_PICTURES_A_SECOND = 2
_WAIT_SECONDS, _LOOK_SECONDS = 10.0, 60.0


class _NoSlate(Exception):  # noqa: N818 - reads as what it is
    """There is no such title, or it cannot be shown. Told, and asked for again."""


class Slate:
    """A picture that tells the time, until the title is here; `problem` says why it is not."""

    def __init__(self, channel: str, title: str | None, *, canvas_height: int) -> None:
        # it is drawn all the time, to be there at once: a clock of seconds needs few pictures
        self.patch = Patch(Pattern(text=channel, a_second=_PICTURES_A_SECOND))
        self.problem = ""
        self._title, self._height = title, canvas_height

    async def keep(self, store: Store, tenant: str, scratch: Path) -> None:
        """Never ends if there is a title: one published anew is shown anew."""
        shown = ""
        while self._title is not None:
            wait, problem = _LOOK_SECONDS, ""
            try:
                index = await _find(store, Layout(tenant), self._title)
                if index.title != shown:
                    file = await self._fetch(store, Layout(tenant), index, scratch)
                    self.patch.plug(Loop(url(file), "mov"))
                    shown, before = index.title, shown
                    if before:
                        await asyncio.to_thread(_file(scratch, before).unlink, missing_ok=True)
            except StoreAway as e:
                wait, problem = _WAIT_SECONDS, "" if shown else f"{self._title}: {e}"
            except (_NoSlate, Missing, OverTime, OSError, ValueError) as e:
                wait, problem = _WAIT_SECONDS, f"{self._title}: {e}"
            if problem != self.problem:
                self.problem = problem
                if problem:
                    _LOG.warning("slate not shown", why=problem)
            await asyncio.sleep(wait)

    async def _fetch(self, store: Store, layout: Layout, index: Index, scratch: Path) -> Path:
        video = fitting(index.video, self._height)
        if video is None:
            raise _NoSlate("it has no picture")
        tracks: list[Track] = [video, *index.audio[:1]]
        parts = [scratch / f"slate-{index.title}-{n}.mp4" for n in range(len(tracks))]
        whole = _file(scratch, index.title)
        try:
            for track, part in zip(tracks, parts, strict=True):
                await _write(store, layout, track, part)
            await _remux(parts, whole)
        finally:
            for part in parts:
                with contextlib.suppress(OSError):
                    part.unlink()
        return whole


def _file(scratch: Path, title: str) -> Path:
    return scratch / f"slate-{title}.mp4"


async def _find(store: Store, layout: Layout, name: str) -> Index:
    publication = await read_publication(store, layout, name)
    if publication is None:
        raise _NoSlate("nothing is published by this name")
    index = await read_index(store, layout, publication.title)
    if index is None or not index.complete:
        raise _NoSlate("it is not encoded whole yet")
    return index


def fitting(rungs: Sequence[VideoIndex], height: int) -> VideoIndex | None:
    """The highest rung that the canvas holds, else the lowest; the first codec of equals. Pure."""
    by_height = sorted(rungs, key=lambda one: one.rung.height)
    held = [one for one in by_height if one.rung.height <= height]
    if not held:
        return by_height[0] if by_height else None
    best = held[-1].rung.height
    return next(one for one in held if one.rung.height == best)


async def _write(store: Store, layout: Layout, track: Track, into: Path) -> None:
    """The header and all segments, one after the other: a fragmented MP4."""
    size = sum(segment.size for run in track.runs for segment in run.segments)
    if size > _LARGEST_BYTES:
        raise _NoSlate(f"it has {size} bytes; at most {_LARGEST_BYTES >> 30} GiB are shown")
    with into.open("wb") as file:
        header = await store.read(layout.init(track.init))
        if header is None:
            raise _NoSlate("its header is not in the store")
        file.write(header)
        for one in track.runs:
            first, last = one.segments[0], one.segments[-1]
            length = last.offset + last.size - first.offset
            async for piece in store.stream(layout.media(one.key, one.run), first.offset, length):
                await asyncio.to_thread(file.write, piece)


async def _remux(parts: Sequence[Path], whole: Path) -> None:
    """One file, for a decoder loops one."""
    inputs = [
        flag
        for part in parts
        for flag in (*input_flags("mov", max_pixels=_MAX_PIXELS), "-i", url(part))
    ]
    maps = [flag for n in range(len(parts)) for flag in ("-map", str(n))]
    argv = [*FFMPEG, "-y", *inputs, *maps, "-c", "copy", "-f", "mp4", url(whole)]
    ended = await run(argv, Limits(_REMUX_SECONDS))
    if ended.code != 0:
        raise _NoSlate(f"it cannot be put together: {ended.messages.gist()}")
