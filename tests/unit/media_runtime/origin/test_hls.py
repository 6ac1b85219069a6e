"""HLS playlists of every shape of title."""

from fractions import Fraction
from itertools import pairwise

import m3u8
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.origin.hls import growing_playlist, media_playlist, multivariant_playlist
from media_runtime.origin.timeline import durations
from media_runtime.title.index import Index, Track

from .rfc8216 import Playlist, breaches, reloaded
from .titles import LADDER, SHAPES, audio, index, uid, video


def tracks(title: Index) -> dict[str, Track]:
    shown = {v.rung.name: v for v in title.video}
    return shown | {a.rendition.name: a for a in title.audio}


def variants(title: Index) -> list[dict[str, str]]:
    return [
        tag.attributes for tag in Playlist(multivariant_playlist(title)).all("EXT-X-STREAM-INF")
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_playlists_keep_every_must_of_the_rfc(shape: str) -> None:
    title = SHAPES[shape]
    assert breaches(multivariant_playlist(title)) == []
    for name, track in tracks(title).items():
        assert breaches(growing_playlist(title, track, name)) == []
        assert not title.complete or breaches(media_playlist(title, track, name)) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_another_reader_finds_what_was_written(shape: str) -> None:
    title = SHAPES[shape]
    top = m3u8.loads(multivariant_playlist(title))  # type: ignore[no-untyped-call]
    assert top.is_variant
    assert {p.stream_info.resolution for p in top.playlists if title.video} == {
        (v.rung.width, v.rung.height) for v in title.video
    }
    below = top.playlists[0].uri.rpartition("/")[0]
    assert below.endswith("/growing") != title.complete
    assert {m.uri for m in top.media} == {f"{below}/{a.rendition.name}.m3u8" for a in title.audio}
    for name, track in tracks(title).items():
        for text, at in (
            (media_playlist(title, track, name), name),
            (growing_playlist(title, track, name), f"../{name}"),
        ):
            read = m3u8.loads(text)  # type: ignore[no-untyped-call]
            assert [s.uri for s in read.segments] == [
                f"{at}/{n}.m4s" for n in range(len(durations(track)))
            ]
            assert read.segment_map[0].uri == f"{at}/init.mp4"
            assert read.is_endlist == (title.complete or at == name)


@pytest.mark.parametrize("shape", SHAPES)
def test_all_renditions_of_a_title_have_one_target_duration(shape: str) -> None:
    title = SHAPES[shape]
    targets = {
        Playlist(media_playlist(title, track, name)).all("EXT-X-TARGETDURATION")[0].value
        for name, track in tracks(title).items()
    }
    assert len(targets) == 1


def test_the_lint_sees_a_segment_longer_than_the_target() -> None:
    text = media_playlist(index(), index().video[0], "720p")
    assert breaches(text.replace("TARGETDURATION:4", "TARGETDURATION:3")) != []


def test_a_growing_title_is_an_event_from_its_start() -> None:
    text = growing_playlist(index(complete=False), index().video[0], "720p")
    assert "#EXT-X-PLAYLIST-TYPE:EVENT\n" in text
    assert "#EXT-X-START:TIME-OFFSET=0\n" in text
    assert "ENDLIST" not in text


def test_once_whole_a_growing_playlist_gets_its_end_and_nothing_else() -> None:
    before = growing_playlist(index(complete=False), index().video[0], "720p")
    after = growing_playlist(index(), index().video[0], "720p")
    assert after == before + "#EXT-X-ENDLIST\n"


@given(counts=st.tuples(st.integers(1, 30), st.integers(0, 30)), tail=st.integers(1, 120))
def test_a_growing_playlist_only_grows_until_it_ends(counts: tuple[int, int], tail: int) -> None:
    few, more = counts[0], sum(counts)
    for rate in ("25", "30000/1001", "24000/1001", "60"):
        last = min(tail, round(4 * Fraction(rate)))
        whole = (
            video(rate=rate, segments=more, tail_frames=last if more > few else None),
            audio(segments=more),
        )
        course = [
            index(video(rate=rate, segments=few), audio(segments=few), complete=False),
            index(*whole, complete=False),
            index(*whole),
        ]
        for name in ("720p", "stereo"):
            seen = [growing_playlist(title, tracks(title)[name], name) for title in course]
            assert [reloaded(a, b) for a, b in pairwise(seen)] == [[], []]


WHOLE = media_playlist(index(), index().video[0], "720p")
GROWING = growing_playlist(index(complete=False), index().video[0], "720p")
SHORTER = growing_playlist(index(video(segments=2), complete=False), video(segments=2), "720p")


@pytest.mark.parametrize(
    ("before", "after", "breach"),
    [
        (GROWING, WHOLE, "EXT-X-PLAYLIST-TYPE"),
        (GROWING, GROWING.replace("#EXT-X-START:TIME-OFFSET=0\n", ""), "lines went"),
        (GROWING, GROWING.replace("DURATION:4", "DURATION:5"), "target duration"),
        (GROWING, SHORTER, "a segment went"),
        (GROWING, GROWING.replace("#EXTINF", "#EXT-X-GAP\n#EXTINF", 1), "not at the end"),
        (WHOLE, WHOLE + "#EXT-X-GAP\n", "does not change"),
        (GROWING + "#EXT-X-ENDLIST\n", GROWING + "#EXT-X-ENDLIST\n#EXT-X-GAP\n", "has ended"),
    ],
)
def test_the_lint_sees_what_a_reload_may_not_change(before: str, after: str, breach: str) -> None:
    assert reloaded(before, before) == []
    assert breach in "; ".join(reloaded(before, after))


@given(
    st.lists(st.integers(1, 1_000_000), min_size=1, max_size=200),
    st.sampled_from([90_000, 48_000, 44_100, 30_000, 12_800]),
)
def test_the_sum_of_durations_is_exact(ticks: list[int], timescale: int) -> None:
    made = video()
    one = made.runs[0].segments[0]
    run = made.runs[0].model_copy(
        update={"segments": tuple(one.model_copy(update={"duration": t}) for t in ticks)}
    )
    track = made.model_copy(update={"timescale": timescale, "runs": (run,)})
    tags = Playlist(media_playlist(index(track), track, "720p")).all("EXTINF")
    told = sum(Fraction(tag.value.rstrip(",")) for tag in tags)
    assert abs(told - Fraction(sum(ticks), timescale)) <= Fraction(1, 2_000_000)


def test_what_a_variant_needs_counts_its_sound() -> None:
    [variant] = variants(index())
    assert variant["BANDWIDTH"] == "7628000"
    assert variant["AVERAGE-BANDWIDTH"] == "5128000"
    assert variant["CODECS"] == '"avc1.64001f,mp4a.40.2"'


def test_the_first_variant_is_one_that_starts_on_any_line() -> None:
    heights = [v["RESOLUTION"].split("x")[1] for v in variants(index(*LADDER, audio()))]
    assert heights == ["480", "1080", "360"]


def test_a_ladder_that_is_fast_throughout_starts_with_its_slowest_rung() -> None:
    heights = [v["RESOLUTION"] for v in variants(index(video(kbps=5000), video("x", kbps=9000)))]
    assert len(heights) == 2
    assert (
        variants(index(video("x", kbps=9000), video(kbps=5000)))[0]["AVERAGE-BANDWIDTH"]
        == "5000000"
    )


def test_frame_rates_are_told_to_three_decimals() -> None:
    assert variants(index(video(rate="30000/1001")))[0]["FRAME-RATE"] == "29.970"


def test_the_range_is_told_of_all_variants_once_one_is_hdr() -> None:
    plain = variants(SHAPES["a ladder"])
    assert all("VIDEO-RANGE" not in variant for variant in plain)
    ranges = {v["RESOLUTION"]: v["VIDEO-RANGE"] for v in variants(SHAPES["HDR beside SDR"])}
    assert ranges["3840x2160"] == "PQ"
    assert ranges["853x480"] == "SDR"


def test_a_language_is_told_by_its_shortest_tag_and_its_own_name() -> None:
    text = multivariant_playlist(SHAPES["two languages"])
    media = [tag.attributes for tag in Playlist(text).all("EXT-X-MEDIA")]
    assert [(m["LANGUAGE"], m["NAME"], m["DEFAULT"]) for m in media] == [
        ('"en"', '"English"', "YES"),
        ('"fr"', '"Français"', "NO"),
    ]


def test_each_rung_is_offered_with_each_quality_of_sound() -> None:
    told = variants(SHAPES["stereo and 5.1"])
    assert len(told) == 6
    assert {v["CODECS"] for v in told} == {'"avc1.64001f,mp4a.40.2"', '"avc1.64001f,ec-3"'}


def test_a_language_without_5_1_keeps_its_stereo_in_the_group_of_5_1() -> None:
    told = variants(SHAPES["5.1 in one language only"])
    assert '"avc1.64001f,ec-3,mp4a.40.2"' in {v["CODECS"] for v in told}


def test_sound_alone_is_a_variant_of_its_own() -> None:
    [variant] = variants(index(audio()))
    assert variant["CODECS"] == '"mp4a.40.2"'
    assert "RESOLUTION" not in variant


def test_urls_name_the_encode_so_that_bytes_below_never_change() -> None:
    text = multivariant_playlist(index())
    other = multivariant_playlist(index().model_copy(update={"title": uid(2)}))
    assert Playlist(text).uris != Playlist(other).uris
