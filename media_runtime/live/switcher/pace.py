"""The output's clock, tied to the epoch, and where in an input's own time it reads. Pure.

Everything is counted in whole samples at 48 kHz, so picture and sound cannot drift apart, and a
frame's place follows from the wall clock alone: two switchers of one channel agree on it.
"""

from collections import deque
from dataclasses import dataclass, field
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


_LOOK_SECONDS = 1
_SETTLING_LOOKS = 5
"""More than its patience: the first of them may have seen the rush itself."""
_LATE_MILLIS = 200
_TIMES_THE_PATIENCE = 4
_MOST_PATIENCE_LOOKS = 256
_REMEMBERED_LOOKS = 600
"""What starves ten minutes after a skip was not starved by it."""
_FAR_BEHIND_MILLIS = 250
"""For half a second: more is not even watched, for what is to be read would soon be let go. Less
than half a second is what an output that stood still itself sees until it has caught up."""


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
    to now and then. What it is joined with may come in a rush, at its begin as after a pause, so
    whole frames too many are skipped in the next seconds; later on, what comes late by more than
    200 ms, and at once what is late by more than 250 ms for half a second.

    An input that starves of such a skip stalls again and again, and is waited for: nothing of what
    it has is taken away, slewing included, before it was spare for a second, and four times as long
    after each time: 4, 16, 64, 256 seconds. So it starves a handful of times, not at each stall.
    Where it starves after ten minutes of peace, the patience is a quarter again.
    """

    grid: Grid
    cushion_millis: int = 120
    skipped: int = 0
    """How often it leapt because the input ran late."""
    starved: int = 0
    """How often the input had nothing when it was due."""
    _offset: int | None = None
    _unread: int = 0
    _slew: int = 0
    _settling: int = 0
    """Looks from joining on in which more than a frame too many is skipped."""
    _low: int | None = None
    _watched: int = 0
    _far: int = 0
    _looks: deque[int] = field(default_factory=lambda: deque(maxlen=_MOST_PATIENCE_LOOKS))
    """How far each would have let it read with the cushion left: slewing does not change that."""
    _patience: int = 1
    """So many looks must agree before anything is taken away."""
    _since: int = _REMEMBERED_LOOKS
    """Looks since it was skipped or starved, …"""
    _dared: bool = False
    """… and whether it was skipped."""

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
            self._starve()
            return None
        self._watch(out_sample, left, arrived)
        at = out_sample + self._offset
        frame = self.grid.frame_of(at + self._frame // 2)
        self._unread = frame + 1
        return Reading(frame, at)

    def forget(self) -> None:
        """The input began anew at 0: the next reading joins it."""
        self._offset, self._unread, self._patience = None, 0, 1

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
        self._settling = self._patience + _SETTLING_LOOKS
        self._read_from(frame, out_sample)
        return True

    def _read_from(self, frame: int, out_sample: int) -> None:
        self._offset = self._start(frame) - out_sample
        self._low, self._watched, self._far, self._slew = None, 0, 0, 0
        self._looks.clear()

    def _start(self, frame: int) -> int:
        return self.grid.samples_before(frame)

    def _starve(self) -> None:
        if self._since >= _REMEMBERED_LOOKS:
            self._patience = max(1, self._patience // _TIMES_THE_PATIENCE)
        elif self._dared:
            self._patience = min(_MOST_PATIENCE_LOOKS, _TIMES_THE_PATIENCE * self._patience)
        self._offset, self._since, self._dared = None, 0, False
        self.starved += 1

    def _watch(self, out_sample: int, left: int, arrived: int) -> None:
        self._low = left if self._low is None else min(self._low, left)
        self._watched += 1
        far = left - self._cushion > _FAR_BEHIND_MILLIS * SAMPLE_RATE // 1000
        self._far = self._far + 1 if far else 0
        if 2 * self._far * self._frame >= SAMPLE_RATE:
            self._join(out_sample, arrived)
            self._has_skipped()
        elif self._watched * self._frame >= _LOOK_SECONDS * SAMPLE_RATE:
            # the lowest water of a second is free of jitter: the two clocks' drift remains
            away, self._low, self._watched = self._low - self._cushion, None, 0
            self._follow(out_sample, self._offset or 0, away)

    def _follow(self, out_sample: int, offset: int, away: int) -> None:
        """At a look's end, which found `away` more than the cushion, or less.

        It waits longer at once, and less only after its patience.
        """
        self._since += 1
        self._looks.append(away + offset)
        patient = len(self._looks) >= self._patience
        spare = min(list(self._looks)[-self._patience :]) - offset
        late = self._frame if self._settling else _LATE_MILLIS * SAMPLE_RATE // 1000
        self._settling = max(0, self._settling - 1)
        if patient and spare > late:
            at = out_sample + offset + spare // self._frame * self._frame
            self._read_from(self.grid.frame_of(at + self._frame // 2), out_sample)
            self._has_skipped()
        elif spare < -self._frame:
            self._slew = -1
        else:
            self._slew = 1 if patient and spare > 0 and away > self._frame else 0

    def _has_skipped(self) -> None:
        self._since, self._dared = 0, True
        self.skipped += 1
