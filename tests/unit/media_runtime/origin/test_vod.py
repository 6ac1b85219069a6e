"""What a player gets when it asks the origin."""

import asyncio
import gzip
from hashlib import sha256
from itertools import pairwise
from urllib.parse import urljoin

import pytest

from media_runtime.origin.hls import media_playlist, multivariant_playlist
from media_runtime.origin.urls import revision
from media_runtime.store import Store
from media_runtime.title import records
from media_runtime.title.assemble import assemble
from media_runtime.title.index import Ended
from media_runtime.title.ledger import Entry
from media_runtime.title.plan import Plan

from ..title.films import (  # noqa: TID252 - builders of a sibling
    all_audio,
    chunk_entry,
    film,
    whole_ledger,
)
from .rfc8216 import Playlist, reloaded
from .shop import LAYOUT, WatchedStore, below, media_bytes, name, stocked, viewer
from .titles import LADDER, SHEETS, TITLE, audio, index, uid

PILOT = index(*LADDER, audio(), images=SHEETS)
IMMUTABLE = "public, max-age=31536000, immutable"


def test_a_title_is_served_as_hls() -> None:
    answer = viewer(stocked(PILOT)).get("/vod/demo.pilot/master.m3u8")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert answer.headers["cache-control"] == "public, max-age=30, stale-if-error=60"
    assert answer.text == multivariant_playlist(PILOT)


def test_a_title_is_served_as_dash() -> None:
    answer = viewer(stocked(PILOT)).get("/vod/demo.pilot/manifest.mpd")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/dash+xml"


@pytest.mark.parametrize(
    ("path", "mime"),
    [
        ("480p/init.mp4", "video/mp4"),
        ("480p/0.m4s", "video/mp4"),
        ("stereo/init.mp4", "audio/mp4"),
        ("stereo/4.m4s", "audio/mp4"),
        ("poster.jpg", "image/jpeg"),
        ("sheet-1.jpg", "image/jpeg"),
    ],
)
def test_bytes_below_the_revision_may_be_kept_for_ever(path: str, mime: str) -> None:
    answer = viewer(stocked(PILOT)).get(below(PILOT, path))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == mime
    assert answer.headers["cache-control"] == IMMUTABLE
    assert answer.headers["accept-ranges"] == "bytes"
    assert len(answer.content) == int(answer.headers["content-length"])


def test_thumbnails_are_web_vtt() -> None:
    answer = viewer(stocked(PILOT)).get(below(PILOT, "thumbnails.vtt"))
    assert answer.headers["content-type"] == "text/vtt; charset=utf-8"
    assert answer.text.startswith("WEBVTT")


def test_every_uri_of_the_playlists_leads_to_bytes() -> None:
    client = viewer(stocked(PILOT))
    for track in ("360p", "480p", "1080p", "stereo"):
        playlist = client.get(below(PILOT, f"{track}.m3u8"))
        uris = [line for line in playlist.text.splitlines() if not line.startswith("#")]
        assert len(uris) == 5
        for uri in uris:
            assert client.get(below(PILOT, uri)).status_code == 200


def test_a_segment_is_exactly_its_bytes_of_its_object() -> None:
    store = stocked(PILOT)
    run = PILOT.video[1].runs[0]
    answer = viewer(store).get(below(PILOT, "480p/2.m4s"))
    assert answer.content == media_bytes(run.key, run.run)[2000:3000]
    assert store.streamed == [(LAYOUT.media(run.key, run.run), 2000, 1000)]


def test_a_range_of_a_segment_is_read_from_the_store_as_such() -> None:
    store = stocked(PILOT)
    run = PILOT.video[1].runs[0]
    answer = viewer(store).get(below(PILOT, "480p/2.m4s"), headers={"range": "bytes=100-199"})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == "bytes 100-199/1000"
    assert answer.content == media_bytes(run.key, run.run)[2100:2200]
    assert store.streamed == [(LAYOUT.media(run.key, run.run), 2100, 100)]


def test_a_range_past_the_end_is_refused_with_the_size() -> None:
    answer = viewer(stocked(PILOT)).get(
        below(PILOT, "480p/2.m4s"), headers={"range": "bytes=1000-"}
    )
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */1000"


def test_a_range_of_what_the_client_had_is_not_mixed_with_other_bytes() -> None:
    client, path = viewer(stocked(PILOT)), below(PILOT, "480p/2.m4s")
    asked = {"range": "bytes=100-199", "if-range": '"another"'}
    assert client.get(path, headers=asked).status_code == 200


def test_head_tells_the_same_without_reading_the_bytes() -> None:
    store = stocked(PILOT)
    answer = viewer(store).head(below(PILOT, "480p/2.m4s"))
    assert (answer.status_code, answer.headers["content-length"]) == (200, "1000")
    assert store.streamed == []


