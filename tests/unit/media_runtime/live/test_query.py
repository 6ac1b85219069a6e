"""What a player asks for is answered when it is there, or refused at once."""

import pytest

from media_runtime.live.clock import Place, targets
from media_runtime.live.query import (
    Answer,
    BadRequest,
    Directives,
    Wait,
    directives,
    part_answer,
    playlist_answer,
)

from .shows import MSN, History, track

HISTORY = History(parts=33, listed=3)
"""Segment 5 grows, and its parts 0 to 2 are there."""
TRACK = track(HISTORY)
TARGETS = targets(HISTORY.grid, HISTORY.cadences)


def asked(msn: int | None = None, part: int | None = None) -> object:
    found = playlist_answer(Directives(None if msn is None else MSN + msn, part), TRACK, TARGETS)
    return "bad" if isinstance(found, BadRequest) else found


def waits(msn: int, part: int) -> Wait:
    return Wait(Place(MSN + msn, part))


@pytest.mark.parametrize(
    ("query", "means"),
    [
        ({}, Directives()),
        ({"_HLS_msn": "7"}, Directives(7)),
        ({"_HLS_msn": "7", "_HLS_part": "0"}, Directives(7, 0)),
        ({"_HLS_skip": "YES"}, Directives(skip=True)),
        ({"_HLS_skip": "v2"}, Directives(skip=True)),
        ({"_HLS_skip": "perhaps"}, Directives()),
        ({"utm": "x"}, Directives()),
    ],
)
def test_directives_are_read(query: dict[str, str], means: Directives) -> None:
    assert directives(query) == means


@pytest.mark.parametrize(
    "query",
    [
        {"_HLS_part": "1"},
        {"_HLS_msn": "-1"},
        {"_HLS_msn": "1.5"},
        {"_HLS_msn": ""},
        {"_HLS_msn": "\u0661"},
        {"_HLS_msn": "9" * 40},
        {"_HLS_msn": "1", "_HLS_part": "x"},
    ],
)
def test_directives_that_mean_nothing_are_refused(query: dict[str, str]) -> None:
    assert isinstance(directives(query), BadRequest)


def test_without_directives_the_playlist_is_answered_at_once() -> None:
    assert asked() is Answer.NOW


def test_what_is_there_is_answered_at_once() -> None:
    assert asked(5, 2) is Answer.NOW
    assert asked(4) is Answer.NOW
    assert asked(-300, 4) is Answer.NOW


def test_a_segment_asked_without_a_part_is_waited_for_whole() -> None:
    assert asked(5) == waits(5, 5)
    assert asked(6) == waits(6, 5)


def test_the_next_parts_are_waited_for() -> None:
    assert asked(5, 3) == waits(5, 3)
    assert asked(6, 0) == waits(6, 0)


def test_a_part_beyond_its_segment_is_the_next_segments_first() -> None:
    assert asked(5, 6) == waits(6, 0)
    assert asked(4, 9) is Answer.NOW


def test_more_than_two_segments_ahead_is_a_bad_request() -> None:
    assert asked(6, 5) == waits(6, 5)
    assert asked(7) == "bad"
    assert asked(7, 0) == "bad"


def test_more_than_three_seconds_of_parts_ahead_is_a_bad_request() -> None:
    early = track(History(parts=30, listed=3))
    limit = playlist_answer(Directives(MSN + 6, 2), early, TARGETS)
    assert limit == waits(6, 2)
    assert isinstance(playlist_answer(Directives(MSN + 6, 3), early, TARGETS), BadRequest)


def test_a_channel_that_ended_lets_nobody_wait() -> None:
    ended = track(History(parts=33, listed=3, ended=True))
    assert playlist_answer(Directives(MSN + 6, 0), ended, TARGETS) is Answer.NOW
    assert part_answer(Place(MSN + 5, 3), ended) is Answer.ABSENT


def test_a_hinted_part_is_waited_for_and_no_other() -> None:
    assert part_answer(Place(MSN + 5, 2), TRACK) is Answer.NOW
    assert part_answer(Place(MSN + 5, 3), TRACK) == waits(5, 3)
    assert part_answer(Place(MSN + 5, 4), TRACK) is Answer.ABSENT
    assert part_answer(Place(MSN + 6, 0), TRACK) is Answer.ABSENT
    assert part_answer(Place(MSN + 4, 6), TRACK) is Answer.ABSENT
    assert part_answer(Place(MSN - 9, 0), TRACK) is Answer.ABSENT


def test_after_a_whole_segment_the_next_one_is_hinted() -> None:
    assert part_answer(Place(MSN + 5, 0), track(History(parts=30))) == waits(5, 0)
