"""A viewer before a hole in the programme, as a packager that dies in mid-segment leaves one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route

from media_runtime.store import StoreSettings

from .airing import on_air, order

LONGEST_MILLIS = 5000
"""That the picture stands still for: the hole lasts 1.3 s, and a player has no more than 1.4 s."""
AHEAD, FIRST_LOST_PART = 3, 2
# How long the picture has stood still at most, and whether a playback began anew.
STANDING = """() => {
  window.standing = { longest: 0, emptied: 0 };
  const video = document.querySelector("video");
  let moved = { at: video.currentTime, when: performance.now() };
  video.addEventListener("emptied", () => { window.standing.emptied += 1; });
  setInterval(() => {
    const now = performance.now();
    const moves = video.readyState > 2 && video.currentTime !== moved.at;
    if (moves) moved = { at: video.currentTime, when: now };
    window.standing.longest = Math.max(window.standing.longest, now - moved.when);
  }, 50);
}"""


class Holes:
    """Before a player's playlists: the rest of a segment is a gap, in every rung and sound."""

    def __init__(self) -> None:
        self.msn: int | None = None

    def answer(self, route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=self.gapped(answer.text()))

    def gapped(self, playlist: str) -> str:
        first = re.search(r"^#EXT-X-MEDIA-SEQUENCE:(\d+)", playlist, re.MULTILINE)
        if first is None:
            return playlist
        skipped = re.search(r"SKIPPED-SEGMENTS=(\d+)", playlist)
        msn = int(first[1]) + (int(skipped[1]) if skipped else 0)
        if self.msn is None:
            self.msn = msn + playlist.count("#EXTINF") + AHEAD
        lines, part = [], 0
        for line in playlist.splitlines():
            lost = msn == self.msn
            if line.startswith("#EXT-X-PART:"):
                lines.append(f"{line},GAP=YES" if lost and part >= FIRST_LOST_PART else line)
                part += 1
            elif line.startswith("#EXTINF"):
                lines += ["#EXT-X-GAP", line] if lost else [line]
                msn, part = msn + 1, 0
            else:
                lines.append(line)
        return "\n".join([*lines, ""])


@pytest.fixture(scope="module", autouse=True)
def news(
    pod_ports: dict[str, int],
    store_settings: StoreSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    scratch = tmp_path_factory.mktemp("holed")
    with on_air(order("holed", "uid-holed"), pod_ports["holed"], store_settings.endpoint, scratch):
        yield


def test_a_picture_goes_on_behind_a_hole(page: Page, origin: str) -> None:
    holes = Holes()
    page.route(re.compile(r"/live/demo\.holed/[^?]*\.m3u8"), holes.answer)
    page.goto(f"{origin}/watch/live/demo.holed?engine=hls&muted=1")
    page.wait_for_function("() => streamverse.ready")
    page.evaluate(STANDING)
    assert holes.msn is not None
    # The first instant after the hole: segments are numbered from the epoch of the clock.
    behind = (holes.msn + 1) * 2000 + 1000
    page.wait_for_function("moment => streamverse.where()?.at > moment", arg=behind)
    standing = page.evaluate("() => window.standing")
    page.unroute_all(behavior="ignoreErrors")
    assert standing["emptied"] == 0
    assert 0 < standing["longest"] < LONGEST_MILLIS
