"""The rest of the origin: what runs it, what watches it, and the page."""

import asyncio
import json
from pathlib import Path

import pytest

from media_runtime.origin.settings import OriginSettings
from media_runtime.title import records
from media_runtime.title.index import Ended

from ..title.films import film  # noqa: TID252 - builders of a sibling
from .shop import LAYOUT, WatchedStore, below, name, stocked, viewer
from .titles import TITLE, index

PILOT = index()


def test_it_is_alive_whatever_becomes_of_the_store() -> None:
    store = WatchedStore()
    store.away = True
    assert viewer(store).get("/healthz").status_code == 200


def test_it_is_ready_once_the_store_has_answered_and_stays_so() -> None:
    store = WatchedStore()
    client = viewer(store)
    store.away = True
    assert client.get("/readyz").status_code == 503
    store.away = False
    assert client.get("/readyz").status_code == 200
    store.away = True
    assert client.get("/readyz").status_code == 200


def test_without_the_store_a_viewer_is_told_when_to_come_back() -> None:
    store = stocked(PILOT)
    store.away = True
    answer = viewer(store).get("/vod/demo.pilot/master.m3u8")
    assert (answer.status_code, answer.json()["reason"]) == (503, "StoreAway")
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["cache-control"] == "no-store"


def test_without_the_store_a_known_title_keeps_its_playlists() -> None:
    store = stocked(PILOT)
    client = viewer(store)
    before = client.get("/vod/demo.pilot/master.m3u8")
    store.away = True
    assert client.get("/vod/demo.pilot/master.m3u8").content == before.content
    assert client.get(below(PILOT, "720p.m3u8")).status_code == 200
    segment = client.get(below(PILOT, "720p/0.m4s"))
    assert (segment.status_code, segment.headers["retry-after"]) == (503, "2")


def counted(text: str, line: str) -> float:
    found = [row.rsplit(" ", 1)[1] for row in text.splitlines() if row.startswith(line)]
    return float(found[0]) if found else 0.0


def test_requests_are_counted_by_route_and_status_and_never_by_name() -> None:
    client = viewer(stocked(PILOT))
    client.get(below(PILOT, "720p/0.m4s"))
    client.get("/vod/demo.secret-name/master.m3u8")
    client.get("/no/such/path")
    text = client.get("/metrics").text
    segments = '{route="/vod/{asset}/{revision}/{rendition}/{n:number}.m4s"'
    assert counted(text, f'streamverse_origin_requests_total{segments},status="200"}}') == 1
    assert counted(text, f"streamverse_origin_response_bytes_total{segments}}}") == 1000
    assert counted(text, f"streamverse_origin_request_seconds_count{segments}}}") == 1
    missing = '{route="/vod/{asset}/master.m3u8",status="404"}'
    assert counted(text, f"streamverse_origin_requests_total{missing}") == 1
    assert counted(text, 'streamverse_origin_requests_total{route="none",status="404"}') == 1
    assert "secret-name" not in text


def test_reads_that_the_store_failed_are_counted() -> None:
    store = stocked(PILOT)
    store.away = True
    client = viewer(store)
    client.get("/vod/demo.pilot/master.m3u8")
    text = client.get("/metrics").text
    assert counted(text, 'streamverse_origin_store_errors_total{what="index"}') == 1


@pytest.fixture
def page(tmp_path: Path) -> Path:
    for file in ("watch.html", "index.html", "watch.js"):
        (tmp_path / file).write_text(file)
    return tmp_path


def test_the_page_runs_only_what_comes_with_it(page: Path) -> None:
    answer = viewer(stocked(PILOT), player=page).get("/watch/demo.pilot")
    policy = answer.headers["content-security-policy"]
    assert (answer.status_code, answer.text) == (200, "watch.html")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_the_page_of_an_unknown_title_explains_but_is_not_found(page: Path) -> None:
    answer = viewer(stocked(PILOT), player=page).get("/watch/demo.nothing")
    assert (answer.status_code, answer.text) == (404, "watch.html")


def test_the_page_of_a_title_that_failed_explains_but_is_gone(page: Path) -> None:
    store = stocked()
    asyncio.run(records.write_plan(store, LAYOUT, film()))
    asyncio.run(name(store, "pilot", TITLE))
    asyncio.run(records.write_ended(store, LAYOUT, TITLE, Ended(reason="VerifyFailed")))
    answer = viewer(store, player=page).get("/watch/demo.pilot")
    assert (answer.status_code, answer.text) == (410, "watch.html")


def test_the_page_of_a_bare_name_is_its_tenant_s(page: Path) -> None:
    answer = viewer(stocked(PILOT), player=page).get("/watch/pilot;t=1?engine=dash")
    assert answer.status_code == 308
    assert answer.headers["location"] == "/watch/demo.pilot;t=1?engine=dash"


@pytest.mark.parametrize(
    "path",
    [
        f"/vod/demo.pilot/{TITLE}/720p/{'9' * 5000}.m4s",
        "/vod%2Fpilot%2Fmaster.m3u8",
        "/vod/pilot%2Fmaster.m3u8",
    ],
)
def test_what_no_player_asks_is_not_found(path: str) -> None:
    assert viewer(stocked(PILOT)).get(path).status_code == 404


def test_the_page_is_there_though_the_store_is_not(page: Path) -> None:
    store = stocked(PILOT)
    store.away = True
    answer = viewer(store, player=page).get("/watch/demo.pilot")
    assert (answer.status_code, answer.text) == (503, "watch.html")


def test_nothing_outside_the_page_s_folder_is_served(page: Path) -> None:
    (page.parent / "secret.txt").write_text("secret")
    client = viewer(stocked(PILOT), player=page)
    assert client.get("/player/watch.js").status_code == 200
    for path in ("../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "/etc/passwd"):
        assert client.get(f"/player/{path}").status_code == 404


def test_a_page_that_is_not_built_is_said_so(tmp_path: Path) -> None:
    answer = viewer(stocked(PILOT), player=tmp_path / "none").get("/watch/demo.pilot")
    assert (answer.status_code, answer.json()["reason"]) == (501, "NoPlayer")


def test_a_broken_index_is_a_bug_that_tells_a_viewer_nothing() -> None:
    store = stocked(PILOT)
    asyncio.run(store.write(LAYOUT.index(TITLE), b'{"secret": 1}'))
    answer = viewer(store).get("/vod/demo.pilot/master.m3u8")
    assert (answer.status_code, answer.json()["reason"]) == (500, "Bug")
    assert "secret" not in answer.text


def test_the_locked_players_name_no_registry() -> None:
    assert OriginSettings.model_fields["player_dir"].default.name == "dist"
    folder = OriginSettings.model_fields["player_dir"].default.parent
    lock = json.loads((folder / "package-lock.json").read_text())
    players = {"hls.js", "hls.js-1.6", "shaka-player"}
    assert lock["packages"].keys() == {"", *(f"node_modules/{name}" for name in players)}
    assert all("resolved" not in package for package in lock["packages"].values())
