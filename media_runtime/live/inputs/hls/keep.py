"""Keeps another service's stream plugged into its seat, whatever that service does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from media_runtime.failure import Refused
from media_runtime.live.inputs.gauge import gauge_bytes
from media_runtime.live.switcher.decoder import Relayed

from .page import Pages
from .playlist import Media, Variant, fitting
from .pull import Pull

if TYPE_CHECKING:
    from pathlib import Path

    from media_runtime.fetch.web import Web
    from media_runtime.ffmpeg import Format
    from media_runtime.live.inputs.seat import Seat

_LOG = structlog.get_logger()
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.5, 10.0


async def keep_pulling(seat: Seat, web: Web, scratch: Path, *, canvas_height: int) -> None:
    """Never ends: what cannot be read is asked for again, later and later."""
    wait = _FIRST_WAIT_SECONDS
    await asyncio.to_thread(scratch.mkdir, parents=True, exist_ok=True)
    while True:
        try:
            await _pull_once(seat, web, scratch, canvas_height)
            wait, problem = _FIRST_WAIT_SECONDS, ""
        except Refused as e:
            problem = e.message
        seat.patch.plug(None)
        if seat.problem != problem:
            _LOG.info("input not pulled", input=seat.wanted.name, why=problem)
            seat.problem = problem
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT_SECONDS)


async def _pull_once(seat: Seat, web: Web, scratch: Path, canvas_height: int) -> None:
    """Until what was chosen is over. Raises Refused."""
    pages = Pages(web, scratch)
    chosen = await _choose(pages, seat.wanted.uri or "", canvas_height)
    container = (await _media(pages, chosen.url)).container
    samples: asyncio.Queue[bytes] = asyncio.Queue(1)

    def taste(sample: bytes) -> None:
        if samples.empty():
            samples.put_nowait(sample)

    picture = Pull(pages, chosen.url, taste=taste)
    sound, over = None, [picture.over]
    if chosen.sound is not None:
        apart = Pull(pages, chosen.sound, leader=picture, taste=lambda _: None)
        heard = (await _media(pages, chosen.sound)).container
        sound, over = Relayed(heard, apart.pour, paced=True), [picture.over, apart.over]
    seat.problem = ""
    seat.patch.plug(Relayed(container, picture.pour, paced=True, sound=sound))
    waiting: list[asyncio.Task[object]] = [asyncio.create_task(one.wait()) for one in over]
    waiting.append(asyncio.create_task(_measure(seat, samples, container, scratch / "sample")))
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)


async def _measure(
    seat: Seat, samples: asyncio.Queue[bytes], container: Format, scratch: Path
) -> None:
    while True:
        measured = await gauge_bytes(await samples.get(), container, scratch)
        if measured is not None:
            seat.measured = measured


async def _choose(pages: Pages, url: str, canvas_height: int) -> Variant:
    found = await pages.playlist(url)
    if isinstance(found, Media):
        return Variant(url, 0, 0)
    return fitting(found, canvas_height)


async def _media(pages: Pages, url: str) -> Media:
    found = await pages.playlist(url)
    if not isinstance(found, Media):
        raise Refused("NoMedia", "a rendition leads to renditions")
    if not found.segments:
        raise Refused("NoMedia", "the playlist has no segment")
    return found
