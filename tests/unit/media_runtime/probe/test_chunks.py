"""How a title is cut, and which packets each chunk needs."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.probe.chunks import Span, Spans, chunks_in_task, cut, segments_in
from media_runtime.probe.packets import Packets
from media_runtime.probe.reads import merged

SEGMENT = Fraction(4)


def packets(frames: str) -> Packets:
    """25 frames a second in decoding order: a capital is a key frame, digits say what is shown."""
    found = Packets()
    for n, frame in enumerate(frames.split()):
        key = frame.startswith("K")
        found.pts.append(int(frame.strip("K")) * 40)
        found.dts.append(n * 40)
        found.duration.append(40)
        found.size.append(10)
        found.position.append(100 + 10 * n)
        found.key.append(key)
        found.discard.append(0)
    return found


def spans(frames: str) -> Spans:
    return Spans(packets(frames), Fraction(1, 1000), Fraction(0), Fraction(25))


def of(frames: str, first: int, after: int) -> Span:
    return spans(frames).of(Fraction(first, 25), Fraction(after, 25))


def test_the_first_chunk_is_short_so_that_a_title_plays_soon() -> None:
    assert cut(30, Fraction(2), 30)[:2] == [(0, 2), (2, 5)]


def test_a_chunk_is_about_ten_seconds_however_much_a_worker_takes() -> None:
    assert cut(30, SEGMENT, 30)[1] == cut(30, SEGMENT, 600)[1] == (2, 2)
    assert cut(30, Fraction(6), 30)[1] == (1, 1)
    assert cut(30, Fraction(2), 4)[1] == (2, 2)


@pytest.mark.parametrize(
    ("segment", "target", "chunks"), [(4, 30, 4), (4, 8, 1), (2, 30, 3), (2, 4, 1), (20, 30, 2)]
)
def test_a_worker_takes_as_many_as_come_near_its_target(
    segment: int, target: int, chunks: int
) -> None:
    assert chunks_in_task(Fraction(segment), target) == chunks


def test_a_short_rest_is_joined_to_the_chunk_before_it() -> None:
    assert cut(13, Fraction(2), 30) == [(0, 2), (2, 5), (7, 6)]


@given(st.integers(1, 5000), st.integers(1, 600))
def test_chunks_cover_every_segment_once(segments: int, target: int) -> None:
    cuts = cut(segments, SEGMENT, target)
    assert cuts[0][0] == 0
    assert all(length > 0 for _, length in cuts)
    assert all(at + length == after for (at, length), (after, _) in pairwise(cuts))
    assert sum(cuts[-1]) == segments


@given(st.integers(10, 500), st.integers(1, 200))
def test_a_longer_title_is_cut_at_the_same_places(segments: int, more: int) -> None:
    shorter, longer = cut(segments, SEGMENT, 12), cut(segments + more, SEGMENT, 12)
    assert {at for at, _ in shorter} <= {at for at, _ in longer}


def test_a_title_of_a_frame_has_a_segment() -> None:
    assert segments_in(Fraction(1, 25), SEGMENT) == 1
    assert segments_in(Fraction(8), SEGMENT) == 2
    assert segments_in(Fraction(801, 100), SEGMENT) == 3


def test_decoding_begins_at_the_key_frame_shown_at_or_before_the_beginning() -> None:
    film = "K0 1 2 3 K4 5 6 7 K8 9 10 11"
    assert of(film, 4, 6).first == 4
    assert of(film, 6, 8).first == 4
    assert of(film, 6, 8).seek_seconds == Fraction(4, 25)


def test_frames_that_lead_an_open_gop_take_the_key_frame_before_it() -> None:
    film = "K0 2 1 3 K6 4 5 7 8"
    assert of(film, 4, 8).first == 0
    assert of(film, 6, 8).first == 4


def test_reordered_frames_are_all_included() -> None:
    film = "K0 4 2 1 3 K5 9 7 6 8 K10 11 12 13"
    span = of(film, 0, 4)
    assert span.after >= 6  # frames 0 to 3, and the one after them


def test_a_film_that_begins_without_a_key_frame_is_read_from_its_beginning() -> None:
    assert of("0 1 2 K3 4 5", 0, 3).first == 0
    assert of("0 1 2 K3 4 5", 0, 3).seek_seconds == 0


ranges = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 300)).map(lambda p: (p[0], p[0] + p[1])),
    max_size=20,
)


@given(ranges, st.integers(1, 1200), st.integers(0, 50))
def test_merged_ranges_hold_every_byte_and_stay_apart(
    wanted: list[tuple[int, int]], size: int, gap: int
) -> None:
    found = merged(wanted, size, gap)
    held = {byte for r in found for byte in range(r.offset, r.offset + r.length)}
    assert {byte for begin, end in wanted for byte in range(begin, min(end, size))} <= held
    assert all(byte < size for byte in held)
    assert all(a.offset + a.length + gap < b.offset for a, b in pairwise(found))
