"""FLV as it is handed to pods: whole tags, and the headers that a decoder needs first."""

import pytest

from media_runtime.contribution.flv import AUDIO, SCRIPT, VIDEO, FlvUnits, tag, tags_in
from media_runtime.contribution.refusal import PublisherRefused
from media_runtime.contribution.unit import Unit

META, AVC, AAC = b"meta", b"\x17\x00\0\0\0avcC", b"\xaf\x00\x11\x90"
KEY, INTER, SOUND = b"\x17\x01\0\0\0key", b"\x27\x01\0\0\0inter", b"\xaf\x01sound"


def units(*tags: tuple[int, int, bytes]) -> list[Unit | None]:
    writer = FlvUnits()
    return [writer.tag(*one) for one in tags]


def test_a_key_frame_is_entered_with_the_newest_headers_of_its_time() -> None:
    *_, last = units(
        (SCRIPT, 0, META),
        (VIDEO, 0, b"\x17\x00old"),
        (VIDEO, 0, AVC),
        (AUDIO, 0, AAC),
        (VIDEO, 80, KEY),
    )
    assert last is not None
    assert last.entry is not None
    assert last.entry.header == b"FLV\x01\x05\0\0\0\x09\0\0\0\0"
    assert last.entry.prelude == tag(SCRIPT, 80, META) + tag(VIDEO, 80, AVC) + tag(AUDIO, 80, AAC)
    assert last.data == tag(VIDEO, 80, KEY)


def test_nobody_begins_at_other_pictures_or_headers_or_beside_pictures_at_sound() -> None:
    told = units((VIDEO, 0, AVC), (AUDIO, 0, AAC), (VIDEO, 40, INTER), (AUDIO, 40, SOUND))
    assert [one is not None and one.entry for one in told] == [None] * 4


def test_without_pictures_every_sound_is_an_entry() -> None:
    _, sound = units((AUDIO, 0, AAC), (AUDIO, 40, SOUND))
    assert sound is not None
    assert sound.entry is not None
    assert sound.entry.header[4] == 4


@pytest.mark.parametrize(
    ("kind", "body", "named"),
    [
        (VIDEO, b"\x90hvc1conf", "hvc1"),
        (VIDEO, b"\xa3av01", "av01"),
        (VIDEO, b"\x1c\x00\0\0\0hvcC", "HEVC"),
        (AUDIO, b"\x90Opus", "Opus"),
        (VIDEO, b"\x90", "this codec"),
    ],
)
def test_what_no_decoder_here_can_read_is_refused_by_its_name(
    kind: int, body: bytes, named: str
) -> None:
    with pytest.raises(PublisherRefused, match=f"{named} is not taken by RTMP: send H.264") as said:
        FlvUnits().tag(kind, 0, body)
    assert said.value.reason == "UnsupportedCodec"


def test_an_empty_tag_is_left_out() -> None:
    assert units((VIDEO, 0, b""), (AUDIO, 0, b"")) == [None, None]


def test_a_time_past_four_and_a_half_hours_has_its_upper_byte_elsewhere() -> None:
    assert tag(VIDEO, 0x01020304, b"x")[4:8] == b"\x02\x03\x04\x01"


def test_the_tags_of_an_aggregate_move_to_its_time() -> None:
    body = tag(VIDEO, 1000, KEY) + tag(AUDIO, 1020, SOUND)
    assert list(tags_in(body, 5000)) == [(VIDEO, 5000, KEY), (AUDIO, 5020, SOUND)]
    assert list(tags_in(body[:-10], 5000)) == [(VIDEO, 5000, KEY)]
