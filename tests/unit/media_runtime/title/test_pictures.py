"""Thumbnails are the same pictures however a title is cut."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from media_runtime.title.pictures import (
    GRID,
    pictures_in,
    place_of,
    poster_rung,
    sheets_in,
    wanted,
)
from media_runtime.title.plan import Images

from .films import rung

WISH = Images(every_seconds=10, width=160, height=90)
LONG = Fraction(3600)


@pytest.mark.parametrize(
    ("seconds", "pictures"), [(Fraction(1, 25), 1), (Fraction(10), 1), (Fraction(101, 10), 2)]
)
def test_every_stretch_has_a_picture(seconds: Fraction, pictures: int) -> None:
    assert pictures_in(seconds, WISH) == pictures


def test_sheets_hold_all_pictures() -> None:
    assert [sheets_in(n, WISH) for n in (1, 100, 101)] == [1, 1, 2]


def test_a_stretch_is_shown_by_its_middle_and_a_short_one_by_its_last_frame() -> None:
    duration = Fraction(22)
    assert [place_of(n, duration, WISH) / GRID for n in range(3)] == [5, 15, 21.98]
    assert place_of(0, Fraction(1, 60), WISH) == 0


@given(
    duration=some.fractions(Fraction(1, 60), 300, max_denominator=1001),
    every=some.integers(1, 60),
    segment=some.sampled_from([Fraction(2), Fraction(4004, 1000), Fraction(6)]),
    size=some.integers(1, 5),
)
def test_chunks_share_out_all_pictures_in_their_order(
    duration: Fraction, every: int, segment: Fraction, size: int
) -> None:
    wish = WISH.model_copy(update={"every_seconds": every})
    ends = [Fraction(0)]
    while ends[-1] < duration:
        ends.append(ends[-1] + size * segment)
    shared = [wanted(wish, duration, begin, end) for begin, end in pairwise(ends)]
    places = [place for found in shared for place in found.places]
    assert places == [place_of(n, duration, wish) for n in range(pictures_in(duration, wish))]
    assert sum(found.posters for found in shared) == min(12, len(places))
    assert all(0 <= place < max(Fraction(1), duration * GRID) for place in places)


def test_only_the_beginning_is_looked_at_for_a_poster() -> None:
    assert wanted(WISH, LONG, Fraction(0), Fraction(8)).posters == 1
    assert wanted(WISH, LONG, Fraction(1000), Fraction(1008)).posters == 0


def test_the_poster_is_the_largest_rung_of_at_most_720_lines() -> None:
    rungs = [rung(str(height), height, 100, frames=100) for height in (240, 720, 1080)]
    assert poster_rung(rungs).name == "720"
    assert poster_rung([rung("2160", 2160, 100, frames=100)]).name == "2160"
