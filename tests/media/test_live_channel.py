"""A channel on air, from a test picture to what players fetch of it."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from lxml import etree

from tests.media.live_pod import RENDITIONS, LivePod, live_pod
from tests.unit.media_runtime.live.lint import breaches, read, reloaded


@pytest.fixture(scope="module")
def pod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LivePod]:
    with live_pod(tmp_path_factory.mktemp("channel")) as found:
        yield found


def played(url: str, *flags: str) -> str:
    """What ffmpeg complains of when it plays three seconds."""
    argv = ["ffmpeg", "-nostdin", "-v", "warning", *flags, "-i", url, "-t", "3", "-f", "null", "-"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=40, check=False)
    return done.stderr if done.returncode == 0 else f"exit {done.returncode}: {done.stderr}"


@pytest.mark.parametrize("path", ["master.m3u8", "manifest.mpd"])
def test_a_player_plays_it_without_a_complaint(pod: LivePod, path: str) -> None:
    assert played(f"{pod.url}/live/{path}") == ""


@pytest.mark.parametrize("rendition", RENDITIONS)
def test_every_playlist_keeps_the_rules_from_part_to_part(pod: LivePod, rendition: str) -> None:
    before = pod.playlist(rendition)
    assert breaches(before) == []
    for _ in range(8):
        newest = before.segments[-1]
        grows = newest.seconds is None
        msn, part = (newest.msn, len(newest.parts)) if grows else (newest.msn + 1, 0)
        after = pod.playlist(rendition, f"?_HLS_msn={msn}&_HLS_part={part}")
        assert breaches(after) == []
        assert list(reloaded(before, after)) == []
        assert (after.segments[-1].msn, len(after.segments[-1].parts)) >= (msn, part + 1)
        before = after


def test_a_delta_update_is_the_rest_of_the_whole(pod: LivePod) -> None:
    pod.until(lambda: len(pod.playlist().segments) > 9)
    newest = pod.playlist().segments[-1].msn
    query = f"?_HLS_msn={newest + 1}"
    with ThreadPoolExecutor() as at_once:
        both = at_once.map(
            pod.get, (f"/live/180p.m3u8{query}", f"/live/180p.m3u8{query}&_HLS_skip=YES")
        )
        whole, delta = (answer.text for answer in both)
    assert "EXT-X-SKIP" in delta
    assert delta.splitlines()[-12:] == whole.splitlines()[-12:]
    assert breaches(read(delta, read(whole))) == []


def test_a_hundred_who_wait_for_a_part_get_one_answer_that_was_made_once(pod: LivePod) -> None:
    newest = pod.playlist("90p").segments[-1].msn
    made = pod.metric("playlists_made_total")
    query = f"/live/90p.m3u8?_HLS_msn={newest + 1}&_HLS_part=3"
    with ThreadPoolExecutor(100) as crowd:
        answers = list(crowd.map(pod.get, [query] * 100))
    assert {answer.status for answer in answers} == {200}
    assert max(answer.seconds for answer in answers) > 0.2
    # whoever was slow to come has a later part's
    contents = {answer.content for answer in answers}
    ends = [read(content.decode()).segments[-1] for content in contents]
    assert min((end.msn, len(end.parts)) for end in ends) >= (newest + 1, 4)
    assert pod.metric("playlists_made_total") - made == len(contents)
    assert answers[0].headers["Cache-Control"] == "public, max-age=12"


def test_the_hinted_part_is_held_until_it_is_there(pod: LivePod) -> None:
    playlist = pod.playlist()
    hinted = playlist.hints[0]["URI"].strip('"')
    answer = pod.get(f"/live/{hinted}")
    assert answer.status == 200
    assert b"moof" in answer.content
    assert "immutable" in answer.headers["Cache-Control"]
    assert pod.get(f"/live/{hinted}", **{"If-None-Match": answer.headers["ETag"]}).status == 304


def test_a_segment_that_grows_is_sent_as_it_comes_and_is_its_parts(pod: LivePod) -> None:
    msn = pod.playlist().segments[-1].msn + 1
    grown = pod.get(f"/live/180p/{msn}.m4s")
    assert grown.headers.get("Transfer-Encoding") == "chunked"
    parts = [pod.get(f"/live/180p/{msn}.{n}.m4s").content for n in range(6)]
    whole = pod.get(f"/live/180p/{msn}.m4s")
    assert grown.content == b"".join(parts) == whole.content
    assert "Transfer-Encoding" not in whole.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/live/180p.m3u8?_HLS_msn=99999999999", 400),
        ("/live/180p.m3u8?_HLS_part=1", 400),
        ("/live/1080p.m3u8", 404),
        ("/live/180p/1.m4s", 404),
        ("/live/180p/99999999999.0.m4s", 404),
        (f"/live/180p/{'0' * 64}.mp4", 404),
        ("/live/nothing", 404),
    ],
)
def test_what_cannot_be_had_is_said_at_once(pod: LivePod, path: str, status: int) -> None:
    answer = pod.get(path)
    assert (answer.status, answer.seconds < 1) == (status, True)


def test_segments_carry_the_time_at_which_they_were_shown(pod: LivePod) -> None:
    newest = pod.playlist().segments[-1]
    assert newest.shown is not None
    assert newest.shown.timestamp() % 2 == 0
    assert 0 < (datetime.now(UTC) - newest.shown).total_seconds() < 5
    assert newest.msn == newest.shown.timestamp() // 2 - 1


def test_the_mpd_tells_whose_clock_counts(pod: LivePod) -> None:
    manifest = etree.fromstring(pod.get("/live/manifest.mpd").content)
    timing = manifest.find("{*}UTCTiming")
    assert timing is not None
    told = datetime.fromisoformat(pod.get(f"/live/{timing.get('value')}").text)
    assert abs((datetime.now(UTC) - told).total_seconds()) < 1


def test_it_tells_what_it_does(pod: LivePod) -> None:
    state = pod.state()
    assert (state["channel"], state["uid"], state["generation"]) == ("news", "u1", 1)
    assert state["onAir"]["input"] == "bars"
    assert [rung["name"] for rung in state["rungs"]] == ["90p", "180p"]
    assert state["dropped"] == []
    assert state["audio"] == ["stereo"]
    assert "stale" not in state
    assert 300 < state["timeline"]["latencyMillis"] < 3000
    assert pod.metric("gap_parts_total") == 0


def test_there_is_a_small_picture_of_it(pod: LivePod) -> None:
    pod.until(lambda: pod.get("/live/thumbnail.jpg").status == 200)
    assert pod.get("/live/thumbnail.jpg").content.startswith(b"\xff\xd8")
