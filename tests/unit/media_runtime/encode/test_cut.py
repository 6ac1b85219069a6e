"""What an encoder made is put on the grid, or refused."""

import pytest

from media_runtime.cmaf import Fragment, Header, Sample, VideoFormat, read_fragments
from media_runtime.cmaf.boxes import box
from media_runtime.encode.cut import on_grid, require_key_frames, segments_of
from media_runtime.encode.span import Span
from media_runtime.failure import Refused

from .rungs import rung

T = 512
HEADER = Header(12_800, box(b"avc1", bytes(78)), VideoFormat(640, 360))
IDR, P = b"\0\0\0\2\x65x", b"\0\0\0\2\x41x"
RUNG = rung(gop_frames=4, segment_frames=4, frames=12)


def coded(order: list[int], *, from_tick: int = 0, gop: int = 4) -> Fragment:
    """Frames in decode order, named by when they are shown."""
    return Fragment(
        from_tick,
        tuple(
            Sample(IDR if n % gop == 0 else P, T, key=n % gop == 0, offset=(shown - n) * T)
            for n, shown in enumerate(order)
        ),
    )


def test_frames_are_counted_from_the_span_s_first_whatever_clock_ffmpeg_had() -> None:
    samples = on_grid([coded([0, 2, 1, 3], from_tick=77)], RUNG, Span(4, 4))
    # two frames of reordering are always allowed for, so that all chunks have one edit list
    assert [sample.offset for sample in samples] == [2 * T, 3 * T, 1 * T, 2 * T]


@pytest.mark.parametrize(
    "order",
    [[0, 1, 2], [0, 1, 2, 2], [0, 1, 2, 4]],
    ids=["one too few", "one twice", "one left out"],
)
def test_anything_but_the_span_s_frames_is_refused(order: list[int]) -> None:
    with pytest.raises(Refused, match="EncodeFailed"):
        on_grid([coded(order)], RUNG, Span(0, 4))


def test_a_key_frame_off_the_grid_is_refused() -> None:
    samples = on_grid([coded([0, 1, 2, 3], gop=2)], RUNG, Span(0, 4))
    with pytest.raises(Refused, match="not on the GOP grid"):
        require_key_frames(samples, RUNG, HEADER)


def test_a_key_frame_that_is_only_called_one_is_refused() -> None:
    samples = on_grid([coded([0, 1, 2, 3])], RUNG, Span(0, 4))
    false = [Sample(P, s.duration, s.key, s.offset) for s in samples]
    with pytest.raises(Refused, match="cannot begin"):
        require_key_frames(false, RUNG, HEADER)


def test_segments_carry_their_place_in_the_title() -> None:
    span = Span(4, 6)
    samples = on_grid([coded([0, 1, 2, 3, 4, 5])], RUNG, span)
    media, table = segments_of(samples, RUNG, span)
    pieces = [media[row.offset : row.offset + row.size] for row in table]
    assert b"".join(pieces) == media
    fragments = [next(read_fragments(piece)) for piece in pieces]
    assert [(f.decode_time // T, len(f.samples)) for f in fragments] == [(4, 4), (8, 2)]
    assert [row.duration // T for row in table] == [4, 2]
