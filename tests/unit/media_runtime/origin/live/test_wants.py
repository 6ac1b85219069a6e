"""A request below a channel has one spelling, and nothing else is ever sent upstream."""

import pytest

from media_runtime.live import urls
from media_runtime.live.clock import Place
from media_runtime.live.query import BadRequest
from media_runtime.origin.live.wants import Kind, Want, want


def wanted(rest: str, query: str = "") -> Want:
    found = want(rest, query)
    assert isinstance(found, Want)
    return found


@pytest.mark.parametrize(
    ("rest", "kind"),
    [
        (urls.MULTIVARIANT, Kind.MULTIVARIANT),
        (urls.MPD, Kind.MPD),
        (urls.THUMBNAIL, Kind.THUMBNAIL),
        (urls.media_playlist("720p"), Kind.PLAYLIST),
        (urls.init("720p", "0" * 64), Kind.INIT),
        (urls.segment("720p", 881_000_000), Kind.SEGMENT),
        (urls.part("aac", Place(881_000_000, 5)), Kind.PART),
    ],
)
def test_all_that_a_pod_names_can_be_wanted(rest: str, kind: Kind) -> None:
    assert wanted(rest).kind is kind
    assert wanted(rest).rest == rest


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "state",
        "../state",
        "720p/../../state",
        "720p/1.m4s/",
        "720p/-1.m4s",
        "720p/1.2.3.m4s",
        "720p/%2e%2e.mp4",
        "start-over/12/manifest.mpd",
        "start-over/-1/master.m3u8",
        "720p.m3u8?x=1",
        "720p.m3u8\n",
        "é.m3u8",
    ],
)
def test_what_no_pod_names_is_not_asked_for(rest: str) -> None:
    assert want(rest) is None


def test_directives_in_any_order_and_with_others_beside_them_are_one_request() -> None:
    one = wanted("720p.m3u8", "_HLS_skip=v2&CMCD=br%3D1&_HLS_part=3&_HLS_msn=7")
    other = wanted("720p.m3u8", "_HLS_msn=7&_HLS_part=3&_HLS_skip=YES")
    assert one.key == other.key
    assert one.query == "_HLS_msn=7&_HLS_part=3&_HLS_skip=YES"


def test_media_is_the_same_whatever_is_written_behind_it() -> None:
    assert wanted("720p/7.m4s", "session=1").key == wanted("720p/7.m4s").key


def test_a_part_without_its_segment_is_refused() -> None:
    assert isinstance(want("720p.m3u8", "_HLS_part=1"), BadRequest)


def test_a_start_over_asks_a_pod_for_the_whole_playlist_by_segments() -> None:
    over = wanted("start-over/1783000000/720p.m3u8", "_HLS_msn=7&_HLS_part=3&_HLS_skip=YES")
    assert (over.rest, over.query, over.since) == ("720p.m3u8", "_HLS_msn=7", 1_783_000_000)
    assert over.key != wanted("720p.m3u8", "_HLS_msn=7").key


def test_a_start_over_of_another_instant_is_another_answer() -> None:
    early, late = (wanted(f"start-over/{at}/master.m3u8") for at in (1_783_000_000, 1_783_000_001))
    assert early.key != late.key
