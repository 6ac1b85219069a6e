"""Whether a picture is black or stands still and whether sound is silent, from a few samples.

Cheap enough for every frame of every input in plain Python: see docs/adr/0041 for the cost.
"""

from __future__ import annotations

import array
import sys
from itertools import islice
from operator import sub
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .picture import Picture

_POINTS = 1_500
_DARK = bytes(range(33))
"""Limited range: black is 16; the noise of a covered lens stays below a tenth of white."""
_BLACK_SHARE = 0.98
_CHANGE = 8
"""Steps of luma that an encoder's noise on a still does not reach."""
_CHANGED_POINTS = 1
"""More than this of the points, and something moves: 0.1 % of the picture is a walking person."""
_SILENT_PEAK = 32
"""Of 32768: -60 dBFS, under any room and over the dither of a muted desk."""
_EVERY_SAMPLE = 4


class Watch:
    """Looks at one input's pictures and sound as they come; milliseconds are passed in."""

    def __init__(self, picture: Picture) -> None:
        self.black_since: int | None = None
        self.frozen_since: int | None = None
        self.silent_since: int | None = None
        self._luma = picture.luma_bytes
        self._stride = _stride(picture)
        self._still: bytes | None = None
        self._still_at = 0

    def see(self, frame: bytearray, now: int) -> None:
        # one slice in C over the whole luma plane: the stride shares no factor with the width, so
        # the points lie spread over all columns
        points = bytes(frame[: self._luma : self._stride])
        if is_black(points):
            self.black_since = now if self.black_since is None else self.black_since
        else:
            self.black_since = None
        # compared with the last picture that differed, not with the one before: a slow fade moves
        if self._still is None or moved(self._still, points):
            self._still, self._still_at = points, now
            self.frozen_since = None
        elif self.frozen_since is None:
            self.frozen_since = self._still_at

    def hear(self, samples: bytes | bytearray | memoryview, now: int) -> None:
        if is_silent(samples):
            self.silent_since = now if self.silent_since is None else self.silent_since
        else:
            self.silent_since = None

    def forget(self) -> None:
        """The input was lost: what comes next is judged anew."""
        self.black_since = self.frozen_since = self.silent_since = None
        self._still = None


def _stride(picture: Picture) -> int:
    stride = max(1, picture.luma_bytes // _POINTS)
    while stride > 1 and any(
        stride % factor == 0 and picture.width % factor == 0 for factor in range(2, stride + 1)
    ):
        stride -= 1
    return stride


def is_black(points: bytes) -> bool:
    """Nearly all luma points are dark."""
    return len(points.translate(None, _DARK)) <= len(points) * (1 - _BLACK_SHARE)


def moved(before: bytes, after: bytes) -> bool:
    """More than one point changed by more than noise."""
    if before == after:
        return False
    changed = (True for by in map(sub, before, after) if abs(by) > _CHANGE)
    # where much moves, it shows among the first few points
    return sum(islice(changed, _CHANGED_POINTS + 1)) > _CHANGED_POINTS


def is_silent(samples: bytes | bytearray | memoryview) -> bool:
    """No peak over -60 dBFS in either channel, among every second pair of samples."""
    values: array.array[int] = array.array("h", bytes(samples))
    if sys.byteorder == "big":
        values.byteswap()
    heard = (values[::_EVERY_SAMPLE], values[1::_EVERY_SAMPLE])
    return all(
        not channel or (max(channel) <= _SILENT_PEAK and min(channel) >= -_SILENT_PEAK)
        for channel in heard
    )
