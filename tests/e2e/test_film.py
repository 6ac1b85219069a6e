"""Story: I apply samples/film.yaml, and everybody can watch the film."""

import os
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin

import m3u8
import pytest
from lxml import etree
from mpegdash.parser import MPEGDASHParser
from playwright.async_api import Browser

from cli.demo.install import TENANT
from cli.url import Manifest, address_of
from clusters.cache import Cache
from crds.v1alpha1 import MediaAsset
from tests.e2e import media, quiet, viewer
from tests.e2e.platform import ROOT, Platform, condition

SECONDS = 63.36
FRAMES = 1584
RUNGS = ["240p", "360p", "720p"]
SCHEMA = ROOT.parent / "shared" / "conformance" / "dash" / "DASH-MPD.xsd"
PICTURE = ROOT / "docs" / "images" / "watch.png"


@pytest.fixture(scope="module")
def playlists(platform: Platform, film: MediaAsset) -> media.Playlists:
    return media.playlists(platform.url(film))


def test_it_becomes_ready_and_says_what_became_of_it(film: MediaAsset) -> None:
    for type_ in ("Probed", "Encoded", "RightsValid", "Ready"):
        assert condition(film, type_)[0] == "True", type_
    assert film.status is not None
    assert film.status.probe is not None
    assert (film.status.probe.width, film.status.probe.height) == (1280, 720)
    assert abs((film.status.duration_millis or 0) / 1000 - SECONDS) < 0.1
    assert {o.name for o in film.status.renditions} >= set(RUNGS)
    assert all(o.bytes > 0 and o.average_kbps <= o.peak_kbps for o in film.status.renditions)


def test_kubectl_shows_it_as_a_row(film: MediaAsset, platform: Platform) -> None:
    kubectl = Cache.here().programs / "kubectl"
    shown = subprocess.run(
        [kubectl, "--kubeconfig", platform.kubeconfig, "get", "streamverse", "-n", TENANT],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    row = next(r for r in shown.splitlines() if r.startswith("mediaasset"))
    assert film.metadata.name in row
    assert "True" in row


def test_every_rung_decodes_without_a_word(playlists: media.Playlists) -> None:
    assert len(playlists.video) == len(RUNGS)
    for url in playlists.all:
        assert media.complaints(url) == "", url


def test_no_frame_is_lost_and_rungs_switch_at_the_same_instants(
    playlists: media.Playlists,
) -> None:
    keys = [media.key_frames(url) for url in playlists.video]
    assert keys[0]
    assert all(k == keys[0] for k in keys)
    assert all(round(float(b - a), 3) <= 2 for a, b in zip(keys[0], keys[0][1:], strict=False))
    assert media.frame_count(playlists.video[0]) == FRAMES


def test_two_readers_agree_on_the_playlists(playlists: media.Playlists) -> None:
    """The m3u8 package, and ffmpeg's demuxer."""
    for url in playlists.all:
        text = media.get(url).body.decode()
        playlist = m3u8.loads(text)  # type: ignore[no-untyped-call]
        assert playlist.is_endlist
        assert playlist.playlist_type == "vod"
        longest = max(s.duration for s in playlist.segments)
        assert round(longest) <= playlist.target_duration
        total = sum(s.duration for s in playlist.segments)
        seconds = float(media.probe(url, "-show_format")["format"]["duration"])
        assert abs(total - SECONDS) < 0.1
        assert abs(seconds - total) < 0.1


def test_every_byte_that_is_named_is_there(playlists: media.Playlists) -> None:
    for url in playlists.all:
        playlist = m3u8.loads(media.get(url).body.decode())  # type: ignore[no-untyped-call]
        names = [s.uri for s in playlist.segments] + [m.uri for m in playlist.segment_map]
        for name in names:
            answer = media.get(urljoin(url, name), "HEAD")
            assert answer.status == 200, name
            assert int(answer.headers["content-length"]) > 0
            assert "immutable" in answer.headers["cache-control"]


def test_a_part_of_a_segment_can_be_asked_for(playlists: media.Playlists) -> None:
    url = playlists.video[0]
    playlist = m3u8.loads(media.get(url).body.decode())  # type: ignore[no-untyped-call]
    segment = urljoin(url, playlist.segments[0].uri)
    whole = media.get(segment)
    part = media.get(segment, Range="bytes=10-19")
    assert part.status == 206
    assert part.body == whole.body[10:20]
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.body)}"
    same = media.get(segment, If_None_Match=whole.headers["etag"])
    assert (same.status, same.body) == (304, b"")
    assert whole.headers["access-control-allow-origin"] == "*"


