"""A viewer watches a channel: its real pod, the origin, and real players, seconds behind."""

import functools
import http.server
import shutil
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Browser, Page

from media_runtime.store import StoreSettings

from .airing import on_air, order
from .conftest import PLAYER, Air

SECONDS = 20
LATENCY_MILLIS = 2500
BARE = Path(__file__).parent / "bare.html"
# Every position that the picture has had, as the browser tells them.
WATCHED = """() => {
  window.positions = [];
  const video = document.querySelector("video");
  video.addEventListener("timeupdate", () => window.positions.push(video.currentTime));
}"""
AT = "() => document.querySelector('video').currentTime"
# The same, and the instants of the programme that the page tells, however short they were there.
FOLLOWED = """() => {
  window.positions = [];
  window.moments = [];
  const video = document.querySelector("video");
  const look = () => {
    window.positions.push(video.currentTime);
    const span = streamverse.where();
    if (span) window.moments.push(span.at);
  };
  for (const what of ["timeupdate", "emptied", "seeking"]) video.addEventListener(what, look);
  setInterval(look, 50);
}"""
FRAME_MILLIS = 40


@pytest.fixture(scope="module", autouse=True)
def news(air: Air) -> Iterator[None]:
    with air("news"):
        yield


def playback(page: Page) -> dict[str, Any]:
    told = "() => JSON.parse(JSON.stringify({...streamverse, where: streamverse.where()}))"
    return page.evaluate(told)  # type: ignore[no-any-return]


def press(page: Page, name: str) -> None:
    """By the keyboard, for which controls do not withdraw."""
    page.get_by_role("button", name=name).press("Enter")


def plays_on(page: Page, seconds: float) -> None:
    """So much more of the programme than has been seen."""
    until = page.evaluate(AT) + seconds
    page.wait_for_function("end => document.querySelector('video').currentTime > end", arg=until)


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_channel_plays_seconds_behind_without_a_stall(
    page: Page, origin: str, engine: str
) -> None:
    page.goto(f"{origin}/watch/live/demo.news?engine={engine}&muted=1")
    page.wait_for_function("() => streamverse.ready")
    plays_on(page, 1)
    page.evaluate(WATCHED)
    plays_on(page, SECONDS)
    seen = playback(page)
    positions = page.evaluate("() => window.positions")
    assert (seen["errors"], seen["stalls"]) == ([], 0)
    assert seen["latencyMillis"] < LATENCY_MILLIS
    assert positions == sorted(positions)
    assert seen["told"]["state"] == "OnAir"
    assert page.locator("#f-latency").inner_text().endswith(" s")
    assert page.get_by_role("button", name="Live", exact=True).get_attribute("data-live") == "true"
    assert page.locator("#air").text_content() == "On air pattern"


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_viewer_goes_back_in_the_programme_and_to_live_again(
    page: Page, origin: str, engine: str
) -> None:
    page.goto(f"{origin}/watch/live/demo.news?engine={engine}&muted=1")
    page.wait_for_function("() => streamverse.ready")
    # Beyond what the pod has in memory: this comes from the store.
    page.wait_for_function("() => streamverse.where().to - streamverse.where().from > 30000")
    back = page.evaluate("() => streamverse.where().to - 28000")
    page.evaluate("at => streamverse.seekTo(at)", back)
    page.wait_for_function("() => !streamverse.atLive")
    plays_on(page, 3)
    seen = playback(page)
    assert back < seen["where"]["at"] < back + 10_000
    assert 20_000 < seen["latencyMillis"] < 40_000
    press(page, "Back to live")
    page.wait_for_function("() => streamverse.atLive")
    plays_on(page, 2)
    assert playback(page)["errors"] == []
    assert playback(page)["latencyMillis"] < 6000


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_viewer_starts_over(page: Page, origin: str, engine: str) -> None:
    page.goto(f"{origin}/watch/live/demo.news?engine={engine}&muted=1")
    page.wait_for_function("() => streamverse.ready")
    page.wait_for_function("() => streamverse.where().to - streamverse.where().from > 20000")
    press(page, "Start over")
    page.wait_for_function("() => !streamverse.atLive")
    plays_on(page, 2)
    seen = playback(page)
    assert seen["where"]["at"] - seen["where"]["from"] < 15_000
    assert seen["errors"] == []


