"""A WebRTC publisher's coded pictures and sounds as Matroska: carried on, not coded again. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from media_runtime.contribution import avc
from media_runtime.contribution.matroska import (
    AUDIO_TRACK,
    VIDEO_TRACK,
    Clusters,
    Picture,
    Sound,
    header,
)
from media_runtime.contribution.refusal import BadBytes
from media_runtime.contribution.unit import Entry, Unit

if TYPE_CHECKING:
    from collections.abc import Collection

Codec = Literal["H264", "VP8"]


class MatroskaUnits:
    """Times are milliseconds of one clock. Nothing comes out before the first key frame."""

    def __init__(self, kinds: Collection[str]) -> None:
        self._has_video = "video" in kinds
        self._sound = Sound() if "audio" in kinds else None
        self._picture: Picture | None = None
        self._clusters = Clusters()
        self._from: int | None = None
        self._last = {VIDEO_TRACK: 0, AUDIO_TRACK: 0}

    @property
    def begun(self) -> bool:
        return self._from is not None

    def video(self, codec: Codec, data: bytes, millis: int) -> Unit | None:
        """A whole picture: an H.264 byte stream, or a VP8 frame. Raises BadBytes."""
        if codec == "H264":
            key, data = self._avc(data)
        else:
            key = self._vp8(data)
        if self._picture is None or not data:
            return None
        return self._unit(VIDEO_TRACK, data, millis, key=key, begin=key)

    def audio(self, data: bytes, millis: int) -> Unit | None:
        """An Opus packet. Beside pictures nobody begins at it."""
        if not data:
            return None
        return self._unit(AUDIO_TRACK, data, millis, key=True, begin=not self._has_video)

    def _unit(self, track: int, data: bytes, millis: int, *, key: bool, begin: bool) -> Unit | None:
        if self._from is None:
            if not begin:
                return None
            self._from = millis
        if millis < self._from:
            return None
        at = max(millis - self._from, self._last[track])
        self._last[track] = at
        block = self._clusters.block(track, at, data, key=key, begin=begin)
        entry = Entry(header(self._picture, self._sound), b"") if begin else None
        return Unit(block, entry)

    def _avc(self, stream: bytes) -> tuple[bool, bytes]:
        units = avc.units_of(stream)
        sps, pps = avc.first_of(units, avc.SPS), avc.first_of(units, avc.PPS)
        if sps and pps:
            private = avc.configuration(sps, pps)
            if self._picture is None or private != self._picture.private:
                self._picture = Picture("V_MPEG4/ISO/AVC", *avc.size_of(sps), private)
        return avc.first_of(units, avc.IDR) is not None, avc.with_lengths(units)

    def _vp8(self, frame: bytes) -> bool:
        """RFC 6386 section 9.1: a key frame says its size."""
        if len(frame) < 10 or frame[0] & 1:
            return False
        if frame[3:6] != b"\x9d\x01\x2a":
            raise BadBytes("a key frame of VP8 without its start code")
        width, height = (int.from_bytes(frame[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        self._picture = Picture("V_VP8", width or 1, height or 1)
        return True
