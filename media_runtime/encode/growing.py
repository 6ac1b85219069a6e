"""Reads a rung's fragmented MP4 on disk while it is written, as much of it as a chunk takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from media_runtime.cmaf import Header, read_fragments, read_header
from media_runtime.cmaf.boxes import Malformed, whole
from media_runtime.failure import Refused

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from media_runtime.cmaf import Fragment
    from media_runtime.title.plan import VideoRung

_HEAD = 16
"""Bytes that tell how long a box is."""


class GrowingFile:
    """Of what is written, no more is held than was asked for and not yet taken."""

    def __init__(self, file: Path, rung: VideoRung) -> None:
        self.file = file
        self._header: Header | None = None
        self._rung = rung
        self._at = 0
        self._ftyp = self._moof = b""
        self._held: list[Fragment] = []
        self._taken = 0
        """Frames."""
        self._begins: int | None = None
        """Decode time of the very first frame, on ffmpeg's clock."""

    @property
    def held(self) -> int:
        """Frames that were read and not yet taken."""
        return sum(len(fragment.samples) for fragment in self._held)

    @property
    def header_read(self) -> Header:
        if self._header is None:
            raise Malformed(f"{self.file.name}: frames before the header")
        return self._header

    def reach(self, frames: int) -> bool:
        """Reads on until so many frames are held; False if they are not written yet."""
        if not self.file.exists():
            return False
        size = self.file.stat().st_size
        with self.file.open("rb") as stream:
            while self.held < frames and (box := self._next(stream, size)):
                self._take_in(box)
        return self.held >= frames

    def take(self, frames: int) -> list[Fragment]:
        """The next frames, which were reached, in whole fragments.

        Raises Refused(EncodeFailed) where they are others than those that follow on.
        """
        taken: list[Fragment] = []
        while self._held and sum(len(fragment.samples) for fragment in taken) < frames:
            taken.append(self._held.pop(0))
        count = sum(len(fragment.samples) for fragment in taken)
        if count and self._begins is None:
            self._begins = taken[0].decode_time
        due = (self._begins or 0) + self._taken * self._rung.ticks_per_frame
        if count != frames or taken[0].decode_time != due:
            raise Refused(
                "EncodeFailed", f"{self._rung.name}: {count} of {frames} frames, or not on the grid"
            )
        self._taken += frames
        return taken

    def _next(self, stream: BinaryIO, size: int) -> bytes | None:
        """The next box, if all of it is there."""
        stream.seek(self._at)
        length = whole(stream.read(_HEAD))
        if length is None or length < 8 or self._at + length > size:
            return None
        stream.seek(self._at)
        box = stream.read(length)
        self._at += length
        return box

    def _take_in(self, box: bytes) -> None:
        match box[4:8]:
            case b"ftyp":
                self._ftyp = box
            case b"moov":
                self._header = read_header(self._ftyp + box)
            case b"moof":
                self._moof = box
            case b"mdat":
                self._held += [f for f in read_fragments(self._moof + box) if f.samples]