def test_a_link_leads_to_an_instant_of_the_programme(page: Page, origin: str) -> None:
    page.goto(f"{origin}/watch/live/demo.news?muted=1")
    page.wait_for_function("() => streamverse.ready")
    page.wait_for_function("() => streamverse.where().to - streamverse.where().from > 30000")
    since = int(time.time()) - 25
    page.goto(f"{origin}/watch/live/demo.news?since={since}&muted=1")
    page.wait_for_function("() => streamverse.ready && !streamverse.atLive")
    plays_on(page, 2)
    seen = playback(page)
    assert 0 <= seen["where"]["at"] - since * 1000 + 2000 < 12_000
    assert seen["errors"] == []
    press(page, "Back to live")
    page.wait_for_function("() => streamverse.ready && streamverse.atLive")
    plays_on(page, 2)


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_viewer_chooses_the_rung_of_a_channel(page: Page, origin: str, engine: str) -> None:
    page.goto(f"{origin}/watch/live/demo.news?engine={engine}&muted=1")
    page.wait_for_function("() => streamverse.ready && streamverse.rungs.length === 2")
    # To and fro within a segment, which each rung can be begun at the beginning of alone.
    for rung, height in (("90p", 90), ("180p", 180), ("90p", 90), ("180p", 180)):
        page.evaluate("name => streamverse.chooseRung(name)", rung)
        shown = "height => document.querySelector('video').videoHeight === height"
        page.wait_for_function(shown, arg=height)
    plays_on(page, 4)
    assert playback(page)["errors"] == []


