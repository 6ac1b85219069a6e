"""A viewer before a hole in the programme, as an encoder that dies in mid-segment leaves one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import APIResponse, Page, Route

from .conftest import Air
from .watching import STANDING

LONGEST_MILLIS = 5000
"""That the picture stands still for: the hole lasts 1.3 s, and a player has no more than 1.4 s."""
AHEAD, FIRST_LOST_PART = 3, 2


@pytest.fixture(scope="module", autouse=True)
def holed(air: Air) -> Iterator[None]:
    """Whole: it is between a player and the channel that the hole is made, for him alone."""
    with air("holed"):
        yield


class Holes:
    """Before a player's playlists: the rest of a segment is a gap, in every rung and sound."""

    def __init__(self, told_with: tuple[int, int] | None) -> None:
        """`told_with`: segments from it on and the part, with which all of it is told at once."""
        self.told_with = told_with
        self.msn: int | None = None

    def playlist(self, route: Route) -> None:
        answer = route.fetch()
        if self.msn is not None and self.told_with and _newest(answer) == self.msn:
            later, part = self.told_with
            url = route.request.url.split("?")[0]
            answer = route.fetch(url=f"{url}?_HLS_msn={self.msn + later}&_HLS_part={part}")
        route.fulfill(response=answer, body=self.gapped(answer.text()))

    def segment(self, route: Route) -> None:
        """What is left of it, where it is asked for as a whole."""
        url = route.request.url
        if not url.endswith(f"/{self.msn}.m4s"):
            route.continue_()
            return
        left = [url.replace(".m4s", f".{part}.m4s") for part in range(FIRST_LOST_PART)]
        answers = [route.fetch(url=part) for part in left]
        route.fulfill(response=answers[0], body=b"".join(answer.body() for answer in answers))

    def gapped(self, playlist: str) -> str:
        msn = _first(playlist)
        if msn is None:
            return playlist
        if self.msn is None:
            self.msn = msn + playlist.count("#EXTINF") + AHEAD
        lines, part = [], 0
        for line in playlist.splitlines():
            if line.startswith("#EXT-X-PART:"):
                lost = msn == self.msn and part >= FIRST_LOST_PART
                lines.append(f"{line},GAP=YES" if lost else line)
                part += 1
                continue
            lines.append(line)
            if line.startswith("#EXTINF"):
                msn, part = msn + 1, 0
        return "\n".join([*lines, ""])


def _first(playlist: str) -> int | None:
    """The number of the first segment that is told; None of a multivariant playlist."""
    first = re.search(r"^#EXT-X-MEDIA-SEQUENCE:(\d+)", playlist, re.MULTILINE)
    skipped = re.search(r"SKIPPED-SEGMENTS=(\d+)", playlist)
    return int(first[1]) + (int(skipped[1]) if skipped else 0) if first else None


def _newest(answer: APIResponse) -> int | None:
    """The number of the segment that is being made."""
    playlist = answer.text()
    first = _first(playlist)
    return None if first is None else first + playlist.count("#EXTINF")


TOLD = {"as it is made": None, "with its last part": (0, 5), "with the next segment": (1, 0)}


@pytest.mark.parametrize("told", TOLD)
def test_a_picture_goes_on_behind_a_hole(page: Page, origin: str, told: str) -> None:
    holes = Holes(TOLD[told])
    page.route(re.compile(r"/live/demo\.holed/[^?]*\.m3u8"), holes.playlist)
    page.route(re.compile(r"/live/demo\.holed/\w+/\d+\.m4s"), holes.segment)
    page.goto(f"{origin}/watch/live/demo.holed?engine=hls&muted=1")
    page.wait_for_function("() => streamverse.ready")
    page.evaluate(STANDING)
    assert holes.msn is not None
    # The first instant after the hole: segments are numbered from the epoch of the clock.
    behind = (holes.msn + 1) * 2000 + 1000
    page.wait_for_function("moment => streamverse.where()?.at > moment", arg=behind)
    standing = page.evaluate("() => window.standing")
    page.unroute_all(behavior="ignoreErrors")
    # Before it sees the channel as it is.
    page.close()
    assert standing["emptied"] == 0
    assert 0 < standing["longest"] < LONGEST_MILLIS
