"""Cuts a title into chunks of whole segments, and finds what decoding each one takes. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .packets import Packets

_FIRST_CHUNK_SEGMENTS = 2
"""Short, so that a title plays within seconds of its job's start."""
_CHUNK_SECONDS = 10
"""What is found again after an edit; a worker encodes several, so their number costs little."""
_SMALLEST_LAST = Fraction(1, 4)
"""Of a chunk: a shorter rest is joined to the chunk before it."""
_FRAMES_BEYOND = 2
"""The last frame of a chunk is known by the ones that come after it."""


def segments_in(seconds: Fraction, segment_seconds: Fraction) -> int:
    return max(1, -int(-seconds / segment_seconds // 1))


def cut(segments: int, segment_seconds: Fraction, target_seconds: int) -> list[tuple[int, int]]:
    """(first segment, segments) of each chunk. Cuts depend on the position alone, so that an edit
    of a title moves none. `target_seconds`: of what one worker encodes, and so the most.
    """
    size = _size(segment_seconds, target_seconds)
    first = min(_FIRST_CHUNK_SEGMENTS, size)
    if segments <= first:
        return [(0, segments)]
    cuts = [(0, first)] + [(at, min(size, segments - at)) for at in range(first, segments, size)]
    if len(cuts) > 2 and cuts[-1][1] < size * _SMALLEST_LAST:
        _, rest = cuts.pop()
        before, length = cuts.pop()
        cuts.append((before, length + rest))
    return cuts


def chunks_in_task(segment_seconds: Fraction, target_seconds: int) -> int:
    return _segments_in_task(segment_seconds, target_seconds) // _size(
        segment_seconds, target_seconds
    )


def _segments_in_task(segment_seconds: Fraction, target_seconds: int) -> int:
    return max(1, int(target_seconds / segment_seconds + Fraction(1, 2)))


def _size(segment_seconds: Fraction, target_seconds: int) -> int:
    usual = max(1, int(_CHUNK_SECONDS / segment_seconds))
    return min(usual, _segments_in_task(segment_seconds, target_seconds))


@dataclass(frozen=True)
class Span:
    """The packets that decoding a stretch of the title takes."""

    first: int
    """In decoding order: a key frame, or the very first packet."""
    after: int
    """The first packet that is not needed."""
    seek_seconds: Fraction
    """Of the key frame, on the source's clock; never before the title's start."""


class Spans:
    """Answers which packets a stretch of time needs, in the logarithm of their number."""

    def __init__(
        self, packets: Packets, time_base: Fraction, start: Fraction, rate: Fraction
    ) -> None:
        self._time_base, self._start = time_base, start
        self._tolerance = min(1 / rate / 4, Fraction(3, 2000)) + time_base
        self._beyond = _FRAMES_BEYOND / rate
        self._all = len(packets)
        order = sorted(range(len(packets)), key=packets.pts.__getitem__)
        self._times = [packets.pts[n] for n in order]
        self._reach = _running_greatest(order)
        keys = sorted((packets.pts[n], n) for n in order if packets.key[n])
        self._key_times = [pts for pts, _ in keys]
        self._key_packets = [n for _, n in keys]

    def of(self, from_seconds: Fraction, to_seconds: Fraction) -> Span:
        """Seconds on the source's clock.

        Frames are decoded from the last key frame shown at or before the beginning: those that
        lead it and lean on the GOP before it (open GOPs) are shown earlier, and not wanted.
        """
        latest = (from_seconds + self._tolerance) / self._time_base
        at = bisect_right(self._key_times, latest) - 1
        first = self._key_packets[at] if at >= 0 else 0
        seek = self._key_times[at] * self._time_base if at >= 0 else self._start
        shown = bisect_left(self._times, (to_seconds + self._beyond) / self._time_base)
        after = self._reach[shown - 1] + 1 if shown else 0
        return Span(first, max(after, first + 1), max(seek, self._start))


def _running_greatest(order: Sequence[int]) -> list[int]:
    found, greatest = [], -1
    for number in order:
        greatest = max(greatest, number)
        found.append(greatest)
    return found
