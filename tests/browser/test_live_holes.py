"""A viewer before a hole in the programme, as a packager that dies in mid-segment leaves one."""

import re

from playwright.sync_api import Page, Route

from .conftest import Air

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


def test_a_picture_goes_on_behind_a_hole(page: Page, origin: str, air: Air) -> None:
    holes = Holes()
    with air("holed"):
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
        # Before the channel goes, which it would complain of.
        page.close()
    assert standing["emptied"] == 0
    assert 0 < standing["longest"] < LONGEST_MILLIS
