"""Chunks share out a rung's frames: each frame to one, none left."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from media_runtime.encode.span import decimal, span_of

from .rungs import chunk, rung


@given(some.integers(1, 5000), some.lists(some.integers(1, 20), min_size=1, max_size=9))
def test_chunks_cover_each_frame_once(frames: int, counts: list[int]) -> None:
    made = rung(frames=frames)
    firsts = [sum(counts[:n]) for n in range(len(counts))]
    chunks = [
        span_of(made, chunk(first, count)) for first, count in zip(firsts, counts, strict=True)
    ]
    assert all(before.end == after.first for before, after in pairwise(chunks) if after.count > 0)
    assert max(span.end for span in chunks) <= frames


def test_the_last_chunk_ends_with_the_title() -> None:
    assert span_of(rung(frames=150), chunk(1, 2)).count == 50


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (Fraction(0), "0.000000"),
        (Fraction(12012, 1000), "12.012000"),
        (Fraction(1001, 30000), "0.033367"),
        (Fraction(-1, 4), "-0.250000"),
    ],
)
def test_times_are_written_as_ffmpeg_reads_them(seconds: Fraction, text: str) -> None:
    assert decimal(seconds) == text
