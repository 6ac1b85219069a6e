"""Machines read the time from a picture, whatever an encoder made of it."""

import pytest

from media_runtime.live.switcher import strip


def row(millis: int, width: int, white: int = 235, black: int = 16) -> list[int]:
    bits = [1, *((millis >> n) & 1 for n in reversed(range(strip.BITS))), 0]
    levels = [black] * width
    for n, bit in enumerate(bits):
        first, size = strip.box(n, width)
        levels[first : first + size] = [white if bit else black] * size
    return levels


@pytest.mark.parametrize("width", [160, 320, 854, 1280])
@pytest.mark.parametrize("millis", [0, 1, 43_200_000, strip.DAY_MILLIS - 1])
def test_the_time_is_read_as_it_was_drawn(millis: int, width: int) -> None:
    assert strip.read(row(millis, width)) == millis


def test_a_washed_out_picture_is_still_read() -> None:
    assert strip.read(row(12_345_678, 320, white=180, black=70)) == 12_345_678


@pytest.mark.parametrize("level", [16, 128, 235])
def test_a_picture_without_a_strip_tells_no_time(level: int) -> None:
    assert strip.read([level] * 320) is None


def test_a_time_that_no_day_has_is_none() -> None:
    assert strip.read(row((1 << strip.BITS) - 1, 320)) is None
