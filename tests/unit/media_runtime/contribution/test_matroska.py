"""The Matroska that pods get of a WebRTC publisher: what is in it, and where it may be entered."""

from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.ebml import UNKNOWN_SIZE, element, identifier, unsigned
from media_runtime.contribution.matroska import (
    AUDIO_TRACK,
    VIDEO_TRACK,
    Clusters,
    Picture,
    Sound,
    header,
)

CLUSTER = identifier(0x1F43B675) + UNKNOWN_SIZE


def test_numbers_are_as_short_as_they_can_be_and_sizes_are_of_eight_bytes() -> None:
    assert unsigned(0xD7, 0) == b"\xd7" + b"\x01" + bytes(6) + b"\x01" + b"\x00"
    assert unsigned(0x2AD7B1, 1_000_000)[:3] == b"\x2a\xd7\xb1"
    assert unsigned(0xE7, 256)[-2:] == b"\x01\x00"


@given(st.binary(max_size=400))
def test_an_element_says_how_long_it_is(body: bytes) -> None:
    made = element(0xA3, body)
    assert int.from_bytes(made[1:9], "big") == 1 << 56 | len(body)
    assert made[9:] == body


def test_a_header_ends_where_the_first_cluster_may_begin() -> None:
    made = header(Picture("V_VP8", 320, 180), Sound())
    assert made.startswith(identifier(0x1A45DFA3))
    assert b"matroska" in made
    assert b"V_VP8" in made
    assert b"A_OPUS" in made
    assert b"OpusHead\x01\x02" in made
    assert b"A_OPUS" not in header(Picture("V_VP8", 320, 180), None)
    assert b"V_VP8" not in header(None, Sound())


def test_a_cluster_begins_where_a_decoder_may() -> None:
    clusters = Clusters()
    first = clusters.block(VIDEO_TRACK, 1000, b"key", key=True, begin=True)
    assert first.startswith(CLUSTER + unsigned(0xE7, 1000))
    second = clusters.block(AUDIO_TRACK, 1020, b"sound", key=True, begin=False)
    assert second == element(0xA3, b"\x82\x00\x14\x80sound")
    earlier = clusters.block(VIDEO_TRACK, 990, b"late", key=False, begin=False)
    assert earlier == element(0xA3, b"\x81\xff\xf6\x00late")


@given(st.lists(st.tuples(st.integers(0, 200_000), st.booleans()), max_size=40))
def test_no_block_is_further_from_its_cluster_than_its_field_can_say(
    blocks: list[tuple[int, bool]],
) -> None:
    clusters = Clusters()
    for millis, begin in blocks:
        assert clusters.block(VIDEO_TRACK, millis, b"x", key=begin, begin=begin)
