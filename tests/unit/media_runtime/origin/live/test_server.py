"""/live/{channel}/… as a player, an edge and the page meet it."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crds.live import ChannelState, Refusal
from media_runtime.origin.app import origin
from media_runtime.store import Store

from ..shop import settings  # noqa: TID252 - builders of a sibling
from .pods import FIRST, NOON, PaperDoor, state

PLAYLIST = b"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n" + b"#EXTINF:2.000000,\n" * 100
"""As large as is worth compressing."""
BLOCKING = "/live/demo.news/720p.m3u8?_HLS_msn=8&_HLS_part=1"


def door(known: ChannelState | None) -> PaperDoor:
    """To one pod that says this of itself, or to none."""
    found = PaperDoor()
    if known:
        found.states[FIRST] = known
    for path in ("master.m3u8", "720p.m3u8", "720p.m3u8?_HLS_msn=8&_HLS_part=1"):
        found.answers[FIRST, path] = [PLAYLIST]
    found.answers[FIRST, "720p/7.m4s"] = [b"media"]
    return found


def viewer(known: ChannelState | None = None, **changes: object) -> TestClient:
    """Of a replica that knows the channel demo.news."""
    told = settings(live_pods={"demo.news": str(FIRST)}, **changes)  # type: ignore[arg-type]
    app = origin(Store.in_memory(), told, door(known))
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)


def on_air(**changes: object) -> TestClient:
    return viewer(state(**changes))


def test_a_playlist_is_told_as_the_pod_made_it() -> None:
    answer = on_air().get("/live/demo.news/720p.m3u8")
    assert (answer.status_code, answer.content) == (200, PLAYLIST)
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_whoever_asks_gets_the_same() -> None:
    client = on_air()
    answers = [
        client.get(BLOCKING, headers={"User-Agent": agent, "Cookie": f"viewer={agent}"})
        for agent in ("a", "b")
    ]
    assert answers[0].headers == answers[1].headers
    assert answers[0].content == answers[1].content
    assert "set-cookie" not in answers[0].headers


def test_what_a_viewer_has_is_not_sent_again() -> None:
    client = on_air()
    etag = client.get(BLOCKING).headers["etag"]
    again = client.get(BLOCKING, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert again.headers["cache-control"] == "public, max-age=12"


def test_a_head_request_is_told_the_same_without_the_bytes() -> None:
    client = on_air()
    whole, head = (
        client.get("/live/demo.news/720p/7.m4s"),
        client.head("/live/demo.news/720p/7.m4s"),
    )
    assert head.headers == whole.headers


def test_live_is_only_read() -> None:
    answer = on_air().post("/live/demo.news/720p/7.m4s")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("path", "status"),
    [(f"{'x' * 300}.m3u8", 404), ("720p.m3u8?_HLS_msn=" + "0" * 300, 400), ("state", 404)],
)
def test_what_no_player_asks_is_not_passed_on(path: str, status: int) -> None:
    assert on_air().get(f"/live/demo.news/{path}").status_code == status


def test_a_bare_name_is_the_default_tenant_s() -> None:
    client = on_air()
    answer = client.get("/live/news;token=x/720p.m3u8?_HLS_msn=8&_HLS_part=1")
    assert answer.status_code == 308
    assert answer.headers["location"] == (
        "/live/demo.news;token=x/720p.m3u8?_HLS_msn=8&_HLS_part=1"
    )
    assert client.get("/live/demo.news;token=x/master.m3u8").status_code == 200


@pytest.mark.parametrize(
    "name", ["demo.news.evil", "127.0.0.1", "demo.NEWS", "demo.news:80", "demo.-news", "demo..news"]
)
def test_only_a_channel_s_name_is_ever_looked_up(name: str) -> None:
    answer = on_air().get(f"/live/{name}/master.m3u8")
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadName")


def test_a_channel_that_never_was_is_not_found_in_clear_words() -> None:
    answer = on_air().get("/live/demo.sports/master.m3u8")
    assert (answer.status_code, answer.headers["streamverse-reason"]) == (404, "NotFound")
    assert answer.json()["detail"] == (
        "no channel demo.sports: there is no Channel sports in the namespace demo"
    )


@pytest.mark.parametrize("path", ["master.m3u8", "720p.m3u8", "start-over/1783000000/720p.m3u8"])
def test_a_stale_channel_s_manifests_make_an_edge_look_elsewhere(path: str) -> None:
    answer = on_air(stale="STALE_MANIFEST").get(f"/live/demo.news/{path}")
    assert answer.status_code == 503
    assert answer.headers["streamverse-reason"] == "STALE_MANIFEST"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["reason"] == "STALE_MANIFEST"


def test_a_stale_channel_s_segments_are_still_served() -> None:
    assert on_air(stale="STALE_MANIFEST").get("/live/demo.news/720p/7.m4s").status_code == 200


def test_a_slate_is_watched_unless_an_edge_shall_fail_over() -> None:
    path = "/live/demo.news/master.m3u8"
    assert on_air(stale="SLATE_INPUT").get(path).status_code == 200
    strict = viewer(state(stale="SLATE_INPUT"), live_fail_over_on=["SLATE_INPUT"])
    assert strict.get(path).headers["streamverse-reason"] == "SLATE_INPUT"


def test_the_state_tells_the_same_truth_as_the_manifests() -> None:
    def told(client: TestClient) -> tuple[str, str | None, int]:
        known = client.get("/live/demo.news/state.json").json()
        return (
            known["state"],
            known["reason"],
            client.get("/live/demo.news/master.m3u8").status_code,
        )

    assert told(on_air()) == ("OnAir", None, 200)
    assert told(on_air(stale="SLATE_INPUT")) == ("OnAir", "SLATE_INPUT", 200)
    assert told(on_air(stale="STALE_MANIFEST")) == ("Stale", "STALE_MANIFEST", 503)
    assert told(on_air(timeline=None)) == ("Starting", "INCOMPLETE_MANIFEST", 503)
    assert told(on_air(ended=True)) == ("Ended", None, 200)
    assert told(viewer()) == ("Away", "STALE_MANIFEST", 503)


def test_viewers_learn_nothing_of_publishers_but_their_inputs_names() -> None:
    refused = Refusal(at=NOON, input="camera", protocol="RTMP", peer="192.0.2.7:5", reason="InUse")
    text = on_air(refusals=[refused]).get("/live/demo.news/state.json").text
    assert "camera" in text
    assert "192.0.2.7" not in text


def test_the_clock_is_never_kept() -> None:
    answer = on_air().get("/live/demo.news/clock")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.endswith("Z")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    for file in ("watch.html", "live.html", "index.html"):
        (tmp_path / file).write_text(file)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "status"), [("demo.news", 200), ("demo.sports", 404), ("live", 308)]
)
def test_a_channel_has_a_page_that_explains_in_any_case(page: Path, name: str, status: int) -> None:
    answer = viewer(state(), player=page).get(f"/watch/live/{name}")
    assert answer.status_code == status
    assert status == 308 or answer.text == "live.html"


def test_the_page_of_a_bare_name_is_its_tenant_s(page: Path) -> None:
    answer = viewer(state(), player=page).get("/watch/live/live?engine=dash")
    assert answer.headers["location"] == "/watch/live/demo.live?engine=dash"


def test_the_page_of_a_channel_that_is_away_says_so(page: Path) -> None:
    assert viewer(player=page).get("/watch/live/demo.news").status_code == 503


def test_live_requests_are_counted_by_what_they_want_and_never_by_name() -> None:
    client = on_air()
    for _ in range(3):
        client.get(BLOCKING)
    text = client.get("/metrics").text
    name = "streamverse_origin_live_answers_total"
    assert f'{name}{{kind="playlist",source="fetched"}} 1.0' in text
    assert f'{name}{{kind="playlist",source="memory"}} 2.0' in text
    assert "news" not in text
