"""Playlists of every history keep every rule, from part to part."""

import tracemalloc
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from media_runtime.live.clock import Place, targets
from media_runtime.live.llhls import Written, media_playlist
from media_runtime.live.ring import Ring
from media_runtime.live.track import Track

from .lint import Read, Segment, breaches, read, reloaded
from .shows import AAC, AAC_CD, EAC3, FILM, MSN, NTSC, OPUS, PAL, WEB, History, track

histories = some.builds(
    History,
    picture=some.sampled_from([FILM, Fraction(24), PAL, WEB, NTSC, Fraction(50), Fraction(10)]),
    sound=some.sampled_from([AAC, AAC_CD, EAC3, OPUS]),
    msn=some.integers(0, 2 * MSN),
    parts=some.integers(1, 80),
    listed=some.integers(1, 10),
    missing=some.frozensets(some.integers(1, 600), max_size=40),
    keyless=some.frozensets(some.integers(1, 12), max_size=2),
    renewed=some.frozensets(some.integers(1, 12), max_size=3),
    ended=some.booleans(),
)
few = settings(max_examples=25, deadline=None)


FIRST_SECOND = """\
#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.000000,HOLD-BACK=6.000000,PART-HOLD-BACK=1.080000
#EXT-X-PART-INF:PART-TARGET=0.360000
#EXT-X-MEDIA-SEQUENCE:881000000
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="720p/init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2025-11-01T12:26:40.000Z
#EXT-X-PART:DURATION=0.320000,URI="720p/881000000.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.360000,URI="720p/881000000.1.m4s"
#EXT-X-PART:DURATION=0.320000,URI="720p/881000000.2.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="720p/881000000.3.m4s"
"""


def moments(history: History, which: int) -> list[Track]:
    """The track after each part."""
    found = []
    for ring in history.ring(history.cadences[which], "720p"):
        now = ring.track()
        assert now is not None
        found.append(now)
    return found


def full(now: Track, history: History, *others: Track) -> Read:
    return read(media_playlist(now, others, targets(history.grid, history.cadences)))


def bare(segments: tuple[Segment, ...]) -> list[Segment]:
    return [replace(segment, parts=()) for segment in segments]


@few
@given(histories, some.integers(0, 1))
def test_every_playlist_keeps_every_rule(history: History, which: int) -> None:
    playlists = [full(now, history) for now in moments(history, which)]
    assert [breaches(playlist) for playlist in playlists] == [[]] * len(playlists)
    assert [list(reloaded(*pair)) for pair in pairwise(playlists)] == [[]] * (len(playlists) - 1)


@few
@given(histories, some.integers(0, 1), some.integers(1, 12))
def test_a_delta_update_expands_to_the_whole_playlist(
    history: History, which: int, parts_later: int
) -> None:
    then = moments(history, which)
    aims = targets(history.grid, history.cadences)
    for before, now in zip(then, then[parts_later:], strict=False):
        delta = read(media_playlist(now, (), aims, skip=True), before=full(before, history))
        whole = full(now, history)
        assert bare(delta.segments) == bare(whole.segments)
        assert [s.parts for s in delta.segments] == [s.parts for s in whole.segments]
        assert not breaches(delta)


def test_a_long_window_is_not_told_again_and_again() -> None:
    history = History(parts=600, listed=90)
    now, aims = track(history), targets(history.grid, history.cadences)
    delta = media_playlist(now, (), aims, skip=True)
    assert "#EXT-X-SKIP:SKIPPED-SEGMENTS=84" in delta
    assert len(delta) < len(media_playlist(now, (), aims)) / 4


def test_what_was_written_holds_no_bytes_that_the_ring_let_go() -> None:
    """Delta updates pass a segment by before its bytes are in the store."""
    history, size = History(parts=240), 100_000
    cadence, aims = history.cadences[0], targets(history.grid, history.cadences)
    ring, written = Ring("720p", history.grid, cadence, listed=100, held=8), Written()
    made = history.made(cadence)
    tracemalloc.start()
    try:
        for part in made:
            ring.append(replace(part, content=bytes(size)), init="init-0")
            now = ring.track()
            assert now is not None
            media_playlist(now, (), aims, skip=True, written=written)
            if now.segments[-1].whole:
                ring.stored(part.place.msn)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < ring.statistics().bytes + 10 * size


