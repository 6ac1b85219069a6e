"""FLV as RTMP publishers send it (Adobe's FLV 10.1, annex E; Enhanced RTMP v1). Pure."""

from __future__ import annotations

from .unit import LARGEST_UNIT_BYTES, Broken, Unit

HEADER = b"FLV\x01\x05\x00\x00\x00\x09" + bytes(4)
"""Sound and picture, and the size of no tag before the first."""
_AUDIO, _VIDEO, _SCRIPT = 8, 9, 18
_TAG_HEAD, _TAG_TAIL = 11, 4
_LONGEST_METADATA = 1 << 16
_AVC, _HEVC, _AAC, _EXTENDED_AUDIO = 7, 12, 10, 9
_EXTENDED_VIDEO = 0x80
_KEY_FRAME = 1


_BACK_MILLIS, _AHEAD_MILLIS = 1_000, 3_000
"""What time stamps of sound and picture differ by is less; what a publisher leaves out may be."""
_STEP_MILLIS = 20


class FlvSplitter:
    """One unit is one tag. Time stamps that leap are led on from where they were.

    Decoders take them for a wrap of 32 bits, or for a pause to be filled, and lose the sound.
    """

    def __init__(self) -> None:
        self._newest: int | None = None
        self._offset = 0
        self._rest = bytearray()
        self._begun = False
        self._metadata = b""
        self._headers: dict[int, bytes] = {}

    @property
    def prelude(self) -> bytes:
        return HEADER + self._metadata + b"".join(self._headers.values())

    def feed(self, piece: bytes) -> list[Unit]:
        self._rest += piece
        if not self._begun and not self._begin():
            return []
        units, at, rest = [], 0, bytes(self._rest)
        while len(rest) - at >= _TAG_HEAD:
            size = int.from_bytes(rest[at + 1 : at + 4])
            if rest[at] & 0x1F not in (_AUDIO, _VIDEO, _SCRIPT) or size > LARGEST_UNIT_BYTES:
                raise Broken(f"an FLV tag of kind {rest[at]} with {size} bytes")
            end = at + _TAG_HEAD + size + _TAG_TAIL
            if end > len(rest):
                break
            units.append(self._unit(self._led_on(rest[at:end])))
            at = end
        if at:
            del self._rest[:at]
        return units

    def _begin(self) -> bool:
        """The file header is ours to write; the publisher's only tells where tags begin."""
        if len(self._rest) < 13:
            return False
        offset = int.from_bytes(self._rest[5:9])
        if self._rest[:3] != b"FLV" or not 9 <= offset <= 64:
            raise Broken("this is no FLV")
        if len(self._rest) < offset + _TAG_TAIL:
            return False
        del self._rest[: offset + _TAG_TAIL]
        self._begun = True
        return True

    def _led_on(self, tag: bytes) -> bytes:
        """The tag with a time stamp that goes on from those before it, in 32 bits."""
        told = int.from_bytes(tag[4:7]) + (tag[7] << 24)
        if self._newest is None:
            self._newest = told
        at = told + self._offset
        if not -_BACK_MILLIS <= at - self._newest <= _AHEAD_MILLIS:
            at = self._newest + _STEP_MILLIS
            self._offset = at - told
        self._newest = max(self._newest, at)
        if not self._offset:
            return tag
        stamp = (at & 0xFFFFFFFF).to_bytes(4)
        return tag[:4] + stamp[1:] + stamp[:1] + tag[8:]

    def _unit(self, tag: bytes) -> Unit:
        kind, body = tag[0] & 0x1F, tag[_TAG_HEAD : _TAG_HEAD + 5]
        if kind == _SCRIPT:
            if b"onMetaData" in tag[:64] and len(tag) <= _LONGEST_METADATA:
                self._metadata = tag
        elif _is_header(kind, body):
            if len(tag) <= _LONGEST_METADATA:
                self._headers = dict(sorted({**self._headers, kind: tag}.items(), reverse=True))
        elif kind == _VIDEO:
            return Unit(tag, key=_is_key(body))
        return Unit(tag)


def _is_header(kind: int, body: bytes) -> bool:
    """A decoder's configuration, not a picture or sound."""
    if len(body) < 2:
        return False
    if kind == _VIDEO and body[0] & _EXTENDED_VIDEO:
        return body[0] & 0x0F == 0
    if kind == _VIDEO:
        return body[0] & 0x0F in (_AVC, _HEVC) and body[1] == 0
    if body[0] >> 4 == _EXTENDED_AUDIO:
        return body[0] & 0x0F == 0
    return body[0] >> 4 == _AAC and body[1] == 0


def _is_key(body: bytes) -> bool:
    if len(body) < 2:
        return False
    if body[0] & _EXTENDED_VIDEO:
        return body[0] >> 4 & 7 == _KEY_FRAME and body[0] & 0x0F in (1, 3)
    picture = body[0] & 0x0F not in (_AVC, _HEVC) or body[1] == 1
    return body[0] >> 4 == _KEY_FRAME and picture
