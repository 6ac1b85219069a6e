"""Sound is cut into whole access units, as near to the picture's cuts as they come."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from media_runtime.encode.units import FRAMING, Framing, run_lengths, segment_cuts, units_in

seconds = some.fractions(Fraction(1, 100), 3000, max_denominator=30_000)
segment_seconds = some.sampled_from([Fraction(2), Fraction(4), Fraction(4004, 1000), Fraction(6)])
formats = some.sampled_from([(48_000, 1024), (44_100, 1024), (48_000, 960), (48_000, 1536)])


@given(seconds, segment_seconds, formats)
def test_cuts_are_the_nearest_to_the_picture_s_and_none_is_empty(
    duration: Fraction, segment: Fraction, form: tuple[int, int]
) -> None:
    rate, frame = form
    cuts = segment_cuts(duration, segment, rate, frame)
    assert all(after > before for before, after in pairwise(cuts))
    for n, cut in enumerate(cuts[:-1]):
        assert abs(Fraction(cut * frame, rate) - n * segment) <= Fraction(frame, 2 * rate)


@given(seconds, segment_seconds, formats)
def test_sound_outlasts_the_picture_by_less_than_a_unit(
    duration: Fraction, segment: Fraction, form: tuple[int, int]
) -> None:
    rate, frame = form
    end = Fraction(segment_cuts(duration, segment, rate, frame)[-1] * frame, rate)
    assert 0 <= end - duration < Fraction(frame, rate)


@given(some.integers(1, 4000), segment_seconds)
def test_runs_hold_every_segment_and_the_first_comes_soon(segments: int, segment: Fraction) -> None:
    lengths = run_lengths(segments, segment)
    assert sum(lengths) == segments
    assert lengths[0] <= 2
    assert all(length * segment <= 91 for length in lengths)


@pytest.mark.parametrize("framing", FRAMING.values())
def test_what_an_encoder_is_late_fills_whole_units(framing: Framing) -> None:
    assert framing.lead + framing.delay == framing.dropped * framing.frame


def test_a_title_of_one_picture_has_a_unit_of_sound() -> None:
    assert units_in(Fraction(1, 25), 48_000, 1024) == 2
    assert units_in(Fraction(1, 100), 48_000, 1024) == 1
