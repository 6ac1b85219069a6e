"""What another service's playlist comes to."""

import pytest

from media_runtime.failure import Refused
from media_runtime.live.inputs.hls.playlist import Media, Variant, fitting, read

URL = "https://media.example/live/stream.m3u8?token=1"


def media(*lines: str) -> Media:
    found = read("\n".join(("#EXTM3U", "#EXT-X-TARGETDURATION:6", *lines)), URL)
    assert isinstance(found, Media)
    return found


def window(first: int, count: int) -> Media:
    segments = [line for n in range(count) for line in ("#EXTINF:6,", f"{first + n}.ts")]
    return media(f"#EXT-X-MEDIA-SEQUENCE:{first}", *segments)


def test_a_live_stream_is_joined_three_segments_before_its_end() -> None:
    assert window(100, 10).joins_at == 107
    assert window(100, 2).joins_at == 100


def test_a_stream_that_has_ended_is_played_from_its_start() -> None:
    assert media("#EXTINF:6,", "0.ts", "#EXTINF:6,", "1.ts", "#EXT-X-ENDLIST").joins_at == 0


def test_segments_follow_by_their_numbers_as_the_window_moves() -> None:
    assert [one.url for one in window(100, 4).since(102) or ()] == [
        "https://media.example/live/102.ts",
        "https://media.example/live/103.ts",
    ]
    assert window(100, 4).since(104) == ()
    assert window(100, 4).since(99) is None
    assert window(5, 4).since(104) is None


def test_maps_and_gaps_are_kept_with_their_segments() -> None:
    found = media(
        '#EXT-X-MAP:URI="a.mp4"', "#EXTINF:6,", "0.m4s",
        '#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="b.mp4"', "#EXT-X-GAP", "#EXTINF:6,", "1.m4s",
    )  # fmt: skip
    assert [one.header for one in found.segments] == [
        "https://media.example/live/a.mp4",
        "https://media.example/live/b.mp4",
    ]
    assert [one.gap for one in found.segments] == [False, True]
    assert found.container == "mov"


def test_the_parts_of_a_segment_to_come_are_not_taken_for_one() -> None:
    found = media("#EXTINF:6,", "0.ts", '#EXT-X-PART:DURATION=0.3,URI="p.ts"')
    assert [one.url for one in found.segments] == ["https://media.example/live/0.ts"]


@pytest.mark.parametrize(
    ("name", "container"), [("a.ts", "mpegts"), ("a?x=b.aac", "mpegts"), ("a.aac?x", "aac")]
)
def test_the_container_is_told_by_map_and_name(name: str, container: str) -> None:
    assert media("#EXTINF:6,", name).container == container


@pytest.mark.parametrize(
    "lines",
    [
        ('#EXT-X-KEY:METHOD=AES-128,URI="k"', "#EXTINF:6,", "0.ts"),
        ("#EXTINF:6,", "#EXT-X-BYTERANGE:100@0", "0.ts"),
        ('#EXT-X-MAP:URI="a.mp4",BYTERANGE="10@0"', "#EXTINF:6,", "0.m4s"),
        ("#EXTINF:never,", "0.ts"),
        ("#EXT-X-MEDIA-SEQUENCE:x", "#EXTINF:6,", "0.ts"),
    ],
)
def test_what_cannot_be_played_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        media(*lines)


@pytest.mark.parametrize("text", ["", "<html>", "\x00\x01", "EXTM3U"])
def test_what_is_no_playlist_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read(text, URL)


def test_renditions_are_found_with_their_sound() -> None:
    text = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="second",URI="b.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="first",DEFAULT=YES,URI="a.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="inside",NAME="muxed",DEFAULT=YES
#EXT-X-STREAM-INF:BANDWIDTH=100,RESOLUTION=640x360,AUDIO="a"
v.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=50,AUDIO="inside"
w.m3u8
"""
    base = "https://media.example/live"
    assert read(text, URL) == (
        Variant(f"{base}/v.m3u8", 360, 100, f"{base}/a.m3u8"),
        Variant(f"{base}/w.m3u8", 0, 50, None),
    )


def test_the_best_rendition_that_the_canvas_holds_is_taken() -> None:
    rungs = [Variant(f"{height}", height, height) for height in (2160, 360, 720, 1080)]
    assert fitting(rungs, 720).height == 720
    assert fitting(rungs, 1000).height == 720
    assert fitting(rungs, 240).height == 360
    with pytest.raises(Refused):
        fitting([], 720)
