"""Pictures and samples come whole out of a pipe, in order, and old ones are let go."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from media_runtime.live.switcher.frames import Pictures, Sound, wide_pipe, write_all
from media_runtime.live.switcher.picture import SAMPLE_BYTES, SAMPLE_RATE

SIZE = 96


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = wide_pipe()
    for end in ends:
        os.set_blocking(end, False)
    yield ends
    for end in ends:
        os.close(end)


def fed(pictures: Pictures, pipe: tuple[int, int], *values: int) -> None:
    for value in values:
        os.write(pipe[1], bytes([value]) * SIZE)
        assert pictures.fill_from(pipe[0])


def shown_by(pictures: Pictures, index: int) -> bytes:
    return bytes(pictures.show(index) or b"")


def test_a_picture_that_comes_in_pieces_is_whole(pipe: tuple[int, int]) -> None:
    pictures = Pictures(SIZE)
    os.write(pipe[1], bytes([7]) * 50)
    assert pictures.fill_from(pipe[0]) is None
    os.write(pipe[1], bytes([7]) * 46 + bytes([8]) * 10)
    assert bytes(pictures.fill_from(pipe[0]) or b"") == bytes([7]) * SIZE
    assert pictures.arrived == 1


def test_what_was_shown_stays_until_the_next_is_there(pipe: tuple[int, int]) -> None:
    pictures = Pictures(SIZE)
    assert pictures.show(0) is None
    fed(pictures, pipe, 1, 2, 3)
    assert shown_by(pictures, 1) == bytes([2]) * SIZE
    assert shown_by(pictures, 1) == bytes([2]) * SIZE
    pictures.restart()
    assert shown_by(pictures, 0) == bytes([2]) * SIZE
    fed(pictures, pipe, 9)
    assert shown_by(pictures, 0) == bytes([9]) * SIZE


def test_a_shown_picture_is_never_written_over(pipe: tuple[int, int]) -> None:
    pictures = Pictures(SIZE)
    fed(pictures, pipe, 1)
    shown = pictures.show(0)
    for value in range(2, 100):
        fed(pictures, pipe, value)
    assert shown is not None
    assert bytes(shown) == bytes([1]) * SIZE
    assert pictures.show(0) is shown
    assert shown_by(pictures, 98) == bytes([99]) * SIZE


def test_samples_before_the_first_and_after_the_last_are_silence() -> None:
    sound = Sound()
    sound.add(b"abcd" * 10)
    assert sound.hear(-2, 4) == bytes(8) + b"abcd" * 2
    assert sound.hear(8, 4) == b"abcd" * 2 + bytes(8)
    assert sound.hear(500, 2) == bytes(8)


def test_sound_is_found_across_the_rings_end() -> None:
    sound, second = Sound(), SAMPLE_RATE * SAMPLE_BYTES
    for n in range(9):
        sound.add(bytes([n]) * (second // 2))
        sound.add(bytes([n]) * (second // 2))
    sound.add(b"wxyz" * 4)
    at = 9 * SAMPLE_RATE
    assert sound.hear(at - 2, 4) == bytes([8]) * 8 + b"wxyz" * 2
    assert sound.hear(0, 2) == bytes(8), "too long ago"


def test_the_end_of_a_pipe_is_told() -> None:
    reading, writing = wide_pipe()
    os.close(writing)
    with pytest.raises(EOFError):
        Pictures(SIZE).fill_from(reading)
    with pytest.raises(EOFError):
        Sound().fill_from(reading)
    os.close(reading)


def test_writing_waits_while_the_pipe_is_full(pipe: tuple[int, int]) -> None:
    data = bytes(range(256)) * 20_000

    async def read() -> bytes:
        got = b""
        while len(got) < len(data):
            await asyncio.sleep(0)
            try:
                got += os.read(pipe[0], 1 << 20)
            except BlockingIOError:
                continue
        return got

    async def both() -> bytes:
        got, _ = await asyncio.gather(read(), write_all(pipe[1], data))
        return got

    assert asyncio.run(both()) == data


def test_a_picture_of_a_slow_source_stands_for_several_frames(pipe: tuple[int, int]) -> None:
    pictures = Pictures(SIZE)
    pictures.restart(every=6)
    fed(pictures, pipe, 1, 2)
    assert pictures.arrived == 12
    assert [shown_by(pictures, n)[0] for n in (0, 5, 6, 11)] == [1, 1, 2, 2]
