"""Boxes are walked without trust in their sizes."""

import pytest

from media_runtime.cmaf.boxes import Malformed, box, full_box, walk, whole


def test_boxes_are_found_one_after_the_other() -> None:
    content = box(b"ftyp", b"iso6") + box(b"free") + full_box(b"mfhd", 0, 0, b"abcd")
    assert [(b.kind, b.start, len(b.body)) for b in walk(content)] == [
        (b"ftyp", 0, 4),
        (b"free", 12, 0),
        (b"mfhd", 20, 8),
    ]


def test_a_path_leads_to_an_inner_box() -> None:
    outer = next(walk(box(b"moov", box(b"trak", box(b"mdia", b"x")))))
    assert bytes(outer.child(b"trak", b"mdia").body) == b"x"


def test_a_missing_inner_box_is_named() -> None:
    with pytest.raises(Malformed, match=r"moov.*mvex"):
        next(walk(box(b"moov"))).child(b"mvex")


@pytest.mark.parametrize(
    "content", [b"\0\0\0\x20free", b"\0\0\0\x04free", b"\0\0\0", b"\0\0\0\1mdat" + b"\xff" * 8]
)
def test_a_box_that_claims_more_than_there_is_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        list(walk(content))


def test_large_sizes_are_understood() -> None:
    content = b"\0\0\0\1mdat" + (20).to_bytes(8, "big") + b"abcd"
    assert bytes(next(walk(content)).body) == b"abcd"


def test_the_size_of_a_box_is_known_from_its_head_alone() -> None:
    assert whole(b"\0\0\x10\0mo") is None
    assert whole(b"\0\0\x10\0moof") == 0x1000
