"""Whole answers, kept in a bounded memory for as long as they hold."""

import gzip

import pytest

from media_runtime.live.query import BadRequest
from media_runtime.origin.live.caching import cache_control, keep_seconds, media_type
from media_runtime.origin.live.copies import OVERHEAD_BYTES, Copies, Copy
from media_runtime.origin.live.wants import Want, want

PLAYLIST = b"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n"


def wanted(rest: str, query: str = "") -> Want:
    found = want(rest, query)
    assert found
    assert not isinstance(found, BadRequest)
    return found


def copy(size: int = 0, **changes: object) -> Copy:
    plain: dict[str, object] = {"media_type": "video/mp4", "cache_control": "public"}
    return Copy(content=b"x" * size, **(plain | changes))  # type: ignore[arg-type]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    copies = Copies(3 * (OVERHEAD_BYTES + 10))
    for name in "abc":
        copies.keep(name, copy(10))
    copies.find("a")
    copies.keep("d", copy(10))
    assert [name for name in "abcd" if copies.find(name)] == ["a", "c", "d"]
    assert copies.weight == 3 * (OVERHEAD_BYTES + 10)


def test_empty_answers_take_room_too() -> None:
    copies = Copies(10 * OVERHEAD_BYTES)
    for n in range(1000):
        copies.keep(str(n), copy())
    assert len(copies) == 10


def test_what_is_larger_than_the_memory_is_not_kept() -> None:
    copies = Copies(2 * OVERHEAD_BYTES)
    copies.keep("a", copy())
    copies.keep("b", copy(10 * OVERHEAD_BYTES))
    assert copies.find("a")
    assert copies.find("b") is None


def test_a_newer_copy_takes_the_place_of_the_older() -> None:
    copies = Copies(10 * OVERHEAD_BYTES)
    copies.keep("a", copy(1))
    copies.keep("a", copy(2))
    found = copies.find("a")
    assert found
    assert len(found.content) == 2
    assert copies.weight == OVERHEAD_BYTES + 2


def test_a_copy_is_forgotten_when_it_does_not_hold_any_more() -> None:
    clock = Clock()
    copies = Copies(10 * OVERHEAD_BYTES, clock)
    copies.keep("a", copy(fresh_until=5.0))
    assert copies.find("a")
    clock.now = 5.0
    assert copies.find("a") is None
    assert copies.weight == 0


def test_text_is_sent_compressed_and_under_a_tag_of_its_own() -> None:
    text = copy(5000, text=True)
    assert text.compressed
    assert gzip.decompress(text.compressed) == text.content
    assert dict(text.zipped_headers)[b"content-length"] == str(len(text.compressed)).encode()
    assert dict(text.zipped_headers)[b"etag"] != dict(text.plain_headers)[b"etag"]
    assert dict(text.plain_headers)[b"vary"] == b"Accept-Encoding"


def test_media_is_never_compressed() -> None:
    assert copy(5000).compressed is None
    assert b"vary" not in dict(copy(5000).plain_headers)


def test_an_answer_that_was_waited_for_holds_for_six_target_durations() -> None:
    blocking = wanted("720p.m3u8", "_HLS_msn=7&_HLS_part=1")
    assert cache_control(blocking, PLAYLIST) == "public, max-age=12"
    assert keep_seconds(blocking, PLAYLIST) == 12


@pytest.mark.parametrize("rest", ["720p.m3u8", "master.m3u8", "manifest.mpd"])
def test_a_plain_manifest_holds_for_less_than_a_part_and_never_when_stale(rest: str) -> None:
    assert keep_seconds(wanted(rest), PLAYLIST) <= 0.333
    assert "must-revalidate" in cache_control(wanted(rest), PLAYLIST)


def test_a_plain_playlist_may_be_shared_but_not_kept() -> None:
    assert cache_control(wanted("720p.m3u8"), PLAYLIST) == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize("rest", ["720p/7.m4s", "720p/7.1.m4s", f"720p/{'0' * 64}.mp4"])
def test_bytes_never_change(rest: str) -> None:
    assert "immutable" in cache_control(wanted(rest))
    assert keep_seconds(wanted(rest), b"") == float("inf")


def test_the_type_of_manifests_is_ours_to_say_and_that_of_media_the_pod_s() -> None:
    assert media_type(wanted("manifest.mpd"), "text/plain") == "application/dash+xml"
    assert media_type(wanted("720p.m3u8"), "text/plain") == "application/vnd.apple.mpegurl"
    assert media_type(wanted("aac/7.m4s"), "audio/mp4") == "audio/mp4"
