"""Pictures and sounds of a WebRTC publisher, whose tracks count from numbers of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.whip.lipsync import SLEW, LipSync

WRAP = 1 << 32


def test_what_comes_at_the_same_time_belongs_together_until_the_sender_reports() -> None:
    sync = LipSync()
    picture = sync.came("video", 1_000_000, now=10.0)
    sound = sync.came("audio", 77, now=10.02)
    assert sound - picture == pytest.approx(0.02)
    assert not sync.settled


def test_reports_say_better_and_a_wide_gap_is_closed_at_once() -> None:
    sync = LipSync()
    picture = sync.came("video", 90_000, now=10.0)
    sync.came("audio", 48_000, now=10.0)
    # The sound was taken half a second before the picture that came with it.
    sync.reported("video", 90_000, 5000.5)
    sync.reported("audio", 48_000, 5000.0)
    assert sync.settled
    assert sync.came("audio", 48_000 + 24_000, now=10.5) == pytest.approx(picture)


def test_a_clock_that_drifts_is_followed_slowly() -> None:
    sync = LipSync()
    sync.came("video", 0, now=0.0)
    sync.came("audio", 0, now=0.0)
    sync.reported("video", 0, 0.0)
    sync.reported("audio", 0, 0.0)
    before = sync.came("audio", 0, now=0.0)
    sync.reported("audio", 48_000 * 10, 10.05)
    after = sync.came("audio", 48_000 * 10, now=10.0)
    assert after - before == pytest.approx(10.0 + 10.0 * SLEW)


def test_a_report_of_a_track_that_has_not_come_says_nothing() -> None:
    sync = LipSync()
    sync.reported("video", 1, 1.0)
    sync.reported("audio", 1, 1.0)
    assert not sync.settled


@given(st.integers(0, WRAP - 1), st.lists(st.integers(-9000, 90_000), max_size=30))
def test_timestamps_wrap_unseen(start: int, steps: list[int]) -> None:
    sync, rtp = LipSync(), start
    first = sync.came("video", rtp, now=0.0)
    for step in steps:
        rtp += step
        assert sync.came("video", rtp % WRAP, now=0.0) - first == pytest.approx(
            (rtp - start) / 90_000
        )
