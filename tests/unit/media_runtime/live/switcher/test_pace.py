"""The output's clock, and how an input of another clock is followed."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.live.switcher.pace import Follower, Grid
from media_runtime.live.switcher.picture import SAMPLE_RATE

RATES = [Fraction(25), Fraction(30000, 1001), Fraction(24000, 1001), Fraction(60)]
RATE = 25
NOW = 1_790_000_000 * 10**9


@pytest.mark.parametrize("rate", RATES)
@given(nanos=st.integers(NOW, NOW + 10**15))
def test_the_frame_of_an_instant_is_due_and_the_next_is_not(rate: Fraction, nanos: int) -> None:
    grid = Grid(rate)
    n = grid.frame_at(nanos)
    assert grid.due_nanos(n) <= nanos < grid.due_nanos(n + 1)


@pytest.mark.parametrize("rate", RATES)
@given(n=st.integers(0, 10**12))
def test_a_frames_samples_are_found_again(rate: Fraction, n: int) -> None:
    grid = Grid(rate)
    assert grid.frame_of(grid.samples_before(n + 1) - 1) == n
    assert 0 <= n * SAMPLE_RATE / rate - grid.samples_before(n) < 1


@pytest.mark.parametrize("rate", RATES)
def test_a_day_has_the_samples_of_a_day(rate: Fraction) -> None:
    grid, day = Grid(rate), 86_400
    frames = [grid.samples_before(n + 1) - grid.samples_before(n) for n in range(2000)]
    assert max(frames) - min(frames) <= 1
    whole = int(rate * 1001 * day)  # a whole number of frames at each of these rates
    assert grid.samples_before(whole) == day * 1001 * SAMPLE_RATE


def test_two_switchers_begin_on_the_same_grid_of_gops() -> None:
    grid = Grid(Fraction(25))
    first, later = grid.next_start(NOW + 1, 50), grid.next_start(NOW + 17 * 10**9, 50)
    assert first % 50 == 0
    assert (later - first) % 50 == 0
    assert NOW < grid.due_nanos(first) <= NOW + 2 * 10**9


@dataclass
class Listened:
    skews: list[float] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    behind: list[int] = field(default_factory=list)
    missing: int = 0


def listen(
    follower: Follower, seconds: int, arrived_at: Callable[[int], int], start: int = 0
) -> Listened:
    """Runs the output for so long, on a clock of its own, against an input that comes as told."""
    grid, listened, shown = follower.grid, Listened(), None
    origin = grid.frame_at(NOW)
    for n in range(start * RATE, (start + seconds) * RATE):
        arrived = arrived_at(n)
        reading = follower.read_at(grid.samples_before(origin + n), arrived)
        if reading is None:
            listened.missing += 1
            continue
        listened.skews.append((grid.samples_before(reading.frame) - reading.sample) / 48)
        listened.behind.append(arrived - reading.sample)
        if shown is not None:
            listened.steps.append(reading.frame - shown)
        shown = reading.frame
    return listened


def steadily(ppm: int = 0) -> Callable[[int], int]:
    """Whole frames, on a clock that is off by so much, at each frame of the output's."""
    return lambda n: n * (1_000_000 + ppm) // 1_000_000 * (SAMPLE_RATE // RATE)


@pytest.mark.parametrize("ppm", [-200, 200])
def test_a_day_of_an_input_whose_clock_drifts(ppm: int) -> None:
    follower = Follower(Grid(Fraction(RATE)))
    heard = listen(follower, 86_400, steadily(ppm))
    assert heard.missing < 10
    assert (follower.skipped, follower.starved) == (0, 0)
    assert set(heard.steps) <= {0, 1, 2}, "only single frames are repeated or dropped"
    dropped = sum(step - 1 for step in heard.steps)
    assert abs(dropped - 86_400 * 25 * ppm / 1_000_000) < 4
    assert heard.steps.count(0) * heard.steps.count(2) == 0, "not in turn"
    assert max(map(abs, heard.skews)) <= 20.1, "milliseconds between sound and picture"
    assert max(heard.behind) < 0.4 * SAMPLE_RATE


def test_an_input_that_pauses_is_joined_where_it_is_then() -> None:
    follower = Follower(Grid(Fraction(RATE)))
    come = steadily()
    listen(follower, 5, come)
    paused = listen(follower, 3, lambda _: come(5 * RATE), start=5)
    assert paused.missing > 60
    again = listen(follower, 5, come, start=8)
    assert again.missing == 0
    assert max(again.behind) < 0.3 * SAMPLE_RATE, "what came late is skipped"


def test_what_comes_late_all_at_once_is_skipped() -> None:
    follower = Follower(Grid(Fraction(RATE)))
    come = steadily()
    listen(follower, 5, come)
    burst = listen(follower, 6, lambda n: come(n + RATE), start=5)
    assert follower.skipped == 1
    assert burst.missing == 0
    assert burst.behind[-1] < 0.3 * SAMPLE_RATE


