"""What a channel's order makes of its profile: canvas, grid, rungs and soundtracks. Pure.

All rungs take whole frames of one canvas at one rate, so that they share key frames; what cannot
be made so is told, and the rest goes on air.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from crds.live import ChannelOrder, LostRung
from media_runtime.encode.units import FRAMING
from media_runtime.failure import Refused
from media_runtime.live.clock import Cadence, Timeline, access_units, pictures, timeline
from media_runtime.live.switcher.pace import Grid
from media_runtime.live.switcher.picture import SAMPLE_RATE, Picture
from media_runtime.probe.rates import is_ntsc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crds.v1alpha1.encodingprofile import AudioProfile, EncodingProfileSpec, Rendition

_WIDE = Fraction(16, 9)
_NOMINAL = Fraction(21, 20)
"""A cap of 24 frames a second lets 25 pass: the alternative is 12.5."""


@dataclass(frozen=True)
class Rung:
    wish: Rendition
    width: int
    height: int
    every: int
    """It takes every so many-th frame of the canvas."""
    cadence: Cadence
    gop: int
    """Its frames in a segment."""
    epoch: int
    """Frames of the canvas that were before the timeline."""

    @property
    def name(self) -> str:
        return self.wish.name

    @property
    def peak_kbps(self) -> int:
        return self.wish.max_bitrate_kbps or self.wish.bitrate_kbps * 3 // 2

    def first(self, frame: int) -> int:
        """The number of its sample that shows this frame of the canvas, a segment's first."""
        return (frame - self.epoch) // self.every


@dataclass(frozen=True)
class Soundtrack:
    wish: AudioProfile
    channels: int
    cadence: Cadence
    grid: Grid
    epoch: int
    """Frames of the canvas that were before the timeline."""

    @property
    def name(self) -> str:
        return self.wish.name

    def lead(self, frame: int) -> int:
        """Samples of silence before the first, so that access units lie on the epoch's grid."""
        return self._samples(frame) % FRAMING["AAC"].frame

    def first(self, frame: int) -> int:
        """The number of an encoder's first access unit: what its priming makes comes before."""
        framing = FRAMING["AAC"]
        return self._samples(frame) // framing.frame - framing.dropped

    def _samples(self, frame: int) -> int:
        return self.grid.samples_before(frame) - self.grid.samples_before(self.epoch)


@dataclass(frozen=True)
class Ladder:
    canvas: Picture
    timeline: Timeline
    rungs: tuple[Rung, ...]
    """From the lowest bit rate up."""
    sounds: tuple[Soundtrack, ...]
    lost: tuple[LostRung, ...]

    @property
    def makers(self) -> tuple[Rung | Soundtrack, ...]:
        return (*self.rungs, *self.sounds)

    @property
    def gop(self) -> int:
        """Frames of the canvas in a segment."""
        return int(self.timeline.segment * self.canvas.rate)


def ladder(order: ChannelOrder) -> Ladder:
    """Raises Refused (LadderEmpty) where nothing at all can be shown."""
    rate, lost = Fraction(order.frame_rate), []
    wished: list[Rendition] = []
    for wish in order.profile.renditions:
        if wish.codec == "H264":
            wished.append(wish)
        else:
            lost.append(_unsupported(wish.name, f"live rungs are H264, not {wish.codec}"))
    if not wished:
        raise Refused("LadderEmpty", "the profile has no H264 rung; live has no other encoder")
    canvas = Picture(*_size(max(w.max_height for w in wished)), rate)
    gop = _frames(order.profile, rate)
    begins = _first_frame(gop, rate)
    rungs: list[Rung] = []
    for wish in sorted(wished, key=lambda w: (w.bitrate_kbps, w.max_height)):
        rung = _rung(wish, rate, gop, begins)
        if rung is None:
            message = f"no share of {rate} frames a second is within {wish.max_frame_rate}"
            lost.append(LostRung(name=wish.name, reason="FrameRate", message=message))
        else:
            rungs.append(rung)
    sounds, silent = _soundtracks(order.profile.audio, rate, begins)
    cadences = [one.cadence for one in rungs] + [one.cadence for one in sounds]
    if not rungs:
        raise Refused("LadderEmpty", f"no rung of the profile can have {rate} frames a second")
    grid = timeline(
        [pictures(rate), *cadences],
        epoch=int(begins / rate),
        segment_millis=order.profile.gop_duration_millis,
        part_millis=order.part_millis,
    )
    return Ladder(canvas, grid, tuple(rungs), tuple(sounds), (*lost, *silent))


def _size(height: int) -> tuple[int, int]:
    """Of a 16:9 picture, even as 4:2:0 needs."""
    return max(2, 2 * round(height * _WIDE / 2)), max(2, height - height % 2)


def _frames(profile: EncodingProfileSpec, rate: Fraction) -> int:
    return max(1, round(Fraction(profile.gop_duration_millis, 1000) * rate))


def _first_frame(gop: int, rate: Fraction) -> int:
    """Of the timeline: the first of a segment, of those after 1970's, at a whole second.

    Not 1970 itself: a presentation that began at 0 is taken for one that does not say when, by
    ffmpeg (libavformat/dashdec.c, calc_cur_seg_no) and by who tests a number for truth.
    """
    return gop * (gop / rate).denominator


def _rung(wish: Rendition, rate: Fraction, gop: int, begins: int) -> Rung | None:
    """Every k-th frame, where a segment has a whole number of them."""
    limit = wish.max_frame_rate * _NOMINAL
    if is_ntsc(rate):
        limit *= Fraction(1000, 1001)
    shares = (k for k in range(1, gop + 1) if gop % k == 0 and rate / k <= limit)
    every = next(shares, None)
    if every is None:
        return None
    canvas = pictures(rate)
    # one timescale for all rungs: hls.js maps time anew where it changes
    cadence = Cadence(canvas.timescale, canvas.ticks * every, picture=True)
    return Rung(wish, *_size(wish.max_height), every, cadence, gop // every, begins)


def _soundtracks(
    wished: Sequence[AudioProfile], rate: Fraction, begins: int
) -> tuple[list[Soundtrack], list[LostRung]]:
    cadence, grid = access_units(SAMPLE_RATE, FRAMING["AAC"].frame), Grid(rate)
    made = [
        Soundtrack(w, min(2, w.channels), cadence, grid, begins) for w in wished if w.codec == "AAC"
    ]
    lost = [
        _unsupported(w.name, f"live sound is AAC, not {w.codec}")
        for w in wished
        if w.codec != "AAC"
    ]
    return made, lost


def _unsupported(name: str, message: str) -> LostRung:
    return LostRung(name=name, reason="UnsupportedCodec", message=message)
