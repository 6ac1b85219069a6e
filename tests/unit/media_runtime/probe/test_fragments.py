"""A fragmented MP4 is divided at its fragments, or the reason is told why it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.probe.fragments import fragments
from media_runtime.probe.parts import Undivided


def box(kind: bytes, *body: bytes) -> bytes:
    content = b"".join(body)
    return (8 + len(content)).to_bytes(4) + kind + content


def trun(*offsets: int, version: int = 1) -> bytes:
    """Each sample with a duration and a composition offset."""
    samples = [(512).to_bytes(4) + offset.to_bytes(4, signed=True) for offset in offsets]
    head = bytes((version,)) + (0x901).to_bytes(3) + len(offsets).to_bytes(4) + bytes(4)
    return box(b"trun", head, *samples)


TFDT = box(b"tfdt", bytes(8))
HEAD = box(b"ftyp", b"iso5") + box(b"moov", b"tracks")
MDAT = box(b"mdat", b"pictures")


def moof(*inner: bytes) -> bytes:
    return box(b"moof", box(b"mfhd", bytes(8)), box(b"traf", *inner))


ONE = moof(TFDT, trun(0, 512)) + MDAT


def test_fragments_are_apart_from_what_every_reader_needs() -> None:
    index, tail = box(b"sidx", b"where"), box(b"mfra", b"random access")
    content = HEAD + index + box(b"free", bytes(9)) + ONE + ONE + MDAT + tail
    found = fragments(content)
    assert [content[a:b] for a, b in found.units] == [ONE, ONE + MDAT]
    assert b"".join(content[a:b] for a, b in found.always) == HEAD + index + tail


def test_a_file_that_was_cut_short_ends_with_what_is_there_of_its_last_fragment() -> None:
    content = (HEAD + ONE + ONE)[:-4]
    assert [content[a:b] for a, b in fragments(content).units] == [ONE, ONE[:-4]]


def test_large_boxes_say_their_size_in_eight_bytes() -> None:
    large = (1).to_bytes(4) + b"mdat" + (16 + 5).to_bytes(8) + b"media"
    content = HEAD + moof(TFDT) + large + ONE
    assert [b - a for a, b in fragments(content).units] == [len(moof(TFDT)) + 21, len(ONE)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (HEAD + MDAT, "outside of its fragments"),
        (HEAD, "too large or odd"),
        (HEAD + ONE + box(b"uuid") + MDAT, "outside of its fragments"),
        (HEAD + moof(trun(0)) + MDAT, "do not say when they begin"),
        (HEAD + moof(TFDT, trun(512, -1)) + MDAT, "shown before they are decoded"),
        (HEAD + moof(TFDT, box(b"trun", bytes(3))) + MDAT, "cannot be read"),
        (HEAD + moof(TFDT, trun(0)[:-4]) + MDAT, "cannot be read"),
        (HEAD + ONE + b"more", "after its last box"),
        (HEAD + (4).to_bytes(4) + b"moof", "its boxes cannot be read"),
        (HEAD + box(b"udta", bytes(17 << 20)) + ONE, "too large"),
        (HEAD + box(b"moof", bytes(65 << 20)) + MDAT, "headers are too large"),
        (HEAD + box(b"free") * ((2 << 20) + 1) + ONE, "too many"),
    ],
)
def test_what_leans_on_other_fragments_is_not_divided(content: bytes, why: str) -> None:
    with pytest.raises(Undivided, match=why):
        fragments(content)


def test_offsets_of_the_first_version_have_no_sign() -> None:
    assert len(fragments(HEAD + moof(TFDT, trun(-1, version=0)) + MDAT).units) == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_divided_or_refused(rest: bytes) -> None:
    content = HEAD + ONE + rest
    try:
        found = fragments(content)
    except Undivided:
        return
    assert max(end for _, end in (*found.always, *found.units)) <= len(content)
