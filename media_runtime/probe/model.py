"""What a source is: typed, frozen, and free of ffprobe's spellings."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from media_runtime.ffmpeg import Format
from media_runtime.title.plan import Mastering, Transfer

Rotation = Literal[0, 90, 180, 270]
Scan = Literal["progressive", "interlaced", "unknown"]


@dataclass(frozen=True)
class VideoStream:
    index: int
    """ffmpeg's stream index."""
    codec: str
    profile: str
    width: int
    """As coded, before rotation and with whatever shape its pixels have."""
    height: int
    sample_aspect: Fraction
    rotation: Rotation
    """Clockwise degrees that a player turns the picture by."""
    pixel_format: str
    bit_depth: int
    transfer: Transfer
    matrix: Literal["BT709", "BT601", "BT2020"]
    full_range: bool
    mastering: Mastering | None
    scan: Scan
    declared_rates: tuple[Fraction, ...]
    """Frames per second as the container and the codec have it; a hint."""
    time_base: Fraction
    fingerprint: str
    """All codec parameters that decide how packets decode, extradata's hash among them."""

    @property
    def display_width(self) -> int:
        """Upright, with square pixels."""
        return self._upright()[0]

    @property
    def display_height(self) -> int:
        return self._upright()[1]

    def _upright(self) -> tuple[int, int]:
        wide = max(1, round(self.width * self.sample_aspect))
        return (self.height, wide) if self.rotation in (90, 270) else (wide, self.height)


@dataclass(frozen=True)
class AudioStream:
    index: int
    codec: str
    channels: int
    layout: str
    sample_rate: int
    language: str
    """ISO 639-2, "und" where it is not told."""
    default: bool
    time_base: Fraction
    fingerprint: str


@dataclass(frozen=True)
class Contents:
    """What the container's headers say; packets are counted elsewhere."""

    format: Format
    video: VideoStream | None
    audio: tuple[AudioStream, ...]
    declared_seconds: Fraction | None
    timecode: str
    warnings: tuple[str, ...]