def test_what_was_written_changes_no_playlist_where_segments_are_lost() -> None:
    history = History(parts=240)
    cadence, aims = history.cadences[0], targets(history.grid, history.cadences)
    ring, written = Ring("720p", history.grid, cadence, listed=100, held=3), Written()
    for part in history.made(cadence):
        ring.append(part, init="init-0")
        if part.place.msn % 3:
            ring.stored(part.place.msn - 2)
        now = ring.track()
        assert now is not None
        assert media_playlist(now, (), aims, written=written) == media_playlist(now, (), aims)
    assert ring.statistics().lost_segments


def test_a_discontinuity_is_told_in_a_delta_update_too() -> None:
    history = History(parts=120, listed=20, renewed=frozenset({10, 18}))
    aims = targets(history.grid, history.cadences)
    delta = media_playlist(track(history), (), aims, skip=True)
    assert delta.count("#EXT-X-DISCONTINUITY\n") == 1
    assert '#EXT-X-MAP:URI="720p/init-2.mp4"\n' in delta


@few
@given(histories, some.integers(0, 1), some.integers(1, 4))
def test_another_packager_writes_the_same_lines(history: History, which: int, since: int) -> None:
    history = replace(history, missing=frozenset(), keyless=frozenset())
    cadence = history.cadences[which]
    newer = {part.place: part for part in history.made(cadence, since=since)}
    both = [part for part in history.made(cadence) if part.place in newer]
    assert both == [newer[part.place] for part in both]
    assert len(both) == len(newer)


@few
@given(histories)
def test_numbers_and_dates_go_on_whatever_the_encoder_leaves_out(history: History) -> None:
    made = history.made(history.cadences[0])
    places = [part.place for part in made]
    assert places == [history.grid.after(Place(history.msn, 0), n) for n in range(len(made))]
    assert all(a.start + a.ticks == b.start for a, b in pairwise(made))


def test_the_first_second_of_a_channel_is_told_so() -> None:
    told = media_playlist(track(History(parts=3)), (), targets(History().grid, History().cadences))
    assert told == FIRST_SECOND


def test_every_other_rendition_is_reported() -> None:
    history = History(parts=13)
    sound = track(history, AAC, "aac")
    assert full(track(history), history, sound, track(history, name="360p")).reports == (
        {"URI": '"aac.m3u8"', "LAST-MSN": "881000002", "LAST-PART": "0"},
        {"URI": '"360p.m3u8"', "LAST-MSN": "881000002", "LAST-PART": "0"},
    )


def test_the_end_is_told_and_nothing_is_hinted_behind_it() -> None:
    told = full(track(History(parts=8, ended=True)), History())
    assert told.ended
    assert not told.hints
    assert [segment.seconds for segment in told.segments] == [2.0, 0.68]


def test_sound_has_parts_of_its_own() -> None:
    told = full(track(History(parts=12), AAC), History())
    assert [len(segment.parts) for segment in told.segments] == [6, 6]
    assert all(p["INDEPENDENT"] == "YES" for s in told.segments for p in s.told)


@pytest.mark.parametrize(
    ("written", "instead", "section"),
    [
        ("PART-TARGET=0.36", "PART-TARGET=0.35", "4.4.3.7"),
        ("PART-HOLD-BACK=1.08", "PART-HOLD-BACK=1.07", "4.4.3.8"),
        ("CAN-SKIP-UNTIL=12", "CAN-SKIP-UNTIL=11", "4.4.3.8"),
        ("DURATION=0.320000", "DURATION=0.300000", "4.4.4.9"),
        (",INDEPENDENT=YES", "", "4.4.2.1"),
        ("#EXTINF:2.000000", "#EXTINF:2.500000", "4.4.3.1"),
        ("#EXT-X-TARGETDURATION:2", "#EXT-X-TARGETDURATION:1", "4.4.4.9"),
        ('#EXT-X-MAP:URI="720p/init-0.mp4"\n', "", "4.4.4.5"),
        ("12:26:42.000Z", "12:26:43.000Z", "4.4.4.6"),
        ("PRELOAD-HINT:TYPE=PART", "PRELOAD-HINT:TYPE=MAP", "4.4.5.3"),
        ("#EXT-X-VERSION:9", "#EXT-X-VERSION:8", "8:"),
    ],
)
def test_the_lint_finds_what_is_wrong(written: str, instead: str, section: str) -> None:
    text = full(track(History(parts=20)), History()).text
    assert written in text
    found = breaches(read(text.replace(written, instead)))
    assert any(breach.startswith(section) for breach in found), found