def test_an_input_that_begins_in_a_rush_is_soon_no_later_than_one_that_did_not() -> None:
    follower = Follower(Grid(Fraction(RATE)))
    come = steadily()

    def rushing(n: int) -> int:
        return come(n + min(n, 5))  # a fifth of a second more than time, within as long

    began = listen(follower, 5, rushing)
    assert began.missing < 10
    assert follower.skipped == 1
    steady = listen(Follower(Grid(Fraction(RATE))), 5, come)
    assert began.behind[-1] == steady.behind[-1]
    later = listen(follower, 600, rushing, start=5)
    assert set(later.steps) == {1}
    assert (follower.skipped, follower.starved) == (1, 0)


def holding_up(stalls: list[int], millis: int = 180, ppm: int = 0) -> Callable[[int], int]:
    """From each of these seconds on nothing comes for so long; it catches up half as fast as time.

    The seconds are in order, and the output's.
    """
    come, stall = steadily(ppm), millis * RATE // 1000
    starts = [second * RATE for second in stalls]

    def held_up(n: int) -> int:
        last = bisect_right(starts, n)
        late = n - starts[last - 1] if last else RATE * 60
        held = late if late < stall else max(0, stall - (late - stall) // 2)
        return come(max(0, n - held))

    return held_up


@pytest.mark.parametrize("millis", [150, 200])
def test_an_input_that_stalls_again_and_again_is_waited_for_the_first_time(millis: int) -> None:
    follower = Follower(Grid(Fraction(RATE)))
    listen(follower, 300, holding_up(list(range(0, 300, 5)), millis))
    assert follower.starved <= 2
    assert follower.skipped <= 1


@pytest.mark.parametrize(("every", "breaks"), [(3, 2), (5, 2), (10, 3), (30, 4), (60, 4), (240, 9)])
@pytest.mark.parametrize("ppm", [-200, 0, 200])
def test_the_more_seldom_an_input_stalls_the_longer_it_takes_to_learn_that_it_does(
    every: int, breaks: int, ppm: int
) -> None:
    follower, hours = Follower(Grid(Fraction(RATE))), 2
    come = holding_up(list(range(every, hours * 3600, every)), 200, ppm)
    heard = listen(follower, hours * 3600, come)
    assert follower.starved <= breaks
    assert follower.skipped <= breaks
    assert heard.missing < 10 * (follower.starved + 1)
    assert max(heard.behind) < 0.5 * SAMPLE_RATE


@pytest.mark.parametrize("millis", [180, 250, 320, 400])
def test_what_one_stall_made_late_is_made_up_for_within_three_seconds(millis: int) -> None:
    follower = Follower(Grid(Fraction(RATE)))
    come = holding_up([60], millis)
    before = listen(follower, 60, come)
    listen(follower, 3, come, start=60)
    after = listen(follower, 20, come, start=63)
    assert follower.starved == 1, "the stall was worse than the cushion"
    assert max(after.behind) - before.behind[-1] <= 0.06 * SAMPLE_RATE
    assert set(after.steps) == {1}, "smooth from there on"
    assert follower.skipped == 1


def test_stalls_that_have_nothing_to_do_with_each_other_are_each_made_up_for_at_once() -> None:
    follower = Follower(Grid(Fraction(RATE)))
    quarters = [900 * k for k in range(1, 13)]
    come = holding_up(quarters)
    usual = listen(follower, 60, come).behind[-1]
    follower.skipped, now = 0, 60
    for k, quarter in enumerate(quarters, 1):
        listen(follower, quarter + 3 - now, come, start=now)
        now = quarter + 13
        after = listen(follower, 10, come, start=quarter + 3)
        assert max(after.behind) - usual <= 0.06 * SAMPLE_RATE
        assert (follower.starved, follower.skipped) == (k, k)


def test_a_bad_quarter_of_an_hour_is_forgiven_in_time() -> None:
    follower = Follower(Grid(Fraction(RATE)))
    bad, later = list(range(30, 900, 30)), [900 + 1200 * k for k in range(1, 6)]
    come = holding_up([*bad, *later])
    listen(follower, later[-1], come)
    learned = follower.starved - len(later[:-1])
    assert 3 <= learned <= 4
    listen(follower, 3, come, start=later[-1])
    after = listen(follower, 10, come, start=later[-1] + 3)
    assert max(after.behind) < 0.3 * SAMPLE_RATE


@pytest.mark.parametrize("millis", [300, 600])
def test_when_the_output_itself_stood_still_nothing_is_lost_by_that(millis: int) -> None:
    follower = Follower(Grid(Fraction(RATE)))
    come, stood = steadily(), millis * RATE // 1000

    def seen(n: int) -> int:  # all that is overdue is composed at once when it goes on
        return come(max(n, 60 * RATE + stood) if n >= 60 * RATE else n)

    listen(follower, 60, seen)
    after = listen(follower, 30, seen, start=60)
    assert after.missing == 0
    assert set(after.steps) == {1}
    assert (follower.skipped, follower.starved) == (0, 0)


def test_an_input_that_jitters_is_waited_for_a_little_longer_and_then_is_smooth() -> None:
    follower = Follower(Grid(Fraction(RATE)))
    come = steadily()

    def unsteadily(n: int) -> int:
        return come(max(0, n - n * 977 % 3))

    heard = listen(follower, 600, unsteadily)
    assert 0 < heard.steps.count(0) <= 2
    assert set(heard.steps[180 * RATE :]) == {1}
    assert follower.starved == 0
