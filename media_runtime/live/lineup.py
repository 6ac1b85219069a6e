"""What a channel offers to choose from: its renditions, as long as their encoders run. Values."""

from dataclasses import dataclass
from fractions import Fraction

from .clock import Cadence, Targets, Timeline, targets


@dataclass(frozen=True, slots=True)
class Offered:
    name: str
    cadence: Cadence
    codecs: str
    peak_kbps: int
    average_kbps: int
    init: str
    """The name of its newest header."""


@dataclass(frozen=True, slots=True)
class LiveRung(Offered):
    width: int
    height: int
    transfer: str = "SDR"
    """SDR, HDR10 or HLG."""

    @property
    def rate(self) -> Fraction:
        return self.cadence.rate


@dataclass(frozen=True, slots=True)
class LiveSound(Offered):
    label: str
    channels: int
    group: str = "audio"
    """Of one quality: every group has every soundtrack (RFC 8216bis section 4.4.6.1.1)."""
    language: str | None = None

    @property
    def sample_rate(self) -> int:
        return self.cadence.timescale


@dataclass(frozen=True, slots=True)
class Lineup:
    timeline: Timeline
    rungs: tuple[LiveRung, ...]
    sounds: tuple[LiveSound, ...] = ()

    @property
    def targets(self) -> Targets:
        return targets(self.timeline, [r.cadence for r in (*self.rungs, *self.sounds)])