@pytest.mark.parametrize(
    "path",
    ["/vod/demo.pilot/master.m3u8", "/vod/demo.pilot/manifest.mpd"]
    + [below(PILOT, p) for p in ("480p.m3u8", "480p/0.m4s", "480p/init.mp4", "sheet-0.jpg")],
)
def test_a_client_that_has_it_is_told_so(path: str) -> None:
    client = viewer(stocked(PILOT))
    first = client.get(path)
    again = client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == first.headers["cache-control"]


def test_a_segment_s_etag_is_its_content_s() -> None:
    answer = viewer(stocked(PILOT)).get(below(PILOT, "480p/2.m4s"))
    assert answer.headers["etag"] == f'"{PILOT.video[1].runs[0].segments[2].sha256[:32]}"'


def test_playlists_travel_compressed_to_who_takes_it() -> None:
    client, path = viewer(stocked(PILOT)), "/vod/demo.pilot/manifest.mpd"
    zipped = client.get(path, headers={"accept-encoding": "gzip"})
    plain = client.get(path, headers={"accept-encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(zipped.headers["content-length"]) < int(plain.headers["content-length"])
    assert zipped.content == plain.content
    assert zipped.headers["etag"] != plain.headers["etag"]
    assert zipped.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"


def test_compressed_bytes_are_the_same_at_every_replica() -> None:
    def raw() -> bytes:
        asked = {"accept-encoding": "gzip"}
        path = "/vod/demo.pilot/manifest.mpd"
        with viewer(stocked(PILOT)).stream("GET", path, headers=asked) as answer:
            return b"".join(answer.iter_raw())

    assert raw() == raw()
    assert gzip.decompress(raw()).startswith(b"<?xml")


def test_a_bare_name_is_led_to_its_tenant_with_token_and_query() -> None:
    answer = viewer(stocked(PILOT)).get("/vod/pilot;URISigningPackage=a.b/master.m3u8?x=1")
    assert answer.status_code == 308
    assert answer.headers["location"] == "/vod/demo.pilot;URISigningPackage=a.b/master.m3u8?x=1"


def test_a_bare_name_is_unknown_where_no_tenant_is_the_default() -> None:
    answer = viewer(stocked(PILOT), default_tenant="").get("/vod/pilot/master.m3u8")
    assert answer.status_code == 404
    assert "{tenant}.pilot" in answer.json()["detail"]


def test_a_token_in_the_path_changes_nothing() -> None:
    client = viewer(stocked(PILOT))
    plain = client.get("/vod/demo.pilot/master.m3u8")
    signed = client.get("/vod/demo.pilot;URISigningPackage=eyJ.eyJ.sig/master.m3u8")
    assert signed.content == plain.content


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/vod/demo.nothing/master.m3u8", "NotFound"),
        ("/vod/other.pilot/master.m3u8", "NotFound"),
        (below(PILOT, "720p.m3u8"), "NotFound"),
        (below(PILOT, "480p/5.m4s"), "NotFound"),
        (below(PILOT, "480p/-1.m4s"), "NotFound"),
        (below(PILOT, "sheet-2.jpg"), "NotFound"),
        (f"/vod/demo.pilot/{'0' * 32}/480p/0.m4s", "NotFound"),
        ("/vod/demo.pilot/0000000000/480p/0.m4s", "NotFound"),
        (below(PILOT, "480p/0.m4s").replace("demo.pilot", "demo.other"), "NotFound"),
        (below(PILOT, "480p/0.m4s").replace("demo.pilot", "other.pilot"), "NotFound"),
        ("/vod/demo.pilot/master.mp4", "NotFound"),
        ("/vod/", "NotFound"),
    ],
)
def test_what_is_not_there_is_not_found(path: str, reason: str) -> None:
    answer = viewer(stocked(PILOT)).get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"] == reason
    assert answer.headers["cache-control"] == "public, max-age=1"


@pytest.mark.parametrize(
    "asset", ["..", "%2e%2e", "demo.%2e%2e%2fpilot", "Demo.Pilot", "demo.pilot%00", "a.b.c"]
)
def test_a_name_that_is_none_never_reaches_the_store(asset: str) -> None:
    store = stocked(PILOT)
    answer = viewer(store).get(f"/vod/{asset}/master.m3u8")
    assert answer.status_code in {400, 404}
    assert not store.reads


def test_a_title_that_is_not_packaged_so_says_so() -> None:
    title = index(hls=False)
    answer = viewer(stocked(title)).get("/vod/demo.pilot/master.m3u8")
    assert answer.status_code == 404
    assert "packaging.hls" in answer.json()["detail"]


