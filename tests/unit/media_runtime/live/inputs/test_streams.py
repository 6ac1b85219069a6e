"""A decoder that comes late is given the stream's prelude and begins at a key frame."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_runtime.live.inputs.streams import SPLITTERS, Broken, Streamed, Unit
from media_runtime.live.inputs.streams.flv import HEADER, FlvSplitter
from media_runtime.live.inputs.streams.matroska import MatroskaSplitter
from media_runtime.live.inputs.streams.mpegts import MpegTsSplitter

# FLV


def tag(kind: int, body: bytes, millis: int = 0) -> bytes:
    stamp = millis.to_bytes(4)
    head = bytes([kind]) + len(body).to_bytes(3) + stamp[1:] + stamp[:1] + bytes(3)
    return head + body + (len(head) + len(body)).to_bytes(4)


METADATA = tag(18, b"\x02\x00\x0aonMetaData" + bytes(8))
VIDEO_HEADER = tag(9, b"\x17\x00\x00\x00\x00avcC")
AUDIO_HEADER = tag(8, b"\xaf\x00\x12\x10")
KEY = tag(9, b"\x17\x01\x00\x00\x00idr")
INTER = tag(9, b"\x27\x01\x00\x00\x00p")
SOUND = tag(8, b"\xaf\x01sound")
FLV = HEADER + METADATA + VIDEO_HEADER + AUDIO_HEADER + KEY + SOUND + INTER + KEY + INTER


def keys(units: list[Unit]) -> list[bytes]:
    return [unit.data for unit in units if unit.key]


def stamp_of(one: bytes) -> int:
    return int.from_bytes(one[4:7]) + (one[7] << 24)


def test_an_flvs_prelude_is_its_metadata_and_what_configures_decoders() -> None:
    splitter = FlvSplitter()
    assert keys(splitter.feed(FLV)) == [KEY, KEY]
    assert splitter.prelude == HEADER + METADATA + VIDEO_HEADER + AUDIO_HEADER


def test_a_new_configuration_takes_the_place_of_the_old_one() -> None:
    splitter = FlvSplitter()
    splitter.feed(FLV)
    other = tag(9, b"\x17\x00\x00\x00\x00other")
    assert splitter.feed(other) == [Unit(other)]
    assert other in splitter.prelude
    assert VIDEO_HEADER not in splitter.prelude


def test_enhanced_rtmp_tells_its_key_frames_otherwise() -> None:
    splitter = FlvSplitter()
    header, key = tag(9, b"\x90hvc1hvcC"), tag(9, b"\x93hvc1idr")
    assert keys(splitter.feed(HEADER + header + key + tag(9, b"\xa3hvc1p"))) == [key]
    assert header in splitter.prelude


@pytest.mark.parametrize("leap", [-3_600_000, -2_000, 5_000, 86_400_000])
def test_time_stamps_that_leap_are_led_on(leap: int) -> None:
    splitter = FlvSplitter()
    first = 100_000_000
    before = [tag(9, b"\x27\x01", first + 40 * n) for n in range(3)]
    after = [tag(9, b"\x27\x01", first + leap + 40 * n) for n in range(3)]
    units = splitter.feed(HEADER + b"".join([*before, *after]))
    stamps = [stamp_of(unit.data) - first for unit in units]
    assert stamps == [0, 40, 80, 100, 140, 180]


def test_sound_a_little_behind_its_picture_is_left_where_it_is() -> None:
    splitter = FlvSplitter()
    stamps = [0, 40, 20, 2900, 2000]
    units = splitter.feed(HEADER + b"".join(tag(8, b"\xaf\x01", at) for at in stamps))
    assert [stamp_of(unit.data) for unit in units] == stamps


# MPEG-TS


def packet(pid: int, payload: bytes, *, start: bool = False, random_access: bool = False) -> bytes:
    flags = 0x40 if start else 0
    room = 184 - len(payload)
    if room == 0:
        head = bytes([0x47, flags | pid >> 8, pid & 0xFF, 0x10])
        return head + payload
    filler = bytes([room - 1]) + (
        bytes([0x40 if random_access else 0]) + b"\xff" * (room - 2) if room > 1 else b""
    )
    return bytes([0x47, flags | pid >> 8, pid & 0xFF, 0x30]) + filler + payload


def section(table: int, body: bytes) -> bytes:
    length = (0xB000 | len(body) + 9).to_bytes(2)
    return b"\x00" + bytes([table]) + length + b"\x00\x01\xc1\x00\x00" + body + b"crc."


PAT = packet(0, section(0, b"\x00\x01\xe1\x00"), start=True)
STREAMS = b"\x1b\xe1\x01\xf0\x00" + b"\x0f\xe1\x02\xf0\x00"
PMT = packet(0x100, section(2, b"\xe1\x01\xf0\x00" + STREAMS), start=True)
PES = b"\x00\x00\x01\xe0\x00\x00\x80\x00\x00"
PLAIN = packet(0x101, PES + b"\x00\x00\x01\x09\xf0\x00\x00\x01\x41", start=True)
MARKED = packet(0x101, PES + b"\x00\x00\x01\x09\xf0", start=True, random_access=True)
UNMARKED = packet(0x101, PES + b"\x00\x00\x01\x09\xf0\x00\x00\x01\x67", start=True)
HEARD = packet(0x102, PES, start=True, random_access=True)
MORE = packet(0x101, bytes(184))


def test_a_transport_streams_prelude_is_its_tables() -> None:
    splitter = MpegTsSplitter()
    splitter.feed(PAT)
    assert splitter.prelude == b""
    splitter.feed(PMT)
    assert splitter.prelude == PAT + PMT
    assert splitter.streams == ((0x101, 0x1B), (0x102, 0x0F))


@pytest.mark.parametrize("key", [MARKED, UNMARKED])
def test_a_transport_stream_is_cut_before_its_key_frames(key: bytes) -> None:
    units = MpegTsSplitter().feed(PAT + PMT + PLAIN + MORE + HEARD + key + MORE + PLAIN)
    assert units == [Unit(PAT + PMT + PLAIN + MORE + HEARD), Unit(key + MORE + PLAIN, key=True)]


def test_packets_are_found_again_behind_what_is_none() -> None:
    splitter = MpegTsSplitter()
    splitter.feed(PAT + PMT)
    units = splitter.feed(b"\x47junk\x47" * 20 + MARKED + MORE + PLAIN)
    assert keys(units) == [MARKED + MORE + PLAIN]


# Matroska


def element(name: bytes, body: bytes, *, sized: bool = True) -> bytes:
    size = (0x10000000 | len(body)).to_bytes(4) if sized else b"\x01" + b"\xff" * 7
    return name + size + body


TRACKS = element(
    b"\x16\x54\xae\x6b",
    element(b"\xae", element(b"\xd7", b"\x01") + element(b"\x83", b"\x01"))
    + element(b"\xae", element(b"\xd7", b"\x02") + element(b"\x83", b"\x02")),
)
EBML = element(b"\x1a\x45\xdf\xa3", b"webm")
TIMESTAMP = element(b"\xe7", b"\x05")
CLUSTER = element(b"\x1f\x43\xb6\x75", b"", sized=False)
KEY_BLOCK = element(b"\xa3", b"\x81\x00\x00\x80idr")
BLOCK = element(b"\xa3", b"\x81\x00\x00\x00p")
SOUND_BLOCK = element(b"\xa3", b"\x82\x00\x00\x80opus")
MATROSKA = (
    EBML + element(b"\x18\x53\x80\x67", b"", sized=False) + TRACKS
    + CLUSTER + TIMESTAMP + SOUND_BLOCK + KEY_BLOCK + BLOCK
    + element(b"\x1f\x43\xb6\x75", TIMESTAMP + BLOCK + KEY_BLOCK)
)  # fmt: skip


def test_a_matroskas_cluster_begins_at_each_key_frame() -> None:
    splitter = MatroskaSplitter()
    assert keys(splitter.feed(MATROSKA)) == [CLUSTER + TIMESTAMP + KEY_BLOCK] * 2
    assert splitter.prelude.startswith(EBML)
    assert splitter.prelude.endswith(TRACKS)


def test_a_block_group_without_a_reference_is_a_key_frame() -> None:
    splitter = MatroskaSplitter()
    splitter.feed(MATROSKA)
    block = element(b"\xa1", b"\x81\x00\x00\x00x")
    group = element(b"\xa0", block)
    inter = element(b"\xa0", block + element(b"\xfb", b"\xff"))
    assert keys(splitter.feed(CLUSTER + TIMESTAMP + inter + group)) == [CLUSTER + TIMESTAMP + group]


# All of them

WHOLE: dict[Streamed, bytes] = {
    "flv": FLV,
    "mpegts": PAT + PMT + PLAIN + MARKED + MORE + HEARD + UNMARKED + MORE,
    "matroska": MATROSKA,
}


@pytest.mark.parametrize("container", list(WHOLE))
@given(cuts=st.lists(st.integers(0, 3000), max_size=30))
def test_it_is_all_the_same_how_bytes_come(container: Streamed, cuts: list[int]) -> None:
    whole = WHOLE[container]
    at_once, splitter = SPLITTERS[container](), SPLITTERS[container]()
    expected = at_once.feed(whole)
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    units = [unit for begin, end in pairwise(edges) for unit in splitter.feed(whole[begin:end])]
    assert b"".join(unit.data for unit in units) == b"".join(unit.data for unit in expected)
    assert len(keys(units)) == len(keys(expected)) == 2
    assert splitter.prelude == at_once.prelude


@pytest.mark.parametrize("container", list(WHOLE))
@given(noise=st.binary(max_size=2000), at=st.integers(0, 2000))
def test_noise_breaks_a_stream_or_passes(container: Streamed, noise: bytes, at: int) -> None:
    splitter = SPLITTERS[container]()
    try:
        units = splitter.feed(WHOLE[container][:at] + noise)
    except Broken:
        return
    assert sum(len(unit.data) for unit in units) <= 2 * (at + len(noise)) + 100


@pytest.mark.parametrize(
    ("container", "opening"),
    [
        ("flv", HEADER + b"\x09\x90\x00\x00" + bytes(7)),
        ("flv", b"RIFF" + bytes(20)),
        ("matroska", MATROSKA + b"\xa3\x08\x7f\xff\xff\xff"),
        ("matroska", b"ftyp" + bytes(20)),
        ("matroska", EBML + b"\x00" + bytes(20)),
    ],
)
def test_a_stream_that_asks_for_too_much_or_is_another_is_broken(
    container: Streamed, opening: bytes
) -> None:
    with pytest.raises(Broken):
        SPLITTERS[container]().feed(opening)


def test_what_has_no_packets_is_no_transport_stream() -> None:
    splitter = MpegTsSplitter()
    splitter.feed(bytes(1 << 20))
    with pytest.raises(Broken):
        splitter.feed(bytes(1 << 16))
