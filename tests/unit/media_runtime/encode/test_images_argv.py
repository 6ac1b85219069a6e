"""Thumbnails cost as little as the source allows."""

from fractions import Fraction

import pytest

from media_runtime.encode.images_argv import (
    key_frames_suffice,
    pictures_in,
    poster_rung,
    sheets_in,
)
from media_runtime.title.plan import Images
from tests.unit.media_runtime.title.films import film

from .rungs import rung

WISH = Images(every_seconds=10, width=160, height=90)


@pytest.mark.parametrize(
    ("seconds", "pictures"), [(Fraction(1, 25), 1), (Fraction(10), 1), (Fraction(101, 10), 2)]
)
def test_every_stretch_has_a_picture(seconds: Fraction, pictures: int) -> None:
    assert pictures_in(seconds, WISH) == pictures


def test_sheets_hold_all_pictures() -> None:
    assert [sheets_in(n, WISH) for n in (1, 100, 101)] == [1, 1, 2]


def test_the_poster_is_the_largest_rung_of_at_most_720_lines() -> None:
    rungs = [rung(str(h), width=h * 16 // 9, height=h) for h in (240, 720, 1080)]
    assert poster_rung(rungs).name == "720"
    assert poster_rung([rung("2160", width=3840, height=2160)]).name == "2160"


@pytest.mark.parametrize(("back", "suffice"), [(Fraction(2), True), (Fraction(8), False)])
def test_only_key_frames_are_decoded_where_they_are_dense(back: Fraction, *, suffice: bool) -> None:
    plan = film(chunk_segments=(2, 5, 5))
    starts = [Fraction(chunk.first_segment * 4) for chunk in plan.chunks]
    chunks = tuple(
        chunk.model_copy(update={"seek_seconds": max(Fraction(0), start - back)})
        for chunk, start in zip(plan.chunks, starts, strict=True)
    )
    plan = plan.model_copy(update={"chunks": chunks})
    assert plan.video is not None
    assert key_frames_suffice(plan, plan.video, WISH) is suffice
