"""FLV (Adobe Flash Video File Format 10.1, annex E), made of a publisher's messages. Pure."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from .refusal import PublisherRefused
from .unit import Entry, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

AUDIO, VIDEO, SCRIPT = 8, 9, 18
_KEY_FRAME, _AVC, _HEVC, _ENHANCED_AUDIO, _AAC = 1, 7, 12, 9, 10
_VIDEO_PRESENT, _AUDIO_PRESENT = 1, 4
_ENHANCED = 0x80


class FlvUnits:
    """Each tag is a unit; the newest metadata and headers are kept for who begins later."""

    def __init__(self) -> None:
        self._kept: dict[int, bytes] = {}
        """The body of the newest of each kind."""
        self._present = 0

    def tag(self, kind: int, timestamp: int, body: bytes) -> Unit | None:
        """None: an empty tag, which some send and nobody needs.

        Raises PublisherRefused for what the decoder behind it (FFmpeg 5.1) cannot read.
        """
        if not body:
            return None
        if codec := _unsupported(kind, body):
            told = f"{codec} is not taken by RTMP: send H.264 and AAC, or use SRT or WHIP"
            raise PublisherRefused("UnsupportedCodec", told)
        if kind == SCRIPT or _is_sequence_header(kind, body):
            self._kept[kind] = body
        self._present |= {VIDEO: _VIDEO_PRESENT, AUDIO: _AUDIO_PRESENT}.get(kind, 0)
        entry = self._entry(timestamp) if self._may_begin(kind, body) else None
        return Unit(tag(kind, timestamp, body), entry)

    def _may_begin(self, kind: int, body: bytes) -> bool:
        """At a key frame; in a stream without pictures at any sound."""
        if _is_sequence_header(kind, body):
            return False
        if kind == VIDEO:
            return body[0] >> 4 & 7 == _KEY_FRAME
        return kind == AUDIO and not self._present & _VIDEO_PRESENT

    def _entry(self, timestamp: int) -> Entry:
        header = b"FLV\x01" + bytes((self._present,)) + b"\0\0\0\x09" + b"\0\0\0\0"
        prelude = (
            tag(kind, timestamp, self._kept[kind])
            for kind in (SCRIPT, VIDEO, AUDIO)
            if kind in self._kept
        )
        return Entry(header, b"".join(prelude))


def tag(kind: int, timestamp: int, body: bytes) -> bytes:
    """Annex E.4.1, with the size of the tag after it."""
    head = (
        bytes((kind,))
        + len(body).to_bytes(3, "big")
        + (timestamp & 0xFFFFFF).to_bytes(3, "big")
        + bytes((timestamp >> 24 & 0xFF, 0, 0, 0))
    )
    return head + body + struct.pack(">I", len(head) + len(body))


def tags_in(aggregate: bytes, timestamp: int) -> Iterator[tuple[int, int, bytes]]:
    """The tags of an aggregate message (RTMP section 7.1.6), moved to the message's time.

    What is cut off at the end is left out.
    """
    at, offset = 0, None
    while at + 11 <= len(aggregate):
        kind = aggregate[at]
        size = int.from_bytes(aggregate[at + 1 : at + 4], "big")
        time = int.from_bytes(aggregate[at + 4 : at + 7], "big") | aggregate[at + 7] << 24
        body = aggregate[at + 11 : at + 11 + size]
        if len(body) < size:
            return
        offset = timestamp - time if offset is None else offset
        yield kind, (time + offset) & 0xFFFFFFFF, body
        at += 11 + size + 4


def _unsupported(kind: int, body: bytes) -> str:
    """What Enhanced RTMP (1.0 and 2.0) carries by its four characters, and HEVC of before it."""
    enhanced = (kind == VIDEO and body[0] & _ENHANCED) or (
        kind == AUDIO and body[0] >> 4 == _ENHANCED_AUDIO
    )
    if enhanced:
        return body[1:5].decode("ascii", "replace") if body[1:5].isalnum() else "this codec"
    return "HEVC" if kind == VIDEO and body[0] & 15 == _HEVC else ""


def _is_sequence_header(kind: int, body: bytes) -> bool:
    """Annex E.4.2.1, E.4.3.1."""
    if kind == AUDIO:
        return body[0] >> 4 == _AAC and body[1:2] == b"\0"
    return kind == VIDEO and body[0] & 15 == _AVC and body[1:2] == b"\0"
