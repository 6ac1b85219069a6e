"""Codecs strings are what each codec's binding to ISO BMFF says of the bytes in the header."""

import pytest

from media_runtime.cmaf import AudioFormat, Header, VideoFormat, codecs_string
from media_runtime.cmaf.boxes import Malformed, box, full_box


def video(entry: bytes, configuration: bytes) -> Header:
    return Header(90_000, box(entry, bytes(78), configuration), VideoFormat(640, 360))


def audio(entry: bytes, configuration: bytes = b"") -> Header:
    return Header(48_000, box(entry, bytes(28), configuration), AudioFormat(48_000, 2))


def esds(specific: bytes) -> bytes:
    decoder = b"\x04" + bytes([13 + 2 + len(specific)]) + bytes(13) + b"\x05"
    decoder += bytes([len(specific)]) + specific
    return full_box(
        b"esds", 0, 0, b"\x03\x80\x80\x80" + bytes([3 + len(decoder)]), bytes(3), decoder
    )


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (video(b"avc1", box(b"avcC", bytes.fromhex("0164001fffe1"))), "avc1.64001f"),
        (video(b"avc1", box(b"avcC", bytes.fromhex("0142c00dffe1"))), "avc1.42c00d"),
        # Main, compatible with Main and Main 10, level 3.1, as ISO/IEC 14496-15 E.3 has it
        (
            video(b"hvc1", box(b"hvcC", bytes.fromhex("0101600000009000000000005df000"))),
            "hvc1.1.6.L93.90",
        ),
        (
            video(b"hvc1", box(b"hvcC", bytes.fromhex("0122200000009000000000009900"))),
            "hvc1.2.4.H153.90",
        ),
        (video(b"vp09", full_box(b"vpcC", 1, 0, bytes.fromhex("001e82020202"))), "vp09.00.30.08"),
        (video(b"av01", box(b"av1C", bytes.fromhex("81040c00"))), "av01.0.04M.08"),
        (video(b"av01", box(b"av1C", bytes.fromhex("810d4c00"))), "av01.0.13M.10"),
        (audio(b"mp4a", esds(bytes.fromhex("1190"))), "mp4a.40.2"),
        (audio(b"mp4a", esds(bytes.fromhex("2b11"))), "mp4a.40.5"),
        (audio(b"Opus"), "opus"),
        (audio(b"ec-3"), "ec-3"),
    ],
)
def test_the_string_is_read_from_the_header(header: Header, says: str) -> None:
    assert codecs_string(header) == says


def test_an_unknown_codec_is_not_guessed() -> None:
    with pytest.raises(Malformed, match="mp4v"):
        codecs_string(video(b"mp4v", b""))
