"""What a source is by its first bytes."""

import pytest

from media_runtime.failure import Refused
from media_runtime.probe.sniff import container_of

TS = b"\x47" + bytes(187)
MP3 = b"\xff\xfb\x90\x00" + bytes(413)
ADTS = b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"\x00\x00\x00\x20ftypisom", "mov"),
        (b"\x00\x00\x00\x08wide\x00\x00\x10\x00mdat", "mov"),
        (b"\x1a\x45\xdf\xa3", "matroska"),
        (TS * 8, "mpegts"),
        (bytes(100) + TS * 8, "mpegts"),
        ((bytes(4) + TS) * 8, "mpegts"),
        ((TS + bytes(16)) * 8, "mpegts"),
        (b"\x00\x00\x01\xba", "mpeg"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "avi"),
        (b"RF64\x00\x00\x00\x00WAVEds64", "wav"),
        (b"FORM\x00\x00\x00\x00AIFCCOMM", "aiff"),
        (b"FLV\x01\x05", "flv"),
        (b"fLaC\x00", "flac"),
        (b"OggS\x00\x02", "ogg"),
        (MP3 * 2, "mp3"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x02ab" + MP3 * 2, "mp3"),
        (b"ID3\x04\x00\x00\x00\x00\x00\x02abfLaC", "flac"),
        (b"ID3\x04\x00\x00\x00\x00\x7f\x7f" + bytes(20), "mp3"),
        (ADTS * 2, "aac"),
    ],
)
def test_a_container_is_known_by_its_bytes(head: bytes, container: str) -> None:
    assert container_of(head) == container


@pytest.mark.parametrize(
    ("head", "reason", "what"),
    [
        (b"", "NoMedia", "empty"),
        (b"#EXTM3U\n", "InputUnsafe", "HLS playlist"),
        (b"\xef\xbb\xbf  \n#EXTM3U\n", "InputUnsafe", "HLS playlist"),
        ("#EXTM3U\n".encode("utf-16"), "InputUnsafe", "HLS playlist"),
        (b"\x00\x00\x00\x18ftypheic", "NoMedia", "still picture"),
        (b"\x00\x00\x00\x0cjP  \r\n", "NoMedia", "still picture"),
        (b"PK\x03\x04", "NoMedia", "archive"),
        (b"hello", "NoMedia", "text"),
        (b"\x47" + b"hello" * 100, "NoMedia", "text"),
        (b"\x7fELF\x02\x01\x01\x00", "NoMedia", "not a container"),
        (bytes(5000), "NoMedia", "not a container"),
        (b"\xff" * 5000, "NoMedia", "text"),
    ],
)
def test_what_is_no_container_is_named(head: bytes, reason: str, what: str) -> None:
    with pytest.raises(Refused, match=what) as refused:
        container_of(head)
    assert refused.value.reason == reason
