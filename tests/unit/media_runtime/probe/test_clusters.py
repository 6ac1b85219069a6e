"""A Matroska file is divided at its clusters, or the reason is told why it is not."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.probe.chunks import Span
from media_runtime.probe.clusters import clusters
from media_runtime.probe.packets import Packets
from media_runtime.probe.parts import Parts, Undivided, of_chunk
from media_runtime.title.plan import ByteRange

EBML, SEGMENT, INFO, CUES, CLUSTER, VOID = (
    bytes.fromhex(kind)
    for kind in ("1a45dfa3", "18538067", "1549a966", "1c53bb6b", "1f43b675", "ec")
)
UNKNOWN = b"\x01" + b"\xff" * 7


def element(kind: bytes, body: bytes) -> bytes:
    return kind + b"\x08" + len(body).to_bytes(4) + body


def file(*children: bytes) -> bytes:
    return element(EBML, b"webm") + element(SEGMENT, b"".join(children))


def held(content: bytes, ranges: tuple[tuple[int, int], ...]) -> list[bytes]:
    return [content[begin:end] for begin, end in ranges]


INFO_1, CUES_1 = element(INFO, b"film"), element(CUES, b"where")
ONE, TWO, THREE = (element(CLUSTER, name * 9) for name in (b"1", b"2", b"3"))


def test_clusters_are_apart_from_what_every_reader_needs() -> None:
    content = file(INFO_1, element(VOID, bytes(30)), ONE, TWO, CUES_1)
    found = clusters(content)
    assert held(content, found.units) == [ONE, TWO]
    header, segment = element(EBML, b"webm"), content[len(element(EBML, b"webm")) :][:9]
    assert held(content, found.always) == [header, segment, INFO_1, CUES_1]


def test_a_segment_may_leave_its_size_open() -> None:
    content = element(EBML, b"webm") + SEGMENT + UNKNOWN + INFO_1 + ONE
    assert held(content, clusters(content).units) == [ONE]


def test_a_file_that_was_cut_short_ends_with_what_is_there_of_its_last_cluster() -> None:
    content = file(INFO_1, ONE, TWO)[:-4]
    assert held(content, clusters(content).units) == [ONE, TWO[:-4]]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (file(INFO_1), "no clusters"),
        (file(INFO_1, CLUSTER + UNKNOWN + b"1"), "written as a stream"),
        (file(INFO_1, ONE, b"\x47" * 20), "none of Matroska's"),
        (file(INFO_1, ONE, bytes(20)), "cannot be read"),
        (file(INFO_1, ONE) + b"more", "more than one segment"),
        (file(INFO_1, ONE) + file(INFO_1, ONE), "more than one segment"),
        (element(EBML, b"webm"), "cannot be read"),
        (element(SEGMENT, ONE), "cannot be read"),
        (element(EBML, b"webm") + element(CLUSTER, ONE), "does not begin as Matroska does"),
        (file(element(INFO, bytes(17 << 20)), ONE), "too large"),
        (file(INFO_1, ONE, b"\xec\x80" * (2 << 20)), "too many"),
    ],
)
def test_what_does_not_tell_where_its_clusters_lie_is_not_divided(content: bytes, why: str) -> None:
    with pytest.raises(Undivided, match=why):
        clusters(content)


@given(st.binary(max_size=200))
def test_any_bytes_are_divided_or_refused(rest: bytes) -> None:
    content = element(EBML, b"webm") + SEGMENT + UNKNOWN + rest
    try:
        found = clusters(content)
    except Undivided:
        return
    ends = [end for _, end in sorted((*found.always, *found.units))]
    assert ends[-1] <= len(content)


PARTS = Parts(always=((0, 10),), units=((10, 20), (20, 50), (1_000_000, 1_000_010)))


@pytest.mark.parametrize(
    ("position", "unit"), [(9, None), (10, 0), (19, 0), (20, 1), (49, 1), (50, None), (10**6, 2)]
)
def test_a_packet_lies_in_one_cluster_or_in_none(position: int, unit: int | None) -> None:
    assert PARTS.holding(position) == unit


def test_a_packet_outside_of_all_clusters_divides_nothing() -> None:
    PARTS.require_all_in([10, 49])
    with pytest.raises(Undivided, match="where its packets lie"):
        PARTS.require_all_in([10, -1])


def test_a_chunk_takes_the_clusters_of_its_packets_whole() -> None:
    packets = Packets()
    packets.position.extend([12, 25, 40, 1_000_001])
    packets.pts.extend([0, 1, 2, 3])
    late = of_chunk(Span(3, 4, seek_seconds=Fraction(0)), packets, PARTS, 1_000_010)
    assert late == (ByteRange(offset=0, length=10), ByteRange(offset=1_000_000, length=10))
