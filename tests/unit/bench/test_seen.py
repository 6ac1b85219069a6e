"""What is read from others: playlists, an API server's counters, ffmpeg's likeness."""

from typing import Any

from bench.cluster import pod_times
from bench.likeness import lowest_second
from bench.playable import addresses
from bench.stage import grown, ready, writes

METRICS = """\
# HELP apiserver_request_total Counter
apiserver_request_total{code="200",component="apiserver",dry_run="",group="streamverse.io",\
resource="transcodejobs",scope="resource",subresource="status",verb="APPLY",version="v1"} 20
apiserver_request_total{code="201",component="apiserver",dry_run="",group="streamverse.io",\
resource="transcodejobs",scope="resource",subresource="status",verb="APPLY",version="v1"} 1
apiserver_request_total{code="409",component="apiserver",dry_run="",group="streamverse.io",\
resource="transcodejobs",scope="resource",subresource="status",verb="PUT",version="v1"} 7
apiserver_request_total{code="200",component="apiserver",dry_run="",group="batch",\
resource="jobs",scope="namespace",subresource="",verb="LIST",version="v1"} 5
"""


def test_writes_are_counted_where_they_succeeded() -> None:
    assert writes(METRICS) == {("transcodejobs", "status", "APPLY"): 21}


def test_what_was_written_before_does_not_count() -> None:
    key, other = ("transcodejobs", "status", "APPLY"), ("jobs", "", "POST")
    assert grown({key: 20}, {key: 21, other: 3}, lambda *_: True) == 4
    assert grown({key: 20}, {key: 21, other: 3}, lambda resource, *_: resource == "jobs") == 3


def test_a_title_is_ready_only_for_its_newest_generation() -> None:
    said = [{"type": "Ready", "status": "True", "reason": "Complete"}]

    def title(observed: int) -> dict[str, Any]:
        status = {"observedGeneration": observed, "conditions": said}
        return {"metadata": {"generation": 2}, "status": status}

    assert ready(title(1)) == ("", "")
    assert ready(title(2)) == ("True", "Complete")


def test_a_playlist_names_renditions_and_segments() -> None:
    master = (
        '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,URI="r/stereo.m3u8",NAME="x"\n'
        "#EXT-X-STREAM-INF:BANDWIDTH=1\nr/240p.m3u8\n"
    )
    assert addresses(master) == ["r/stereo.m3u8", "r/240p.m3u8"]
    assert addresses('#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\n') == []


def test_the_lowest_second_is_a_whole_one() -> None:
    assert lowest_second([1.0, 1.0, 0.5, 0.7, 0.0], rate=2) == 0.6


def test_a_pod_that_still_runs_has_no_times() -> None:
    pod = {
        "metadata": {
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"streamverse.io/step": "probe"},
        },
        "status": {"containerStatuses": [{"state": {"running": {}}}]},
    }
    assert pod_times(pod) is None
    ended = {"startedAt": "2026-01-01T00:00:02Z", "finishedAt": "2026-01-01T00:00:05Z"}
    pod["status"] = {"containerStatuses": [{"state": {"terminated": ended}}]}
    found = pod_times(pod)
    assert found is not None
    assert (found.step, (found.ended - found.made).total_seconds()) == ("probe", 5)
