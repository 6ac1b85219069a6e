"""The output's clock, tied to the epoch, and where in an input's own time it reads. Pure.

Everything is counted in whole samples at 48 kHz, so picture and sound cannot drift apart, and a
frame's place follows from the wall clock alone: two switchers of one channel agree on it.
"""

from dataclasses import dataclass
from fractions import Fraction

from .picture import SAMPLE_RATE

_NANOS = 1_000_000_000


@dataclass(frozen=True)
class Grid:
    """Frame n is due at n / rate seconds after the epoch."""

    rate: Fraction

    def due_nanos(self, n: int) -> int:
        """The first nanosecond at which frame n is due."""
        return -(-n * _NANOS * self.rate.denominator // self.rate.numerator)

    def due_millis(self, n: int) -> int:
        return self.due_nanos(n) // 1_000_000

    def frame_at(self, nanos: int) -> int:
        """The last frame that is due at this instant."""
        return nanos * self.rate.numerator // (_NANOS * self.rate.denominator)

    def next_start(self, nanos: int, gop_frames: int) -> int:
        """The first frame from this instant on that begins a GOP of the epoch's grid."""
        first = self.frame_at(nanos - 1) + 1
        return -(-first // gop_frames) * gop_frames

    def samples_before(self, n: int) -> int:
        """Frame n has the samples from here up to where frame n + 1 begins."""
        return n * SAMPLE_RATE * self.rate.denominator // self.rate.numerator

    def frame_of(self, sample: int) -> int:
        """The frame that is shown while this sample is heard."""
        return ((sample + 1) * self.rate.numerator - 1) // (SAMPLE_RATE * self.rate.denominator)


_WATCHED_SECONDS = 2
_SETTLING_LOOKS = 2
"""The first may have seen the rush itself."""
_LATE_MILLIS = 200
_FAR_BEHIND_MILLIS = 250
"""Not even watched for a while: what is to be read would soon be let go."""


@dataclass(frozen=True)
class Reading:
    """What of an input belongs to one frame of the output."""

    frame: int
    sample: int
    """The first; as many follow as the output's frame has. Never more than half a frame away."""


@dataclass
class Follower:
    """Maps the output's time to an input's, which runs on another clock.

    It stays `cushion_millis` behind what has come. The input's clock is followed by one sample a
    frame (up to 500 ppm at 25 frames a second), and the picture by the one frame that this adds up
    to now and then. After a pause it reads again once the cushion is there. What is begun with
    comes in a rush, so whole frames too many are skipped two and four seconds later; from then on,
    what came late by more than 200 ms.
    """

    grid: Grid
    cushion_millis: int = 120
    skipped: int = 0
    """How often it leapt because the input ran late."""
    starved: int = 0
    """How often the input had nothing when it was due."""
    _offset: int | None = None
    _settling: int = 0
    _low: int | None = None
    _watched: int = 0
    _slew: int = 0
    _unread: int = 0

    def __post_init__(self) -> None:
        self._frame = self.grid.samples_before(1)
        self._cushion = max(self._frame, self.cushion_millis * SAMPLE_RATE // 1000)

    def read_at(self, out_sample: int, arrived: int) -> Reading | None:
        """What to read for the output's frame that begins at out_sample; None: nothing yet.

        `arrived` counts the input's samples up to which picture (and sound, if there is any) came.
        Called once for each frame of the output, in their order.
        """
        if self._offset is None and not self._join(out_sample, arrived):
            return None
        self._offset = (self._offset or 0) + self._slew
        left = arrived - self._end_of(out_sample + self._offset)
        if left < 0:
            self._offset = None
            self.starved += 1
            return None
        self._watch(out_sample, left, arrived)
        at = out_sample + self._offset
        frame = self.grid.frame_of(at + self._frame // 2)
        self._unread = frame + 1
        return Reading(frame, at)

    def forget(self) -> None:
        """The input began anew at 0: the next reading joins it."""
        self._offset, self._unread = None, 0

    def _end_of(self, at: int) -> int:
        """Up to where the input must have come for what is read at `at`, slewing included."""
        return at + self._frame + self._frame // 2 + 2

    def _join(self, out_sample: int, arrived: int) -> bool:
        """At the start of a frame: half a frame from where rounding would show another one."""
        frame = self.grid.frame_of(arrived) - 1
        while frame >= self._unread and arrived - self._end_of(self._start(frame)) < self._cushion:
            frame -= 1
        if frame < self._unread:
            return False  # what was read once is not read again
        if not self._unread:  # not after a pause: what came in time once may come as late again
            self._settling = _SETTLING_LOOKS
        self._read_from(frame, out_sample)
        return True

    def _read_from(self, frame: int, out_sample: int) -> None:
        self._offset = self._start(frame) - out_sample
        self._low, self._watched, self._slew = None, 0, 0

    def _start(self, frame: int) -> int:
        return self.grid.samples_before(frame)

    def _watch(self, out_sample: int, left: int, arrived: int) -> None:
        self._low = left if self._low is None else min(self._low, left)
        self._watched += 1
        if left - self._cushion > _FAR_BEHIND_MILLIS * SAMPLE_RATE // 1000:
            self._join(out_sample, arrived)
            self.skipped += 1
            return
        if self._watched * self._frame < _WATCHED_SECONDS * SAMPLE_RATE:
            return
        # the lowest water of two seconds is free of jitter: what remains is the two clocks' drift
        away = self._low - self._cushion
        late = self._frame if self._settling else _LATE_MILLIS * SAMPLE_RATE // 1000
        self._settling = max(0, self._settling - 1)
        if away > late:
            at = out_sample + (self._offset or 0) + away // self._frame * self._frame
            self._read_from(self.grid.frame_of(at + self._frame // 2), out_sample)
            self.skipped += 1
            return
        self._low, self._watched = None, 0
        self._slew = 0 if abs(away) <= self._frame else (1 if away > 0 else -1)
