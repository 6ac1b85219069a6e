"""Black, still and silent, from a few samples."""

import array
import random
from fractions import Fraction

import pytest

from media_runtime.live.switcher.picture import Picture, flat
from media_runtime.live.switcher.watch import Watch, is_silent

PICTURE = Picture(160, 90, Fraction(25))


def noisy(luma: int, by: int, seed: int = 1) -> bytearray:
    draw = random.Random(seed)  # noqa: S311 - noise, not a secret
    frame = flat(PICTURE, luma)
    for at in range(PICTURE.luma_bytes):
        frame[at] = max(16, luma + draw.randint(-by, by))
    return frame


def with_box(left: int, size: int = 12) -> bytearray:
    frame = flat(PICTURE, 100)
    for row in range(40, 40 + size):
        begin = row * PICTURE.width + left
        frame[begin : begin + size] = bytes([200]) * size
    return frame


def tone(peak: int, count: int = 1920) -> bytes:
    return array.array("h", [peak if n % 48 < 24 else -peak for n in range(2 * count)]).tobytes()


def test_black_is_told_from_when_it_began() -> None:
    watch = Watch(PICTURE)
    watch.see(noisy(90, 20), 0)
    assert watch.black_since is None
    for now in (40, 80, 120):
        watch.see(noisy(20, 6, seed=now), now)
    assert watch.black_since == 40
    watch.see(noisy(90, 20), 160)
    assert watch.black_since is None


def test_a_title_on_black_is_not_black() -> None:
    watch, frame = Watch(PICTURE), flat(PICTURE, 16)
    frame[40 * 160 : 46 * 160] = bytes([200]) * (6 * 160)
    watch.see(frame, 0)
    assert watch.black_since is None


def test_a_still_with_an_encoders_noise_is_frozen_since_its_first_picture() -> None:
    watch = Watch(PICTURE)
    for n in range(10):
        watch.see(noisy(100, 3, seed=n), n * 40)
    assert watch.frozen_since == 0


@pytest.mark.parametrize("step", [2, 5])
def test_a_small_thing_that_moves_is_not_frozen(step: int) -> None:
    watch, longest = Watch(PICTURE), 0
    for n in range(20):
        watch.see(with_box(10 + step * n), n * 40)
        longest = max(
            longest, n * 40 - (n * 40 if watch.frozen_since is None else watch.frozen_since)
        )
    assert longest <= 120


def test_a_slow_fade_is_not_frozen_for_long() -> None:
    watch, spells = Watch(PICTURE), []
    for n in range(60):
        watch.see(flat(PICTURE, 60 + n), n * 40)
        spells.append(n * 40 - (watch.frozen_since if watch.frozen_since is not None else n * 40))
    assert max(spells) <= 400


def test_after_a_loss_it_is_judged_anew() -> None:
    watch = Watch(PICTURE)
    watch.see(flat(PICTURE, 16), 0)
    watch.see(flat(PICTURE, 16), 40)
    watch.forget()
    assert (watch.black_since, watch.frozen_since) == (None, None)


@pytest.mark.parametrize(("peak", "silent"), [(0, True), (20, True), (60, False), (20000, False)])
def test_silence_is_below_sixty_decibels(peak: int, silent: bool) -> None:  # noqa: FBT001
    assert is_silent(tone(peak)) is silent


def test_sound_in_one_channel_alone_is_sound() -> None:
    right = array.array("h", [0 if n % 2 == 0 else 9000 for n in range(3840)]).tobytes()
    watch = Watch(PICTURE)
    watch.hear(bytes(7680), 0)
    assert watch.silent_since == 0
    watch.hear(right, 40)
    assert watch.silent_since is None
