"""A title's clock, made out from its packets."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.probe.packets import Packets
from media_runtime.probe.rates import FAMILIAR
from media_runtime.probe.timing import Timing, timing

MILLI = Fraction(1, 1000)


def packets(times: list[int], duration: int = 0) -> Packets:
    found = Packets()
    for time in times:
        found.pts.append(time)
        found.dts.append(time)
        found.duration.append(duration)
        found.size.append(1)
        found.position.append(0)
        found.key.append(1)
        found.discard.append(0)
    return found


def of(times: list[int], time_base: Fraction = MILLI, *declared: str, duration: int = 0) -> Timing:
    found = timing(packets(times, duration), time_base, [Fraction(r) for r in declared])
    assert found is not None
    return found


@given(st.sampled_from(FAMILIAR), st.integers(60, 3000), st.integers(0, 10**6))
def test_milliseconds_do_not_hide_an_exact_rate(rate: Fraction, frames: int, start: int) -> None:
    found = of([start + round(1000 * n / rate) for n in range(frames)], MILLI, str(rate))
    assert (found.rate, found.variable) == (rate, False)
    assert found.seconds == frames / rate
    assert found.start == Fraction(start, 1000)


def test_frames_in_decoding_order_are_put_in_order() -> None:
    assert of([0, 120, 40, 80, 240, 160, 200]).rate == 25


def test_lost_frames_do_not_make_a_rate_variable() -> None:
    found = of([40 * n for n in range(100) if n not in (1, 50, 51)])
    assert not found.variable
    assert found.rate == 25
    assert found.seconds == 4


def test_a_phone_that_drops_frames_now_and_then_is_still_thirty() -> None:
    times = [33 * n + (n * n % 7) * (n % 3 == 0) for n in range(200) if n % 5]
    found = of(times)
    assert found.variable
    assert found.rate == 30


def test_an_odd_rate_becomes_a_regular_one_not_above_it() -> None:
    found = of([round(1000 * n / Fraction("17.3")) for n in range(300)], MILLI, "173/10")
    assert not found.variable
    assert found.rate == 17
    assert abs(found.seconds - 300 / Fraction("17.3")) < Fraction(1, 17)


def test_a_slide_show_repeats_its_pictures() -> None:
    assert of([0, 5000, 10_000, 15_000], duration=5000).rate == 1


@pytest.mark.parametrize(("declared", "rate"), [((), 25), (("24",), 24), (("90000",), 25)])
def test_one_frame_lasts_as_long_as_the_container_says(
    declared: tuple[str, ...], rate: int
) -> None:
    assert of([0], MILLI, *declared).seconds == Fraction(1, rate)


def test_frames_that_an_edit_list_cuts_off_are_not_counted() -> None:
    found = packets([-80, -40, 0, 40, 80])
    found.discard[0] = found.discard[1] = 1
    shown = timing(found, MILLI, [])
    assert shown is not None
    assert shown.start == 0
    assert shown.seconds == Fraction(3, 25)


def test_nothing_shown_is_no_clock() -> None:
    assert timing(packets([]), MILLI, []) is None


def test_reordered_frames_without_a_time_are_given_the_one_that_is_free() -> None:
    found = packets([160, 0, 40, 80])
    found.dts[:] = type(found.dts)("q", [0, 40, 80, 120])
    found.pts[:] = type(found.pts)("q", [0, 40, 40, 80])
    found.untold[:] = [1]
    found.settle()
    assert list(found.pts) == [0, 120, 40, 80]
