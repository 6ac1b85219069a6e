"""A clock in the picture is read as it was shown, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.live_clock import (
    TURN_MILLIS,
    WHITE,
    Scene,
    age_millis,
    bits,
    blocks_of,
    read,
    time_of_day,
)

MILLIS = st.integers(min_value=0, max_value=4_000_000_000_000)


@given(MILLIS)
def test_what_is_shown_is_read(millis: int) -> None:
    assert read(bits(millis)) == millis % TURN_MILLIS


@given(MILLIS, st.integers(min_value=0, max_value=31))
def test_a_block_seen_wrongly_is_no_clock(millis: int, wrong: int) -> None:
    seen = list(bits(millis))
    seen[wrong] = not seen[wrong]
    assert read(seen) is None


@pytest.mark.parametrize("level", [False, True])
def test_a_black_or_white_picture_is_no_clock(level: bool) -> None:  # noqa: FBT001 - a level
    assert read([level] * 32) is None


@given(MILLIS, st.integers(min_value=0, max_value=TURN_MILLIS - 1))
def test_an_age_is_right_across_the_turn(shown: int, age: int) -> None:
    assert age_millis(shown % TURN_MILLIS, shown + age) == age


@pytest.mark.parametrize(("width", "height"), [(320, 180), (640, 360), (1280, 720)])
def test_a_frame_is_a_whole_picture_and_carries_its_time(width: int, height: int) -> None:
    scene = Scene.of(width, height)
    for number in (0, 1, 7200):
        frame = bytes(scene.frame(number, 1_790_000_000_000 + 33 * number))
        assert len(frame) == width * height * 3 // 2
        seen = read(blocks_of(frame[: width * height], width, height))
        assert seen == (1_790_000_000_000 + 33 * number) % TURN_MILLIS


def test_frames_move_so_that_none_looks_frozen() -> None:
    scene = Scene.of(320, 180)
    assert scene.frame(1, 0) != scene.frame(2, 0)


def test_digits_are_painted_for_people() -> None:
    scene = Scene.of(320, 180)
    row = 22 * scene.unit + 1  # the first line of dots
    line = scene.frame(0, 0)[row * 320 : (row + 1) * 320]
    assert WHITE in line
    assert time_of_day(86_399_999) == "23:59:59.999"


def test_a_picture_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="16:9"):
        Scene.of(640, 480)
