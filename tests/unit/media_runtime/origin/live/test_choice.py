"""Viewers stay with one pod of a channel, and an edge is told when none is worth it."""

from datetime import timedelta

import pytest

from media_runtime.origin.live.choice import choose, trouble

from .pods import FIRST, NOON, SECOND, state

FATAL = frozenset({"STALE_MANIFEST", "INCOMPLETE_MANIFEST"})
ON_AIR, STARTING, ENDED = state(), state(timeline=None), state(ended=True)
STALE = state(stale="STALE_MANIFEST")
LATER = state(started_at=NOON + timedelta(hours=1))


def test_viewers_stay_where_they_are_though_another_streams_for_longer() -> None:
    assert choose({FIRST: ON_AIR, SECOND: LATER}, SECOND) == SECOND


def test_viewers_of_a_pod_that_is_gone_go_to_the_one_with_most_to_show() -> None:
    assert choose({FIRST: None, SECOND: ON_AIR}, FIRST) == SECOND
    assert choose({FIRST: LATER, SECOND: ON_AIR}, None) == SECOND


def test_replicas_that_begin_at_once_choose_the_same_pod() -> None:
    assert choose({SECOND: ON_AIR, FIRST: ON_AIR}, None) == FIRST


@pytest.mark.parametrize("worse", [STALE, STARTING, ENDED])
def test_a_pod_that_streams_is_taken_before_one_that_does_not(worse: object) -> None:
    assert choose({FIRST: worse, SECOND: LATER}, FIRST) == SECOND  # type: ignore[dict-item]


def test_a_pod_that_begins_does_not_take_over_from_a_stale_one() -> None:
    assert choose({FIRST: STALE, SECOND: STARTING}, FIRST) == FIRST


def test_where_nobody_answers_nobody_is_chosen() -> None:
    assert choose({FIRST: None}, FIRST) is None
    assert choose({}, None) is None


def test_a_channel_on_air_gives_an_edge_no_reason_to_leave() -> None:
    assert trouble(ON_AIR, FATAL) is None


def test_a_channel_that_nobody_packages_is_stale() -> None:
    found = trouble(None, FATAL)
    assert found
    assert found.reason == "STALE_MANIFEST"


def test_a_channel_that_starts_is_incomplete() -> None:
    found = trouble(STARTING, FATAL)
    assert found
    assert found.reason == "INCOMPLETE_MANIFEST"


def test_a_slate_is_a_reason_only_where_it_was_made_one() -> None:
    slate = state(stale="SLATE_INPUT")
    assert trouble(slate, FATAL) is None
    found = trouble(slate, FATAL | {"SLATE_INPUT"})
    assert found
    assert found.reason == "SLATE_INPUT"


def test_a_channel_that_was_ended_can_still_be_watched() -> None:
    assert trouble(state(ended=True, stale="STALE_MANIFEST"), FATAL) is None