def test_a_token_in_the_path_goes_with_every_request_of_a_channel(page: Page, origin: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{origin}/watch/live/news;URISigningPackage=abc.def?muted=1")
    page.wait_for_function("() => streamverse.ready")
    below = [url for url in asked if "/live/" in url and "/watch/" not in url]
    assert any(url.endswith(".m4s") for url in below)
    assert all("/live/demo.news;URISigningPackage=abc.def/" in url for url in below)


def test_a_channel_that_is_not_there_is_explained(page: Page, origin: str) -> None:
    page.goto(f"{origin}/watch/live/demo.nothing")
    page.get_by_role("heading", name="No such channel").wait_for()
    page.get_by_text("kubectl get channels -n demo").wait_for()


def test_a_channel_that_goes_and_comes_back_is_watched_again(
    browser_page_of_restarts: Page,
    origin: str,
    pod_ports: dict[str, int],
    store_settings: StoreSettings,
    tmp_path: Path,
) -> None:
    page, what = browser_page_of_restarts, order("restarted", "uid-2")
    page.goto(f"{origin}/watch/live/demo.restarted?muted=1")
    page.get_by_role("heading", name="Off air for the moment").wait_for()
    with on_air(what, pod_ports["restarted"], store_settings.endpoint, tmp_path):
        page.wait_for_function("() => streamverse.ready")
        plays_on(page, 3)
    page.get_by_role("heading", name="Off air for the moment").wait_for()
    with on_air(what, pod_ports["restarted"], store_settings.endpoint, tmp_path):
        page.wait_for_function("() => streamverse.told?.state === 'OnAir'")
        plays_on(page, 3)
        page.get_by_role("heading", name="Off air for the moment").wait_for(state="hidden")


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_picture_goes_on_when_the_channels_pod_was_killed(
    browser_page_of_restarts: Page, origin: str, air: Air, engine: str
) -> None:
    page, name = browser_page_of_restarts, f"killed-{engine}"
    with air(name) as pod:
        page.goto(f"{origin}/watch/live/demo.{name}?engine={engine}&muted=1")
        page.wait_for_function("() => streamverse.ready")
        plays_on(page, 2)
        page.evaluate(FOLLOWED)
        pod.kill()
        page.wait_for_function("() => streamverse.told?.state === 'Away'")
    with air(name):
        page.wait_for_function("() => streamverse.told?.state === 'OnAir'")
        plays_on(page, 5)
        page.wait_for_function("() => streamverse.latencyMillis < 6000")
        positions, moments = page.evaluate("() => [window.positions, window.moments]")
        assert positions == sorted(positions)
        assert moments == sorted(moments)
        assert moments[-1] - moments[0] > 5000


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_channel_that_ends_is_seen_to_its_last_frame_and_can_be_sought(
    page: Page, origin: str, air: Air, pod_ports: dict[str, int], engine: str
) -> None:
    name = f"ending-{engine}"
    with air(name):
        page.goto(f"{origin}/watch/live/demo.{name}?engine={engine}&muted=1")
        page.wait_for_function("() => streamverse.ready")
        plays_on(page, 2)
        page.evaluate(FOLLOWED)
        ask = urllib.request.Request(f"http://127.0.0.1:{pod_ports[name]}/end", method="POST")
        with urllib.request.urlopen(ask) as answer:  # noqa: S310 - our own
            assert answer.status == 202
        page.wait_for_function("() => streamverse.ended")
        seen, positions = playback(page), page.evaluate("() => window.positions")
        assert seen["errors"] == []
        assert positions == sorted(positions)
        assert abs(seen["where"]["at"] - end_of(f"{origin}/live/demo.{name}")) < 2 * FRAME_MILLIS
        # What was shown can be seen again, by who was there and by who comes now.
        press(page, "Start over")
        plays_on(page, 2)
        assert playback(page)["errors"] == []
        page.reload()
        page.wait_for_function("() => streamverse.ready")
        plays_on(page, 2)
        again = playback(page)
        assert again["errors"] == []
        assert again["where"]["to"] == pytest.approx(seen["where"]["to"], abs=2 * FRAME_MILLIS)
        assert again["where"]["from"] >= seen["where"]["from"] - FRAME_MILLIS


def end_of(channel: str) -> float:
    """Unix milliseconds, by its MPD."""
    with urllib.request.urlopen(f"{channel}/manifest.mpd") as answer:  # noqa: S310 - our own
        mpd = ET.fromstring(answer.read())  # noqa: S314 - our own
    assert mpd.attrib["type"] == "static"
    epoch = datetime.fromisoformat(mpd.attrib["availabilityStartTime"]).timestamp()
    lasted = float(mpd.attrib["mediaPresentationDuration"].removeprefix("PT").removesuffix("S"))
    return (epoch + lasted) * 1000


@pytest.fixture
def browser_page_of_restarts(browser: Browser) -> Iterator[Page]:
    """A page whose requests may fail: that is what it is for."""
    context = browser.new_context(viewport={"width": 1280, "height": 1100})
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.fixture(params=["hls.js", "hls.js-1.6"])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A page of another site with nothing but a player on it."""
    built = PLAYER / "node_modules" / request.param / "dist"
    for file in (built / "hls.min.js", built / "hls.worker.js", BARE):
        shutil.copy(file, tmp_path)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/bare.html"
        server.shutdown()


def test_hls_js_as_it_comes_plays_low_latency_from_another_site(
    page: Page, origin: str, bare: str
) -> None:
    page.goto(f"{bare}?url={origin}/live/demo.news/master.m3u8")
    page.wait_for_function("() => played.ready")
    plays_on(page, SECONDS)
    played = page.evaluate("() => played")
    assert (played["errors"], played["stalls"]) == ([], 0)
    assert played["latency"] < LATENCY_MILLIS
