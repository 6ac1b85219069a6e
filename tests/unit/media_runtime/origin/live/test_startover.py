"""A playlist from an instant on: what was before is gone, and what is left is still a playlist."""

from fractions import Fraction

import pytest

from media_runtime.live import llhls
from media_runtime.live.clock import targets
from media_runtime.live.track import Track
from media_runtime.origin.live.startover import media_since, multivariant_since

from ...live.shows import MSN, History, track  # noqa: TID252 - builders of a sibling

HISTORY = History(parts=6 * 12 + 3, listed=8, renewed=frozenset({6}))
"""Segments 4 to 11 are listed, and three parts of the twelfth; a new encoder from the sixth on."""


def playlist(cadence: int = 0) -> str:
    found = track(HISTORY, HISTORY.cadences[cadence])
    return llhls.media_playlist(found, [other()], targets(HISTORY.grid, HISTORY.cadences))


def other() -> Track:
    return track(HISTORY, HISTORY.cadences[1], "aac")


def since(segments: Fraction | int) -> str:
    """From so many segments after the history's first."""
    return media_since(playlist(), int((MSN + segments) * 2))


def listed(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def told(text: str, name: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"#{name}:")]


def test_it_begins_with_the_segment_that_holds_the_instant() -> None:
    assert listed(since(9)) == [f"../../720p/{MSN + n}.m4s" for n in (9, 10, 11)]
    assert listed(since(Fraction(19, 2)))[0] == f"../../720p/{MSN + 9}.m4s"
    assert told(since(9), "EXT-X-MEDIA-SEQUENCE") == [f"#EXT-X-MEDIA-SEQUENCE:{MSN + 9}"]


def test_an_instant_before_all_that_is_left_begins_with_the_oldest() -> None:
    assert listed(since(0))[0] == f"../../720p/{MSN + 4}.m4s"
    assert told(since(0), "EXT-X-MEDIA-SEQUENCE") == [f"#EXT-X-MEDIA-SEQUENCE:{MSN + 4}"]


def test_an_instant_to_come_lists_the_newest_for_no_playlist_is_empty() -> None:
    assert listed(since(1000)) == [f"../../720p/{MSN + 11}.m4s"]


def test_discontinuities_that_went_are_counted() -> None:
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:0" in since(6).splitlines()
    assert "#EXT-X-DISCONTINUITY" in since(6).splitlines()
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1" in since(7).splitlines()
    assert "#EXT-X-DISCONTINUITY" not in since(7).splitlines()


@pytest.mark.parametrize(("segments", "init"), [(4, "init-0"), (6, "init-1"), (9, "init-1")])
def test_the_first_segment_has_its_header(segments: int, init: str) -> None:
    maps = told(since(segments), "EXT-X-MAP")
    assert maps[0] == f'#EXT-X-MAP:URI="../../720p/{init}.mp4"'
    lines = since(segments).splitlines()
    assert lines.index(maps[0]) < lines.index(listed(since(segments))[0])


def test_it_lists_whole_segments_and_is_told_where_to_begin() -> None:
    text = since(9)
    assert "EXT-X-PART" not in text
    assert "EXT-X-PRELOAD-HINT" not in text
    assert "EXT-X-RENDITION-REPORT" not in text
    assert "PART-HOLD-BACK" not in text
    assert "CAN-SKIP-UNTIL" not in text
    control = told(text, "EXT-X-SERVER-CONTROL")
    assert control == ["#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=6.000000"]
    assert text.splitlines().count("#EXT-X-START:TIME-OFFSET=0,PRECISE=YES") == 1


def test_each_segment_keeps_its_date_and_length() -> None:
    whole = playlist().splitlines()
    kept = [line for line in since(9).splitlines() if line.startswith(("#EXTINF", "#EXT-X-PROG"))]
    assert len(kept) == 6
    assert set(kept) <= set(whole)


def test_a_channel_that_ended_says_so() -> None:
    ended = History(parts=60, ended=True)
    text = llhls.media_playlist(track(ended), [], targets(ended.grid, ended.cadences))
    assert media_since(text, MSN * 2).endswith("#EXT-X-ENDLIST\n")
    assert "ENDLIST" not in since(9)


def test_a_multivariant_playlist_leads_to_its_neighbours() -> None:
    text = multivariant_since(
        "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-STREAM-INF:BANDWIDTH=1\n720p.m3u8\n"
    )
    assert text.splitlines()[:2] == ["#EXTM3U", "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES"]
    assert text.splitlines()[-1] == "720p.m3u8"
