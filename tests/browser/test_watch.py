"""A viewer opens the page, and a film plays."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from media_runtime.store import Store

from .conftest import Await
from .footage import RUNGS, SHORT, Footage, Production

Produce = Callable[..., Production]

ENDED = "() => streamverse.ended"
# Every position that the picture has had, as the browser tells them.
WATCHED = """() => {
  window.positions = [];
  const video = document.querySelector("video");
  video.addEventListener("timeupdate", () => window.positions.push(video.currentTime));
}"""


@pytest.fixture(scope="module")
def produce(store: Store, footage: Footage) -> Produce:
    return lambda name, **parts: Production(store, footage, tenant="demo", name=name, **parts)


@pytest.fixture(scope="module", autouse=True)
def film(produce: Produce, await_: Await) -> None:
    await_(produce("film").release())


@pytest.fixture
def half(produce: Produce, await_: Await) -> Callable[[str], str]:
    """A short title that lacks all of one kind; its name."""

    def released(missing: str) -> str:
        film = produce(f"no-{missing}", chunks=SHORT, **{missing: ()})
        await_(film.release())
        return film.name

    return released


def playback(page: Page) -> dict[str, Any]:
    return page.evaluate("() => JSON.parse(JSON.stringify(streamverse))")  # type: ignore[no-any-return]


def playing_past(page: Page, seconds: float) -> None:
    page.wait_for_function(f"() => document.querySelector('video').currentTime > {seconds}")


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_film_plays_to_its_end_through_a_change_of_rung(
    page: Page, origin: str, engine: str
) -> None:
    page.goto(f"{origin}/watch/demo.film?engine={engine}")
    page.wait_for_function("() => streamverse.ready && streamverse.rungs.length === 2")
    page.evaluate(WATCHED)
    page.evaluate("() => streamverse.chooseRung('180p')")
    page.wait_for_function("() => document.querySelector('video').videoHeight === 180")
    playing_past(page, 2)
    page.evaluate("() => streamverse.chooseRung('360p')")
    page.wait_for_function("() => document.querySelector('video').videoHeight === 360")
    page.wait_for_function(ENDED)

    seen = playback(page)
    positions = page.evaluate("() => window.positions")
    assert (seen["errors"], seen["stalls"]) == ([], 0)
    assert seen["switches"] >= 1
    assert seen["rung"] == "360p"
    assert positions == sorted(positions)
    assert positions[-1] == pytest.approx(12, abs=0.2)


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_viewer_chooses_the_language(page: Page, origin: str, engine: str) -> None:
    page.goto(f"{origin}/watch/demo.film?engine={engine}&muted=1")
    page.wait_for_function("() => streamverse.ready && streamverse.sounds.length === 2")
    # By the keyboard, for which controls do not withdraw.
    page.get_by_role("button", name="English").press("Enter")
    page.get_by_role("menuitemradio", name="Français").press("Enter")
    page.get_by_role("button", name="Français").wait_for()
    playing_past(page, page.evaluate("() => document.querySelector('video').currentTime") + 1)
    assert playback(page)["errors"] == []


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_film_is_watched_while_it_is_encoded(
    page: Page, origin: str, produce: Produce, await_: Await, engine: str
) -> None:
    film = produce(f"growing-{engine}")
    page.goto(f"{origin}/watch/demo.{film.name}?engine={engine}")
    page.get_by_role("heading", name="No such title").wait_for()
    await_(film.announce())
    page.get_by_role("heading", name="Being encoded").wait_for()
    await_(film.sound(0, 0, 4))
    await_(film.chunk(0))
    await_(film.chunk(1))
    page.wait_for_function("() => streamverse.ready")
    page.evaluate(WATCHED)
    assert playback(page)["title"]["state"] == "Encoding"
    page.get_by_text("Encoding · 6").wait_for()
    playing_past(page, 3)
    await_(film.sound(1, 4))
    await_(film.chunk(2))
    await_(film.images())
    await_(film.publish())
    page.wait_for_function("() => streamverse.title.state === 'Complete'")
    page.wait_for_function(ENDED)

    seen = playback(page)
    positions = page.evaluate("() => window.positions")
    assert (seen["errors"], seen["stalls"]) == ([], 0)
    assert positions[0] < 2.5
    assert positions == sorted(positions)
    assert positions[-1] == pytest.approx(12, abs=0.2)


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_title_that_fails_while_it_is_watched_stops_and_says_why(
    page: Page, origin: str, produce: Produce, await_: Await, engine: str
) -> None:
    film = produce(f"failing-{engine}")
    await_(film.announce())
    await_(film.sound(0, 0, 4))
    await_(film.chunk(0))
    page.goto(f"{origin}/watch/demo.{film.name}?engine={engine}&muted=1")
    playing_past(page, 0.5)
    await_(film.fail("VerifyFailed", "180p lacks its last segment"))
    page.get_by_role("heading", name="This title failed").wait_for()
    page.get_by_text("VerifyFailed: 180p lacks its last segment").wait_for()
    page.wait_for_function("() => !document.querySelector('video').src")


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_who_watches_a_film_that_is_published_anew_sees_it_to_its_end(
    page: Page, origin: str, produce: Produce, await_: Await, engine: str
) -> None:
    await_(produce(f"anew-{engine}").release())
    page.goto(f"{origin}/watch/demo.anew-{engine}?engine={engine}&muted=1")
    playing_past(page, 0.5)
    await_(produce(f"anew-{engine}", edition=2).release())
    page.wait_for_function(ENDED)
    seen = playback(page)
    assert (seen["errors"], seen["stalls"]) == ([], 0)


@pytest.mark.parametrize("engine", ["hls", "dash"])
@pytest.mark.parametrize("missing", ["rungs", "voices"])
def test_sound_alone_plays_and_a_silent_picture_too(
    page: Page, origin: str, half: Callable[[str], str], engine: str, missing: str
) -> None:
    page.goto(f"{origin}/watch/demo.{half(missing)}?engine={engine}&muted=1")
    page.wait_for_function("() => streamverse.ready")
    page.wait_for_function(ENDED)
    seen = playback(page)
    assert (seen["errors"], seen["stalls"]) == ([], 0)
    assert {r["name"] for r in seen["rungs"]} == (set() if missing == "rungs" else set(RUNGS))


def test_protocols_change_places_while_it_plays(page: Page, origin: str) -> None:
    page.goto(f"{origin}/watch/film?engine=hls&muted=1")
    playing_past(page, 3)
    page.get_by_role("button", name="DASH").click()
    page.wait_for_function("() => streamverse.engine === 'dash' && streamverse.ready")
    playing_past(page, 5)
    assert page.evaluate("() => document.querySelector('video').currentTime") < 12
    assert playback(page)["errors"] == []
    assert page.url == f"{origin}/watch/demo.film?engine=dash&muted=1"


def test_a_picture_shows_where_the_seek_bar_leads(page: Page, origin: str) -> None:
    page.goto(f"{origin}/watch/demo.film?muted=1")
    page.wait_for_function("() => streamverse.ready")
    # so that the controls come back, should they have withdrawn
    page.locator("#stage").hover()
    page.locator("#seek").hover(position={"x": 600, "y": 10})
    picture = page.locator("#preview-picture")
    picture.wait_for(state="visible")
    assert "sheet-0.jpg" in picture.evaluate("e => getComputedStyle(e).backgroundImage")


def test_the_keyboard_is_enough(page: Page, origin: str) -> None:
    page.goto(f"{origin}/watch/demo.film?muted=1")
    playing_past(page, 0.2)
    page.keyboard.press("k")
    page.get_by_role("button", name="Play", exact=True).first.wait_for()
    page.keyboard.press("5")
    page.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 6) < 0.1")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => Math.abs(document.querySelector('video').currentTime - 1) < 0.1")
    page.keyboard.press("m")
    assert page.evaluate("() => document.querySelector('video').muted") is False


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_a_token_in_the_path_goes_with_every_request(page: Page, origin: str, engine: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{origin}/watch/film;URISigningPackage=abc.def?engine={engine}&muted=1")
    playing_past(page, 1)
    below = [url for url in asked if "/vod/" in url]
    assert any(url.endswith(".m4s") for url in below)
    assert all("/vod/demo.film;URISigningPackage=abc.def/" in url for url in below)


def test_nothing_is_asked_of_anybody_else(page: Page, origin: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{origin}/watch/demo.film?muted=1")
    playing_past(page, 1)
    assert [url for url in asked if not url.startswith((origin, "blob:", "data:"))] == []
