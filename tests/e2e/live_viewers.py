"""Viewers of a channel who stay: one with hls.js and one with Shaka, on the watch page."""

import asyncio
import math
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Page

from tests.e2e.viewer import START_MILLIS

# Beside what the page tells of itself: whether the position ever went back, or stood still, and
# what there was to play when the player began to wait, and what it had asked for until it went on.
_WITNESS = """() => {
  const video = document.querySelector("video");
  const seen = (window.seen = { backwards: [], last: video.currentTime, moved: performance.now(),
    longestPause: 0, waits: [], wentBack: [], moment: 0 });
  const asked = [];
  new PerformanceObserver((found) => {
    for (const one of found.getEntries()) if (one.duration > 500) asked.push(one);
    asked.splice(0, asked.length - 40);
  }).observe({ type: "resource" });
  const slow = (since) => asked.filter((one) => one.responseEnd > since - 1000).map((one) => ({
    what: one.name.split("/").at(-1), since: Math.round(one.startTime - since),
    connecting: Math.round(one.connectEnd - one.connectStart),
    sent: Math.round(one.requestStart - since), answered: Math.round(one.responseStart - since),
    done: Math.round(one.responseEnd - since) }));
  video.addEventListener("waiting", () => {
    const { buffered, currentTime } = video, ahead = [];
    for (let n = 0; n < buffered.length; n++)
      ahead.push([buffered.start(n) - currentTime, buffered.end(n) - currentTime]);
    seen.waits.push({ date: new Date().toISOString(), at: currentTime, millis: null, ahead,
      latency: streamverse.latencyMillis, seeking: video.seeking, since: performance.now(),
      rung: streamverse.rung, switches: streamverse.switches, slow: [] });
  });
  video.addEventListener("playing", () => {
    const wait = seen.waits.at(-1);
    if (!wait || wait.millis !== null) return;
    wait.millis = performance.now() - wait.since;
    // what is told of later is not missed: a request's entry comes after its answer
    setTimeout(() => { wait.slow = slow(wait.since); }, 300);
  });
  setInterval(() => {
    const now = performance.now(), at = video.currentTime;
    const before = seen.last;
    if (at < before - 0.001) seen.backwards.push([before, at]);
    if (at > seen.last) {
      seen.longestPause = Math.max(seen.longestPause, now - seen.moved);
      seen.moved = now;
    } else {
      seen.longestPause = Math.max(seen.longestPause, now - seen.moved);
    }
    seen.last = at;
    const where = streamverse.where();
    if (!where || !streamverse.ready || video.seeking || video.readyState < 3) return;
    if (where.at < seen.moment - 100) seen.wentBack.push([seen.moment, where.at, before, at]);
    seen.moment = where.at;
  }, 100);
}"""


_APART_MILLIS = 1000
"""Nobody tells two waits apart between which less than this is shown: what is left of before a
gap, and then the leap over it."""


@dataclass(frozen=True)
class Told:
    """What a page says, since it was last asked to forget."""

    fatal: list[str]
    errors: list[str]
    pauses: list[float]
    """Seconds for which the picture stood still, each as somebody who watches would tell it."""
    waits: list[Any]
    """When and where it waited, for how long, and what it had beside the position."""
    backwards: list[Any]
    """Leaps of the player's own position, which begins at 0 where it had to begin anew."""
    went_back: list[Any]
    """Leaps of the programme that is shown, Unix milliseconds; and of the position, seconds."""
    longest_pause_millis: float
    position: float
    moment: float
    """Of the programme, where it was last seen to play: Unix milliseconds."""
    latency_millis: float | None
    ended: bool


class LiveViewers:
    """Pages that were opened once; nothing is ever reloaded."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self.pages = pages

    @classmethod
    async def open(cls, browser: Browser, url: str, engines: tuple[str, ...]) -> "LiveViewers":
        pages = {}
        for engine in engines:
            # A small window: two players share two cores with all else.
            context = await browser.new_context(viewport={"width": 480, "height": 400})
            page = pages[engine] = await context.new_page()
            await page.goto(f"{url}?engine={engine}&muted=1")
        viewers = cls(pages)
        for page in pages.values():
            await page.wait_for_function("() => streamverse.ready", timeout=START_MILLIS)
            await page.evaluate(_WITNESS)
        await viewers.forget()
        return viewers

    async def forget(self) -> None:
        """Count from now."""
        for page in self.pages.values():
            await page.evaluate(
                """() => {
                  streamverse.errors.length = 0;
                  streamverse.stalls = 0;
                  Object.assign(seen, { backwards: [], wentBack: [], waits: [], longestPause: 0,
                    moved: performance.now() });
                }"""
            )

    async def told(self) -> dict[str, Told]:
        found = await asyncio.gather(*(_told(page) for page in self.pages.values()))
        return dict(zip(self.pages, found, strict=True))

    async def close(self) -> None:
        for page in self.pages.values():
            await page.context.close()


async def _told(page: Page) -> Told:
    said, seen = await asyncio.gather(
        page.evaluate("() => JSON.parse(JSON.stringify(streamverse))"),
        page.evaluate("() => window.seen"),
    )
    return Told(
        fatal=[e["what"] for e in said["errors"] if e["fatal"]],
        errors=[e["what"] for e in said["errors"]],
        pauses=_pauses(seen["waits"]),
        waits=seen["waits"],
        backwards=seen["backwards"],
        went_back=seen["wentBack"],
        longest_pause_millis=seen["longestPause"],
        position=seen["last"],
        moment=seen["moment"],
        latency_millis=said["latencyMillis"],
        ended=said["ended"],
    )


def _pauses(waits: list[Any]) -> list[float]:
    """A wait that no picture followed goes on in the next one: players seek in it."""
    found: list[float] = []
    begun = shown_since = -math.inf
    for wait in waits:
        if wait["since"] - shown_since >= _APART_MILLIS:
            begun = wait["since"]
            found.append(math.inf)
        shown_since = math.inf if wait["millis"] is None else wait["since"] + wait["millis"]
        found[-1] = (shown_since - begun) / 1000
    return found
