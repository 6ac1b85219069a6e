"""A channel's timeline is arithmetic on the time, exact at any rate and for any number of years."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from media_runtime.live.clock import (
    SHORTEST_PART,
    Cadence,
    Place,
    access_units,
    microseconds,
    pictures,
    targets,
    timeline,
)

from .shows import AAC, AAC_CD, EAC3, FILM, MSN, NTSC, OPUS, PAL, WEB, grid

RATES = [FILM, Fraction(24), PAL, WEB, NTSC, Fraction(50), Fraction(60), Fraction(10)]
SOUNDS = [AAC, AAC_CD, EAC3, OPUS]
msns = some.integers(0, 4 * MSN)


def lengths(rate: Fraction, msn: int = MSN) -> list[int]:
    """Frames of each part of a segment."""
    cadence = pictures(rate)
    where = grid(cadence)
    marks = [where.first(cadence, where.after(Place(msn, 0), n)) for n in range(where.parts + 1)]
    return [b - a for a, b in pairwise(marks)]


@pytest.mark.parametrize(
    ("rate", "frames"),
    [
        (PAL, [8, 9, 8, 8, 9, 8]),
        (WEB, [10] * 6),
        (NTSC, [10] * 6),
        (FILM, [8] * 6),
        (Fraction(50), [17, 16, 17, 17, 16, 17]),
    ],
)
def test_parts_are_whole_frames(rate: Fraction, frames: list[int]) -> None:
    assert lengths(rate) == frames
    assert lengths(rate, MSN + 12345) == frames


def test_a_segment_at_29_97_is_sixty_frames_and_never_drifts() -> None:
    where = grid(pictures(NTSC))
    assert where.segment == Fraction(1001, 500)
    assert where.first(pictures(NTSC), Place(MSN, 0)) == 60 * MSN


@given(some.sampled_from(RATES), some.sampled_from(SOUNDS), msns, some.integers(-200, 200))
def test_a_sample_is_in_one_place(rate: Fraction, sound: Cadence, msn: int, by: int) -> None:
    where = grid(pictures(rate), sound)
    for cadence in (pictures(rate), sound):
        sample = max(0, where.first(cadence, Place(msn, 0)) + by)
        place = where.holding(cadence, sample)
        assert where.first(cadence, place) <= sample
        assert sample < where.first(cadence, where.after(place))


@given(some.sampled_from(RATES), some.sampled_from(SOUNDS), msns)
def test_sound_is_cut_at_the_access_unit_nearest_to_the_grid(
    rate: Fraction, sound: Cadence, msn: int
) -> None:
    where = grid(pictures(rate), sound)
    for part in range(where.parts):
        cut = where.first(sound, Place(msn, part)) / sound.rate
        assert abs(cut - (msn * where.parts + part) * where.part) <= 1 / sound.rate / 2


@given(some.sampled_from(RATES), some.sampled_from(SOUNDS), msns)
def test_no_part_is_longer_than_the_target_or_much_shorter(
    rate: Fraction, sound: Cadence, msn: int
) -> None:
    cadences = [pictures(rate), sound]
    where = grid(*cadences)
    longest = targets(where, cadences).part
    for cadence in cadences:
        marks = [where.first(cadence, where.after(Place(msn, 0), n)) for n in range(8)]
        for a, b in pairwise(marks):
            assert SHORTEST_PART * longest <= (b - a) / cadence.rate <= longest


@given(some.sampled_from(RATES), msns, some.integers(0, 5))
def test_the_clock_and_the_samples_agree(rate: Fraction, msn: int, part: int) -> None:
    cadence = pictures(rate)
    where = grid(cadence, epoch=1_700_000_000)
    place = where.after(Place(msn, 0), part)
    assert where.at(where.available(cadence, place)) >= place
    first = where.first(cadence, place)
    assert where.holding(cadence, first) == place


def test_a_moment_is_told_by_the_epoch_and_the_ticks() -> None:
    where = grid(pictures(PAL), epoch=1_700_000_000)
    assert where.moment(pictures(PAL), 25_000).isoformat() == "2023-11-14T22:13:21+00:00"


def test_durations_add_up() -> None:
    where = grid(pictures(NTSC), AAC)
    marks = [where.first(AAC, where.after(Place(MSN, 0), n)) * 1024 for n in range(7)]
    told = [microseconds(AAC, mark) for mark in marks]
    assert sum(b - a for a, b in pairwise(told)) == told[-1] - told[0]


def test_a_rung_of_half_the_rate_shares_the_grid() -> None:
    where = grid(pictures(WEB), pictures(Fraction(15)), pictures(Fraction(24)))
    assert where.segment == 2
    assert where.parts == 6


def test_rungs_without_a_common_grid_are_refused() -> None:
    with pytest.raises(ValueError, match="whole frames at each of 30000/1001, 25 a second"):
        grid(pictures(NTSC), pictures(PAL))


def test_a_channel_of_sound_alone_has_the_nominal_grid() -> None:
    where = timeline([access_units(48_000, 1024)], segment_millis=2000, part_millis=333)
    assert where.segment == 2
    assert where.parts == 6


def test_the_targets_are_those_of_the_longest_rendition() -> None:
    cadences = [pictures(PAL), AAC]
    assert targets(grid(*cadences), cadences).part == Fraction(9, 25)
    assert targets(grid(*cadences), cadences).segment == 2