def test_the_manifest_is_valid_dash(platform: Platform, film: MediaAsset) -> None:
    answer = media.get(platform.url(film, "dash"))
    assert answer.headers["content-type"].startswith("application/dash+xml")
    told = MPEGDASHParser.parse(answer.body.decode())  # type: ignore[no-untyped-call]
    sets = told.periods[0].adaptation_sets
    assert {s.content_type or s.mime_type.partition("/")[0] for s in sets} >= {"video", "audio"}
    if not SCHEMA.exists():
        print(f"no {SCHEMA}: 0 manifests validated")  # noqa: T201 - counted
        return
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    assert schema.validate(etree.fromstring(answer.body)), schema.error_log
    print("1 manifest validated")  # noqa: T201 - counted


@dataclass(frozen=True)
class Watched:
    """The film from its first frame to its last, which takes a minute."""

    since: datetime
    before: dict[str, str]
    """The versions of what is finished, as it began."""
    players: dict[str, viewer.Watched]


@pytest.fixture(scope="module")
def watched(platform: Platform, film: MediaAsset, browser: Browser) -> Watched:
    url = address_of(film, platform.endpoints.origin_url, Manifest.WATCH)
    since = datetime.now(UTC)
    before = quiet.versions(platform, since=since)
    return Watched(since, before, platform.do(viewer.watch_in_both(browser, url, SECONDS)))


def test_it_plays_to_the_end_with_hls_and_with_dash(watched: Watched) -> None:
    for engine, seen in watched.players.items():
        assert (seen.errors, seen.stalls, seen.complaints) == ([], 0, []), engine
        assert sorted(seen.rungs) == sorted(RUNGS), engine
        assert seen.switches >= 2, engine
        assert seen.position == pytest.approx(SECONDS, abs=0.3), engine
        assert seen.decoded_frames > 0.9 * FRAMES, engine


def test_nothing_is_written_to_settled_objects(platform: Platform, watched: Watched) -> None:
    assert datetime.now(UTC) - watched.since > timedelta(seconds=60)
    quiet.unchanged(platform, watched.before, since=watched.since)


def test_the_page_looks_as_the_readme_shows_it(
    platform: Platform, film: MediaAsset, browser: Browser, tmp_path: Path
) -> None:
    """With STREAMVERSE_TAKE_PICTURES=1, docs/images/watch.png is taken anew."""
    take = os.environ.get("STREAMVERSE_TAKE_PICTURES") == "1"
    path = PICTURE if take else tmp_path / "watch.png"
    url = address_of(film, platform.endpoints.origin_url, Manifest.WATCH)
    platform.do(viewer.picture(browser, url, path, 7))
    assert path.read_bytes().startswith(b"\x89PNG")
    assert PICTURE.stat().st_size <= viewer.LARGEST_PICTURE


def test_the_bare_name_leads_to_the_canonical_address(platform: Platform, film: MediaAsset) -> None:
    origin = platform.endpoints.origin_url
    bare = media.get(f"{origin}/vod/{film.metadata.name}/master.m3u8")
    assert bare.status == 200, "the redirect was not followed to anything"
    assert bare.body == media.get(platform.url(film)).body


def test_relative_names_keep_a_token_in_the_path(platform: Platform, film: MediaAsset) -> None:
    text = media.get(platform.url(film)).body.decode()
    names = re.findall(r'URI="([^"]+)"', text) + [
        line for line in text.splitlines() if line and not line.startswith("#")
    ]
    assert names
    assert not [n for n in names if n.startswith("/") or "://" in n]
