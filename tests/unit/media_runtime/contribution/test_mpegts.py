"""A publisher's transport stream: cut anywhere, entered at key frames behind its tables."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.contribution.mpegts import PACKET_BYTES, TsUnits
from media_runtime.contribution.refusal import BadBytes
from media_runtime.contribution.unit import Unit

PMT, PICTURE, SOUND = 0x100, 0x101, 0x102
H264, HEVC, AAC = 0x1B, 0x24, 0x0F


def packet(pid: int, payload: bytes, *, begins: bool = False, random_access: bool = False) -> bytes:
    """One packet; what is short is stuffed in its adaptation field."""
    head = bytes((0x47, (0x40 if begins else 0) | pid >> 8, pid & 0xFF))
    room = PACKET_BYTES - 4 - len(payload)
    if not room and not random_access:
        return head + b"\x10" + payload
    field = bytes((0x40 if random_access else 0,)) + b"\xff" * (room - 2) if room > 1 else b""
    return head + b"\x30" + bytes((room - 1,)) + field + payload


def pat(pmt: int = PMT) -> bytes:
    network = b"\0\0\xe0\x10"
    programme = b"\0\x01" + (0xE000 | pmt).to_bytes(2, "big")
    body = b"\0\x01\xc1\0\0" + network + programme + bytes(4)
    return packet(0, b"\0\0" + (0xB000 | len(body)).to_bytes(2, "big") + body, begins=True)


def pmt_section(*streams: tuple[int, int]) -> bytes:
    loop = b"".join(
        bytes((kind,)) + (0xE000 | pid).to_bytes(2, "big") + b"\xf0\0" for kind, pid in streams
    )
    body = b"\0\x01\xc1\0\0\xe1\x01\xf0\0" + loop + bytes(4)
    return b"\x02" + (0xB000 | len(body)).to_bytes(2, "big") + body


def pmt(*streams: tuple[int, int]) -> bytes:
    return packet(PMT, b"\0" + pmt_section(*streams), begins=True)


def picture(es: bytes = b"", *, random_access: bool = False) -> bytes:
    pes = b"\0\0\1\xe0\0\0\x80\x80\x05" + bytes(5) + es
    return packet(PICTURE, pes, begins=True, random_access=random_access)


TABLES = pat() + pmt((AAC, SOUND), (H264, PICTURE))


def units(*pieces: bytes) -> list[Unit]:
    reader = TsUnits()
    return [unit for piece in pieces for unit in reader.feed(piece)]


def test_a_key_frame_is_entered_behind_the_tables() -> None:
    key, sound = picture(random_access=True), packet(SOUND, b"x", begins=True)
    before, entered = units(TABLES + sound + key + sound)
    assert (before.data, before.entry) == (TABLES + sound, None)
    assert entered.data == key + sound
    assert entered.entry is not None
    assert (entered.entry.header, entered.entry.prelude) == (b"", TABLES)


@pytest.mark.parametrize(
    ("kind", "es", "enters"),
    [
        (H264, b"\0\0\0\1\x09\xf0\0\0\0\1\x67\x64", True),
        (H264, b"\0\0\1\x65\x88", True),
        (H264, b"\0\0\0\1\x09\xf0\0\0\0\1\x41\x9a", False),
        (HEVC, b"\0\0\0\1\x46\x01\x50\0\0\0\1\x42\x01", True),
        (HEVC, b"\0\0\0\1\x02\x01", False),
        (0x02, b"\0\0\1\xb3", False),
    ],
)
def test_key_frames_of_who_never_marks_them_are_seen_by_their_parameter_sets(
    kind: int, es: bytes, *, enters: bool
) -> None:
    found = units(pat() + pmt((kind, PICTURE)) + picture(es))
    assert any(one.entry is not None for one in found) is enters


def test_a_stream_without_pictures_is_entered_at_any_sound() -> None:
    found = units(pat() + pmt((AAC, SOUND)) + packet(SOUND, b"x", begins=True))
    assert [one.entry is not None for one in found] == [False, True]


def test_a_table_of_several_packets_is_kept_whole() -> None:
    streams = [(0x05, 0x200 + n) for n in range(60)] + [(H264, PICTURE)]
    section = b"\0" + pmt_section(*streams)
    first, rest = section[:184], section[184:]
    table = packet(PMT, first, begins=True) + packet(PMT, rest)
    *_, entered = units(pat() + table + picture(random_access=True))
    assert entered.entry is not None
    assert entered.entry.prelude == pat() + table


def test_another_table_takes_the_place_of_the_first() -> None:
    other = pmt((H264, 0x155))
    moved = packet(0x155, b"\0\0\1\xe0\0\0\x80\0\0", begins=True, random_access=True)
    *_, entered = units(TABLES + other + moved)
    assert entered.entry is not None
    assert entered.entry.prelude == pat() + other


def test_noise_between_packets_is_left_out() -> None:
    found = units(b"\x00" * 50 + TABLES + b"noise" + picture(random_access=True))
    assert b"".join(one.data for one in found) == TABLES + picture(random_access=True)


def test_nothing_but_noise_is_no_stream() -> None:
    with pytest.raises(BadBytes):
        units(*[b"\x00" * 10_000] * 10)


def test_stuffing_is_not_carried() -> None:
    assert units(packet(0x1FFF, b"x")) == []


@given(st.binary(max_size=4000))
def test_any_bytes_are_packets_or_nothing(data: bytes) -> None:
    for unit in units(TABLES, data):
        assert len(unit.data) % PACKET_BYTES == 0


@given(st.lists(st.integers(1, 60), max_size=12), st.integers(0, 187))
def test_packets_are_the_same_however_they_are_cut(cuts: list[int], phase: int) -> None:
    data = TABLES + b"".join(picture(random_access=n % 3 == 0) for n in range(12))
    edges = sorted({0, *(min(len(data), cut * 50 + phase) for cut in cuts), len(data)})
    found = units(*(data[a:b] for a, b in pairwise(edges)))
    assert b"".join(one.data for one in found) == data
    assert sum(one.entry is not None for one in found) == 4
