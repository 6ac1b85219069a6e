"""A viewer: opens the watch page in headless Chromium, changes the rung, and stays to the end."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.e2e.clips import ffmpeg

CHROMIUM = os.environ.get("STREAMVERSE_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    *("--no-sandbox", "--autoplay-policy=no-user-gesture-required"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-quic", "--no-first-run"),
]
START_MILLIS = 60_000
LARGEST_PICTURE = 100_000
"""Bytes."""


@dataclass(frozen=True)
class Watched:
    """What the page says of itself once the film has ended."""

    errors: list[Any]
    stalls: int
    dropped_frames: int
    decoded_frames: int
    switches: int
    rungs: list[str]
    position: float
    """Seconds."""
    complaints: list[str]
    """What the browser wrote to its console as errors."""


async def watch(browser: Browser, url: str, engine: str, seconds: float) -> Watched:
    """Play from the first frame to the last, through every rung."""
    context = await browser.new_context(viewport={"width": 1280, "height": 1000})
    try:
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        await page.goto(f"{url}?engine={engine}&muted=1")
        await page.wait_for_function("() => streamverse.ready", timeout=START_MILLIS)
        rungs = await page.evaluate("() => streamverse.rungs.map(r => r.name)")
        for rung in (*rungs, None):
            await choose(page, rung)
        limit = (seconds + 60) * 1000
        await page.wait_for_function("() => streamverse.ended", timeout=limit)
        seen = await page.evaluate("() => JSON.parse(JSON.stringify(streamverse))")
        position = await page.evaluate("() => document.querySelector('video').currentTime")
        return Watched(
            seen["errors"],
            seen["stalls"],
            seen["droppedFrames"],
            seen["decodedFrames"],
            seen["switches"],
            rungs,
            position,
            complaints,
        )
    finally:
        await context.close()


async def choose(page: Page, rung: str | None) -> None:
    """Ask for a rung, or for the player's own choice, and wait until it is on screen."""
    await page.evaluate("rung => streamverse.chooseRung(rung)", rung)
    if rung is not None:
        await page.wait_for_function(
            "rung => streamverse.rung === rung || streamverse.ended",
            arg=rung,
            timeout=START_MILLIS,
        )


async def watch_in_both(browser: Browser, url: str, seconds: float) -> dict[str, Watched]:
    """hls.js and Shaka at once: it takes no longer than one of them."""
    engines = ("hls", "dash")
    found = await asyncio.gather(*(watch(browser, url, e, seconds) for e in engines))
    return dict(zip(engines, found, strict=True))


async def picture(browser: Browser, url: str, path: Path, at_seconds: float) -> None:
    """A screenshot of the page while it plays, a thumbnail over the seek bar; under 100 kB."""
    context = await browser.new_context(
        viewport={"width": 1120, "height": 840}, color_scheme="dark"
    )
    try:
        page = await context.new_page()
        await page.goto(f"{url}?engine=hls&muted=1")
        await page.wait_for_function("() => streamverse.ready", timeout=START_MILLIS)
        await page.evaluate(
            "at => { document.querySelector('video').currentTime = at }", at_seconds
        )
        await page.wait_for_function(
            "at => document.querySelector('video').currentTime > at + 1", arg=at_seconds
        )
        await page.locator("#seek").hover(position={"x": 640, "y": 10})
        await page.locator("#preview-picture").wait_for(state="visible")
        # The sheet is scaled once it is loaded.
        await page.wait_for_function(
            "() => document.querySelector('#preview-picture').style.backgroundSize !== ''"
        )
        shot = path.with_suffix(".full.png")
        await page.screenshot(path=shot)
    finally:
        await context.close()
    shrink(shot, path)
    shot.unlink()


def shrink(shot: Path, path: Path) -> None:
    """Scale it down, and take as many colours as fit."""
    for colours in (96, 64, 48, 32):
        small = (
            "scale=720:-1:flags=lanczos,split[a][b];"
            f"[a]palettegen=max_colors={colours}[p];[b][p]paletteuse=dither=none"
        )
        flags = ("-vf", small, "-compression_level", "100", "-pred", "mixed")
        ffmpeg("-i", shot, *flags, path)
        if path.stat().st_size <= LARGEST_PICTURE:
            return
