"""Matroska and WebM as they are streamed (RFC 9559, RFC 8794), by WHIP. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .unit import LARGEST_UNIT_BYTES, Broken, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

_EBML, _SEGMENT, _INFO, _TRACKS = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B
_CLUSTER, _TIMESTAMP, _SIMPLE_BLOCK, _BLOCK_GROUP = 0x1F43B675, 0xE7, 0xA3, 0xA0
_TRACK, _TRACK_NUMBER, _TRACK_TYPE = 0xAE, 0xD7, 0x83
_BLOCK, _REFERENCE = 0xA1, 0xFB
_UNKNOWN = b"\x01" + b"\xff" * 7
_SEGMENT_HEAD = b"\x18\x53\x80\x67" + _UNKNOWN
_CLUSTER_HEAD = b"\x1f\x43\xb6\x75" + _UNKNOWN
_HEADER_BYTES = 1 << 20
_VIDEO = 1


class MatroskaSplitter:
    """One unit is one block.

    Clusters are written anew, without a size, and one begins at each key frame: wherever the sender
    began his, a decoder can begin there.
    """

    def __init__(self) -> None:
        self._rest = bytearray()
        self._head = self._info = self._tracks = b""
        self._video: frozenset[int] = frozenset()
        self._timestamp = b""

    @property
    def prelude(self) -> bytes:
        if not self._tracks:
            return b""
        return self._head + _SEGMENT_HEAD + self._info + self._tracks

    def feed(self, piece: bytes) -> list[Unit]:
        self._rest += piece
        units, at, rest = [], 0, bytes(self._rest)
        if not self._head and len(rest) >= 4 and rest[:4] != b"\x1a\x45\xdf\xa3":
            raise Broken("this is no Matroska")
        while (found := _element(rest, at)) is not None:
            name, start, size = found
            if name in (_SEGMENT, _CLUSTER):  # entered, whatever their size: it may not be known
                at = start
                continue
            limit = LARGEST_UNIT_BYTES if name in (_SIMPLE_BLOCK, _BLOCK_GROUP) else _HEADER_BYTES
            if size is None or size > limit:
                raise Broken(f"a Matroska element {name:X} of {size} bytes")
            if start + size > len(rest):
                break
            units += self._take(name, rest[at : start + size], rest[start : start + size])
            at = start + size
        if at:
            del self._rest[:at]
        return units

    def _take(self, name: int, whole: bytes, body: bytes) -> list[Unit]:
        if name == _EBML:
            self._head = whole
        elif name == _INFO:
            self._info = whole
        elif name == _TRACKS:
            self._tracks, self._video = whole, frozenset(_video_tracks(body))
        elif name == _TIMESTAMP:
            self._timestamp = whole
            return [Unit(_CLUSTER_HEAD + whole)]
        elif name in (_SIMPLE_BLOCK, _BLOCK_GROUP):
            if self._is_key(name, body):
                return [Unit(_CLUSTER_HEAD + self._timestamp + whole, key=True)]
            return [Unit(whole)]
        return []

    def _is_key(self, name: int, body: bytes) -> bool:
        if name == _SIMPLE_BLOCK:
            track = _number(body, 0)
            if track is None or len(body) < track[1] + 3:
                return False
            return track[0] in self._video and bool(body[track[1] + 2] & 0x80)
        children = dict(_children(body))
        track = _number(children.get(_BLOCK, b""), 0)
        return track is not None and track[0] in self._video and _REFERENCE not in children


def _video_tracks(tracks: bytes) -> Iterator[int]:
    for name, entry in _children(tracks):
        if name == _TRACK:
            said = dict(_children(entry))
            if int.from_bytes(said.get(_TRACK_TYPE, b"")) == _VIDEO:
                yield int.from_bytes(said.get(_TRACK_NUMBER, b""))


def _children(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while (found := _element(body, at)) is not None:
        name, start, size = found
        at = len(body) if size is None else start + size
        yield name, body[start:at]


def _element(data: bytes, at: int) -> tuple[int, int, int | None] | None:
    """(ID, where its body begins, how long that is or None for unknown); None: not all here."""
    if at >= len(data):
        return None
    length = _length(data[at])
    if length > 4:
        raise Broken("this is no Matroska element")
    size = _number(data, at + length)
    if size is None:
        return None
    value, after = size
    unknown = value == (1 << 7 * (after - at - length)) - 1
    return int.from_bytes(data[at : at + length]), after, None if unknown else value


def _number(data: bytes, at: int) -> tuple[int, int] | None:
    """A variable-size integer without its marker, and where it ends."""
    if at >= len(data):
        return None
    length = _length(data[at])
    if at + length > len(data):
        return None
    marked = int.from_bytes(data[at : at + length])
    return marked & ((1 << 7 * length) - 1), at + length


def _length(first: int) -> int:
    if first == 0:
        raise Broken("a Matroska number of more than eight bytes")
    return 9 - first.bit_length()
