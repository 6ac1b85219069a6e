"""A viewer in headless Chromium who reads the clock in the picture, for a while."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHROMIUM = os.environ.get("STREAMVERSE_CHROMIUM", "/usr/bin/chromium")
_FLAGS = (
    *("--no-sandbox", "--autoplay-policy=no-user-gesture-required"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-quic", "--no-first-run"),
)
START_MILLIS = 60_000


@dataclass(frozen=True)
class Viewing:
    """What one viewer saw, once the picture had settled."""

    ages: tuple[float, ...]
    """Milliseconds between a picture's being handed to the camera's encoder and its being shown."""
    dated: tuple[float, ...]
    """The same since it was due by the dates in the playlist or manifest, where there are any."""
    errors: tuple[str, ...]
    """Those that the player called fatal have an exclamation mark."""
    stalls: int
    backwards: int
    lines: tuple[int, ...]
    """Of the rungs that were on screen, one after the other."""
    first_age: float
    """Of the first picture of all."""

    @property
    def p50(self) -> float:
        return percentile(self.ages, 50)

    @property
    def p95(self) -> float:
        return percentile(self.ages, 95)


def percentile(values: Sequence[float], percent: float) -> float:
    """The least value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__int__() - 1)]


def watch(
    page_url: str,
    engine: str,
    stream_url: str,
    config: Mapping[str, Any],
    *,
    settle_seconds: float,
    seconds: float,
) -> Viewing:
    """Raises RuntimeError if no clock was seen at all."""
    asked = {"engine": engine, "url": stream_url, "config": json.dumps(config)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(f"{page_url}?{urlencode(asked)}")
            seen = "() => seen.ages.length > 0"
            try:
                page.wait_for_function(seen, timeout=START_MILLIS)
            except PlaywrightTimeout as e:
                said = page.evaluate("() => seen")
                raise RuntimeError(f"{engine}: no clock was to be seen; {said}") from e
            first = page.evaluate("() => seen.ages[0][1]")
            page.wait_for_timeout(settle_seconds * 1000)
            page.evaluate("() => { seen.ages.length = 0; seen.settledStalls = seen.stalls }")
            page.wait_for_timeout(seconds * 1000)
            found = page.evaluate("() => seen")
        finally:
            browser.close()
    if not found["ages"]:
        raise RuntimeError(f"{engine}: the picture stopped; errors {found['errors']}")
    return Viewing(
        ages=tuple(age for _, age, _ in found["ages"]),
        dated=tuple(dated for _, _, dated in found["ages"] if dated is not None),
        errors=tuple(e["what"] + ("!" if e["fatal"] else "") for e in found["errors"]),
        stalls=found["stalls"] - found["settledStalls"],
        backwards=found["backwards"],
        lines=tuple(found["rungs"]),
        first_age=first,
    )
