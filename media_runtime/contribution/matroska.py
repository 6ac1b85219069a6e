"""A live Matroska stream (RFC 9559): a header, and clusters that begin at key frames. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .ebml import UNKNOWN_SIZE, element, identifier, real, text, unsigned

VIDEO_TRACK, AUDIO_TRACK = 1, 2
_EBML, _SEGMENT, _INFO, _TRACKS, _CLUSTER = (
    0x1A45DFA3,
    0x18538067,
    0x1549A966,
    0x1654AE6B,
    0x1F43B675,
)
_MILLISECOND = 1_000_000
_MAX_OFFSET_MILLIS = 30_000
"""A block is at most 32,767 from its cluster's time (section 10.2)."""


@dataclass(frozen=True)
class Picture:
    codec: str
    """V_MPEG4/ISO/AVC or V_VP8."""
    width: int
    height: int
    private: bytes = b""


@dataclass(frozen=True)
class Sound:
    """Opus; 48 kHz as always, its real channels are in its packets."""

    channels: int = 2


def header(picture: Picture | None, sound: Sound | None) -> bytes:
    """EBML header, segment of unknown size, its info and tracks."""
    tracks = (_video(picture) if picture else b"") + (_audio(sound) if sound else b"")
    info = (
        unsigned(0x2AD7B1, _MILLISECOND) + text(0x4D80, "streamverse") + text(0x5741, "streamverse")
    )
    return (
        element(
            _EBML,
            unsigned(0x4286, 1)
            + unsigned(0x42F7, 1)
            + text(0x4282, "matroska")
            + unsigned(0x4287, 4)
            + unsigned(0x4285, 2),
        )
        + identifier(_SEGMENT)
        + UNKNOWN_SIZE
        + element(_INFO, info)
        + element(_TRACKS, tracks)
    )


def _video(picture: Picture) -> bytes:
    size = unsigned(0xB0, picture.width) + unsigned(0xBA, picture.height)
    return _track(VIDEO_TRACK, 1, picture.codec, picture.private, element(0xE0, size))


def _audio(sound: Sound) -> bytes:
    # RFC 7845 section 5.1, without pre-skip: the stream is entered in its middle.
    head = (
        b"OpusHead\x01" + bytes((sound.channels, 0, 0)) + (48_000).to_bytes(4, "little") + bytes(3)
    )
    shape = real(0xB5, 48_000.0) + unsigned(0x9F, sound.channels)
    return _track(AUDIO_TRACK, 2, "A_OPUS", head, element(0xE1, shape))


def _track(number: int, kind: int, codec: str, private: bytes, shape: bytes) -> bytes:
    return element(
        0xAE,
        unsigned(0xD7, number)
        + unsigned(0x73C5, number)
        + unsigned(0x83, kind)
        + unsigned(0x9C, 0)
        + text(0x86, codec)
        + (element(0x63A2, private) if private else b"")
        + shape,
    )


class Clusters:
    """Blocks in clusters of unknown size: each lasts until the next begins."""

    def __init__(self) -> None:
        self._began: int | None = None

    def block(self, track: int, millis: int, data: bytes, *, key: bool, begin: bool) -> bytes:
        """A SimpleBlock (section 10.2); `begin`: it may be the first that a decoder sees."""
        before = b""
        if begin or self._began is None or abs(millis - self._began) > _MAX_OFFSET_MILLIS:
            self._began = millis
            before = identifier(_CLUSTER) + UNKNOWN_SIZE + unsigned(0xE7, millis)
        offset = (millis - self._began).to_bytes(2, "big", signed=True)
        return before + element(0xA3, bytes((0x80 | track,)) + offset + bytes((0x80 * key,)) + data)