def test_bytes_that_were_deleted_under_a_known_title_are_not_found() -> None:
    store = stocked(PILOT)
    client = viewer(store)
    client.get("/vod/demo.pilot/master.m3u8")
    run = PILOT.video[1].runs[0]
    asyncio.run(store.delete([LAYOUT.media(run.key, run.run)]))
    answer = client.get(below(PILOT, "480p/0.m4s"))
    assert answer.status_code == 404
    assert "deleted" in answer.json()["detail"]


def test_a_player_on_any_page_may_ask_and_see_what_it_needs() -> None:
    answer = viewer(stocked(PILOT)).get("/vod/demo.pilot/master.m3u8")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Content-Range" in answer.headers["access-control-expose-headers"]


def test_a_refusal_can_be_read_by_a_player_on_another_page() -> None:
    answer = viewer(stocked(PILOT)).get("/vod/demo.nothing/master.m3u8")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_preflight_allows_ranges() -> None:
    answer = viewer(stocked(PILOT)).options(
        below(PILOT, "480p/0.m4s"),
        headers={"origin": "https://a.example", "access-control-request-headers": "range"},
    )
    assert answer.status_code == 204
    assert "Range" in answer.headers["access-control-allow-headers"]
    assert "GET" in answer.headers["access-control-allow-methods"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(method: str) -> None:
    answer = viewer(stocked(PILOT)).request(method, "/vod/demo.pilot/master.m3u8")
    assert answer.status_code == 405
    assert answer.json()["reason"] == "MethodNotAllowed"


def test_one_page_of_json_says_what_a_title_is() -> None:
    told = viewer(stocked(PILOT)).get("/vod/demo.pilot/title.json").json()
    assert (told["state"], told["asset"], told["durationSeconds"]) == ("Complete", "demo.pilot", 20)
    assert [r["name"] for r in told["renditions"]] == ["360p", "480p", "1080p"]
    assert told["thumbnails"] == f"{told['revision']}/thumbnails.vtt"
    assert told["audio"][0]["label"] == "English"


def test_a_title_whose_first_segments_are_not_there_yet_asks_for_patience() -> None:
    store = WatchedStore()
    asyncio.run(name(store, "pilot", TITLE))
    asyncio.run(store.write(LAYOUT.plan(TITLE), empty_plan().to_json()))
    client = viewer(store)
    answer = client.get("/vod/demo.pilot/master.m3u8")
    assert (answer.status_code, answer.json()["reason"]) == (404, "NotYetEncoded")
    assert answer.headers["retry-after"] == "2"
    assert client.get("/vod/demo.pilot/title.json").json()["state"] == "Waiting"


def write(store: Store, *entries: Entry) -> None:
    for entry in entries:
        asyncio.run(records.write_entry(store, LAYOUT, entry))
        asyncio.run(store.write(LAYOUT.media(entry.key, entry.run), b"-" * 1_000_000))


def growing(plan: Plan) -> WatchedStore:
    """Its first chunk and all of its sound are there."""
    store = WatchedStore()
    asyncio.run(records.write_plan(store, LAYOUT, plan))
    asyncio.run(name(store, plan.name, plan.title))
    write(store, *(chunk_entry(plan, rung.name, 0) for rung in plan.rungs))
    write(store, *all_audio(plan, "stereo"))
    return store


def test_a_growing_playlist_keeps_its_url_and_its_kind_to_its_end() -> None:
    plan = film(chunk_segments=(2, 3))
    store = growing(plan)
    master = viewer(store).get("/vod/demo.pilot/master.m3u8").text
    path = f"{revision(TITLE)}/growing/360p.m3u8"
    assert path in master.splitlines()

    def loaded() -> str:
        return viewer(store).get(f"/vod/demo.pilot/{path}").text

    seen = [loaded()]
    write(store, *(chunk_entry(plan, rung.name, 1) for rung in plan.rungs))
    seen.append(loaded())
    whole = assemble(plan, whole_ledger(plan), None, complete=True)
    assert whole
    asyncio.run(records.write_index(store, LAYOUT, whole))
    seen.append(loaded())
    assert [reloaded(a, b) for a, b in pairwise(seen)] == [[], []]
    assert [text.count("#EXTINF") for text in seen] == [2, 5, 5]
    assert [text.count("#EXT-X-ENDLIST") for text in seen] == [0, 0, 1]


def test_a_title_that_is_not_whole_has_no_vod_playlist() -> None:
    answer = viewer(growing(film())).get(f"/vod/demo.pilot/{revision(TITLE)}/360p.m3u8")
    assert (answer.status_code, answer.json()["reason"]) == (404, "NotYetEncoded")


def test_every_uri_of_a_growing_playlist_leads_to_bytes_token_included() -> None:
    client, base = viewer(growing(film())), "http://testserver/vod/demo.pilot;t=1/master.m3u8"
    master = Playlist(client.get(base).text)
    playlist = urljoin(base, master.uris[0])
    uris = Playlist(client.get(playlist).text).uris
    assert len(uris) == 2
    for uri in uris:
        assert client.get(urljoin(playlist, uri)).status_code == 200
        assert ";t=1/" in urljoin(playlist, uri)


def test_a_segment_that_another_replica_has_named_is_served_at_once() -> None:
    plan = film(chunk_segments=(2, 3))
    store = growing(plan)
    late, path = viewer(store), f"/vod/demo.pilot/{revision(TITLE)}/360p/3.m4s"
    assert late.get(path).json()["reason"] == "NotYetEncoded"
    write(store, *(chunk_entry(plan, rung.name, 1) for rung in plan.rungs))
    assert late.get(path).status_code == 200


def test_a_viewer_of_a_title_that_was_published_anew_plays_on() -> None:
    client = viewer(stocked(PILOT, PILOT.model_copy(update={"title": uid(2)})))
    assert uid(2).replace("-", "") in client.get("/vod/demo.pilot/master.m3u8").text
    for path in ("480p.m3u8", "480p/init.mp4", "480p/2.m4s", "thumbnails.vtt"):
        assert client.get(below(PILOT, path)).status_code == 200


def ended(store: WatchedStore) -> WatchedStore:
    why = Ended(reason="VerifyFailed", message="720p lacks its last segment")
    asyncio.run(records.write_ended(store, LAYOUT, TITLE, why))
    return store


@pytest.mark.parametrize(
    "path", ["master.m3u8", "manifest.mpd", f"{revision(TITLE)}/growing/360p.m3u8"]
)
def test_players_of_a_title_that_ended_are_told_to_stop_and_why(path: str) -> None:
    answer = viewer(ended(growing(film()))).get(f"/vod/demo.pilot/{path}")
    assert (answer.status_code, answer.json()["reason"]) == (410, "VerifyFailed")
    assert "720p lacks its last segment" in answer.json()["detail"]


def test_segments_of_a_title_that_ended_are_still_there() -> None:
    client = viewer(ended(growing(film())))
    assert client.get(f"/vod/demo.pilot/{revision(TITLE)}/360p/1.m4s").status_code == 200
    answer = client.get(f"/vod/demo.pilot/{revision(TITLE)}/360p/2.m4s")
    assert answer.json()["reason"] == "NotFound"


def test_the_title_says_that_it_failed_and_why() -> None:
    told = viewer(ended(growing(film()))).get("/vod/demo.pilot/title.json").json()
    assert (told["state"], told["reason"]) == ("Failed", "VerifyFailed")
    assert told["message"] == "720p lacks its last segment"
    assert (told["hls"], told["dash"]) == (None, None)


def test_a_title_of_a_later_release_asks_for_patience_instead_of_failing() -> None:
    store = stocked(PILOT)
    later = PILOT.to_json().replace(b'"version":1', b'"version":2')
    asyncio.run(store.write(LAYOUT.index(TITLE), later))
    answer = viewer(store).get("/vod/demo.pilot/master.m3u8")
    assert (answer.status_code, answer.json()["reason"]) == (503, "NewerTitle")
    assert answer.headers["retry-after"] == "2"


def test_a_field_of_a_later_release_is_no_obstacle() -> None:
    store = stocked(PILOT)
    later = PILOT.to_json().replace(b'"version":1', b'"version":1,"subtitles":[]')
    asyncio.run(store.write(LAYOUT.index(TITLE), later))
    assert viewer(store).get("/vod/demo.pilot/master.m3u8").status_code == 200


def test_a_name_whose_title_is_gone_is_not_found() -> None:
    store = WatchedStore()
    asyncio.run(name(store, "pilot", TITLE))
    assert viewer(store).get("/vod/demo.pilot/master.m3u8").status_code == 404


def test_init_and_playlist_are_made_for_the_rendition_that_is_asked_for() -> None:
    client = viewer(stocked(PILOT))
    assert client.get(below(PILOT, "stereo.m3u8")).text == media_playlist(
        PILOT, PILOT.audio[0], "stereo"
    )
    etag = client.get(below(PILOT, "stereo/init.mp4")).headers["etag"]
    assert etag == f'"{sha256(b"init-stereo").hexdigest()[:32]}"'


def empty_plan() -> Plan:
    return Plan.model_validate(
        {
            "title": TITLE,
            "name": "pilot",
            "source": {"uri": "s3://b/demo/f.mp4", "etag": "e", "size": 1, "format": "mov"},
            "engine": "test",
            "duration_seconds": "20",
            "gop_seconds": "2",
            "segment_seconds": "4",
            "video": None,
            "rungs": [],
            "audio": [audio().rendition.model_dump()],
            "audio_keys": {"stereo": "key-stereo-0"},
            "images": None,
            "chunks": [],
            "tasks": ["audio"],
        }
    )
