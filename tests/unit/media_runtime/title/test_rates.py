"""Bit rates as a player needs them declared."""

from hypothesis import given
from hypothesis import strategies as st

from media_runtime.title.ledger import Segment
from media_runtime.title.rates import average_kbps, peak_kbps


def cut(*pieces: tuple[int, int]) -> list[Segment]:
    """Segments of (milliseconds, bytes)."""
    return [Segment(duration=ms, offset=0, size=size, sha256="") for ms, size in pieces]


def test_the_average_is_all_bytes_over_all_time() -> None:
    assert average_kbps(cut((4000, 500_000), (2000, 100_000)), 1000) == 800


def test_the_peak_is_the_worst_segment() -> None:
    assert peak_kbps(cut((4000, 500_000), (4000, 1_000_000), (4000, 250_000)), 1000) == 2000


def test_a_short_last_segment_does_not_raise_the_peak_alone() -> None:
    assert peak_kbps(cut((4000, 500_000), (40, 100_000)), 1000) == 1189


def test_a_title_of_one_frame_has_its_average() -> None:
    assert peak_kbps(cut((40, 5_000)), 1000) == 1000


@given(st.lists(st.tuples(st.integers(1, 12_000), st.integers(1, 10**7)), min_size=1, max_size=20))
def test_no_segment_of_full_length_is_faster_than_the_peak(pieces: list[tuple[int, int]]) -> None:
    segments = cut(*pieces)
    longest = max(segments, key=lambda s: s.duration)
    if longest.duration >= 1000:
        assert peak_kbps(segments, 1000) >= average_kbps([longest], 1000)
