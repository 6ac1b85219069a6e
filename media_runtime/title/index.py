"""The index of a title: all that a playlist is made of, and nothing that changes by itself.

A finished title stores its index. While it is encoded, the origin derives one from the plan and
the ledger, so that nobody has to write it as chunks land.
"""

from typing import Literal

from .ledger import Segment
from .model import Document, Rate
from .plan import AudioRendition, VideoRung


class Run(Document):
    """Consecutive segments in one object of the store."""

    key: str
    run: int
    segments: tuple[Segment, ...]


class Track(Document):
    init: str
    codecs: str
    timescale: int
    start: int = 0
    """Decode time of the first segment, in ticks, on the title's timeline."""
    peak_kbps: int
    """Of the worst segment once complete; before that, what the profile allows."""
    average_kbps: int
    runs: tuple[Run, ...]


class VideoIndex(Track):
    rung: VideoRung


class AudioIndex(Track):
    rendition: AudioRendition


class ImagesIndex(Document):
    key: str
    every_seconds: int
    width: int
    height: int
    columns: int
    rows: int
    pictures: int
    sheets: int
    poster_width: int
    poster_height: int


class Index(Document):
    version: Literal[1] = 1
    title: str
    name: str
    complete: bool
    """Verified whole: VOD with ENDLIST. Otherwise an EVENT playlist over a common prefix."""
    duration_seconds: Rate
    """Of the whole title, encoded or not."""
    segment_seconds: Rate
    hls: bool = True
    dash: bool = True
    video: tuple[VideoIndex, ...]
    audio: tuple[AudioIndex, ...]
    images: ImagesIndex | None = None


class Publication(Document):
    """Which title a name stands for: swapped, never overwritten, by the rules of title/name.py."""

    version: Literal[1] = 1
    title: str
    rank: str = ""
    """The greater was wished for later, and goes first; the operator gives it."""
    complete: bool = False
    """Published whole. Before that the name was only lent, so that the beginning can be watched."""
    let_go_at: float | None = None
    """Seconds of the epoch: the title was retired, and the object is about to be deleted."""


class Ended(Document):
    """Why a title will never be whole, left by the step that refused it.

    Without it viewers of a growing title would wait for more for ever. An index, where there is
    one, has the last word.
    """

    version: Literal[1] = 1
    reason: str
    """As in the job's status: VerifyFailed."""
    message: str = ""
