"""Times that a damaged source made up."""

from array import array
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from media_runtime.probe.astray import astray, mend
from media_runtime.probe.packets import Packets


def packets(*times: tuple[int, int]) -> Packets:
    """(pts, dts) in milliseconds."""
    count = len(times)
    return Packets(
        pts=array("q", [pts for pts, _ in times]),
        dts=array("q", [dts for _, dts in times]),
        discard=bytearray(count),
        key=bytearray(count),
    )


def test_one_leap_forward_and_back_is_one_packet() -> None:
    assert astray([0, 40, 10_000_000, 120, 160]) == [2]


def test_one_leap_backward_is_one_packet() -> None:
    assert astray([0, 40, 80, -9_000, 160, 200]) == [3]


def test_a_clock_that_leaps_for_good_is_no_packet_astray() -> None:
    assert astray([0, 40, 80, 10_000_000, 10_000_040]) == []


def test_the_larger_part_is_right() -> None:
    assert astray([9_000, 9_040, 0, 40, 80]) == [0, 1]


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_what_is_left_runs_forward(times: list[int]) -> None:
    wrong = set(astray(times))
    left = [time for place, time in enumerate(times) if place not in wrong]
    assert left == sorted(left)


@given(st.integers(2, 100), st.data())
def test_any_single_time_may_be_wrong(count: int, data: st.DataObject) -> None:
    times = [40 * n for n in range(count)]
    times[data.draw(st.integers(0, count - 1))] = data.draw(st.integers(-(10**9), 10**9))
    assert len(astray(times)) <= 1


def test_an_astray_packet_is_not_shown() -> None:
    found = packets((0, 0), (40, 40), (99_000_000, 80), (120, 120), (160, 9_999_999), (200, 200))
    assert mend(found, Fraction(1, 1000)) == 2
    assert list(found.discard) == [0, 0, 1, 0, 1, 0]
    assert max(found.pts) == 200


def test_a_packet_without_a_decoding_time_is_not_judged_by_one() -> None:
    found = packets((0, 0), (120, -80), (40, -40), (80, 0))
    found.undated.add(0)
    assert mend(found, Fraction(1, 1000)) == 0
