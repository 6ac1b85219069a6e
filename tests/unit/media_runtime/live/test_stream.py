"""An encoder's stream gives the same fragments however its bytes arrive."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from media_runtime.cmaf import Fragment, Header, Sample, VideoFormat, write_header, write_segment
from media_runtime.cmaf.boxes import Malformed, box
from media_runtime.live.stream import FragmentStream

ENTRY = box(b"avc1", bytes(78), box(b"avcC", b"\1\x64\0\x1f"))
HEADER = Header(12_800, ENTRY, VideoFormat(0, 0))
FRAGMENTS = [Fragment(512 * n, (Sample(b"picture %d" % n, 512, key=n % 3 == 0),)) for n in range(7)]
STREAM = write_header(HEADER) + b"".join(
    write_segment(f.samples, sequence=n + 1, decode_time=f.decode_time, styp=n == 0)
    for n, f in enumerate(FRAGMENTS)
)


def plain(fragments: list[Fragment]) -> list[Fragment]:
    """With bytes instead of views."""
    return [
        Fragment(
            f.decode_time,
            tuple(Sample(bytes(s.content), s.duration, s.key, s.offset) for s in f.samples),
        )
        for f in fragments
    ]


@given(some.lists(some.integers(0, len(STREAM)), max_size=30))
def test_cut_anywhere_it_is_the_same(cuts: list[int]) -> None:
    stream = FragmentStream()
    marks = [0, *sorted(cuts), len(STREAM)]
    found = [
        fragment for start, end in pairwise(marks) for fragment in stream.feed(STREAM[start:end])
    ]
    assert plain(found) == FRAGMENTS
    assert stream.header is not None
    assert stream.header.timescale == 12_800


def test_a_fragment_is_there_with_its_last_byte() -> None:
    stream = FragmentStream()
    assert len(stream.feed(STREAM[:-1])) == 6
    assert plain(stream.feed(STREAM[-1:])) == FRAGMENTS[6:]


@pytest.mark.parametrize(
    "head",
    [
        struct.pack(">I4s", 1 << 30, b"mdat"),
        struct.pack(">I4s", 0, b"mdat"),
        struct.pack(">I4s", 4, b"free"),
        struct.pack(">I4sQ", 1, b"mdat", 1 << 60),
    ],
)
def test_what_no_encoder_would_write_is_refused_before_it_is_held(head: bytes) -> None:
    with pytest.raises(Malformed, match="claims"):
        FragmentStream(most_bytes=1 << 20).feed(STREAM + head)
