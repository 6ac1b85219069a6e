"""When a source's frames are shown: their rate, if it varies, the first and the last. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median_low

from .packets import Packets
from .rates import is_regular, regular

Extent = tuple[Fraction, Fraction]
"""First and last moment, in seconds on the source's clock."""

_LIKELY = Fraction(1, 50)
_PHONE_JITTER = Fraction(3, 200)
_OFF_GRID = 3
"""A frame more than a third of a frame off is on no grid."""
_WITHOUT_CLOCK = Fraction(25)
"""Of a single picture that says nothing of its rate."""


@dataclass(frozen=True)
class Timing:
    start: Fraction
    """Presentation time of the first frame shown, in seconds on the source's clock."""
    seconds: Fraction
    """A whole number of frames at `rate`."""
    rate: Fraction
    """Regular; what the fastest rung may have."""
    variable: bool
    """Frames do not come at even intervals."""
    frames: int
    longest_gap_seconds: Fraction


def timing(packets: Packets, time_base: Fraction, declared: Sequence[Fraction]) -> Timing | None:
    """None if no frame is shown. `declared`: rates that the container names; hints."""
    shown = sorted(
        (pts, duration)
        for pts, duration, discard in zip(
            packets.pts, packets.duration, packets.discard, strict=True
        )
        if not discard
    )
    if not shown:
        return None
    times = [pts for pts, _ in shown]
    gaps = [b - a for a, b in pairwise(times) if b > a]
    usual = median_low(gaps) if gaps else shown[-1][1]
    if not usual:
        told = next((rate for rate in declared if is_regular(rate)), _WITHOUT_CLOCK)
        usual = int(1 / (told * time_base)) or 1
    last = shown[-1][1] if 0 < shown[-1][1] <= 4 * usual else usual
    pace = _pace(times, time_base, usual, declared)
    frames = pace.slots or max(1, round((times[-1] + last - times[0]) * time_base * pace.rate))
    return Timing(
        start=times[0] * time_base,
        seconds=frames / pace.rate,
        rate=pace.rate,
        variable=not pace.even,
        frames=len(set(times)),
        longest_gap_seconds=max(gaps, default=0) * time_base,
    )


@dataclass(frozen=True)
class _Pace:
    rate: Fraction
    even: bool
    """Frames come at even intervals, perhaps of an odd length."""
    slots: int
    """Places on the grid of `rate` from the first frame to the last; 0 if they are not on one."""


def _pace(times: list[int], time_base: Fraction, usual: int, declared: Sequence[Fraction]) -> _Pace:
    usual_rate = 1 / (usual * time_base)
    if times[-1] == times[0]:
        told = next((rate for rate in declared if is_regular(rate)), None)
        return _Pace(told or regular(usual_rate, tolerance=_LIKELY), even=True, slots=1)
    average = Fraction(len(times) - 1, times[-1] - times[0]) / time_base
    likely = dict.fromkeys(
        rate
        for rate in (
            *(r for r in declared if abs(1 / r - 1 / usual_rate) <= _LIKELY / r + time_base),
            *(regular(rate) for rate in (average, usual_rate)),
            *(regular(rate, tolerance=_LIKELY) for rate in (average, usual_rate)),
        )
        if is_regular(rate)
    )
    found = [(rate, fit) for rate in likely if (fit := _fit(times, time_base, rate)) is not None]
    if found:
        # rates that the clock's ticks are too coarse to tell apart: the first named is meant
        least = min(worst for _, (worst, _) in found) + time_base * usual_rate
        rate, (_, slots) = next((r, fit) for r, fit in found if fit[0] <= least)
        return _Pace(rate, even=True, slots=slots)
    if _fit(times, time_base, average) is not None:
        return _Pace(regular(average), even=True, slots=0)
    return _Pace(regular(usual_rate, tolerance=_PHONE_JITTER), even=False, slots=0)


def _fit(times: list[int], time_base: Fraction, rate: Fraction) -> tuple[Fraction, int] | None:
    """How far a frame is off an even grid at worst, in frames, and the grid's places in use.

    None if two frames fall on one place, or one falls between two, or more than a tenth of the
    places are empty. In whole numbers: this runs over every frame of the title.
    """
    numerator = time_base.numerator * rate.numerator
    denominator = time_base.denominator * rate.denominator
    first, worst, place = times[0], 0, -1
    for time in times:
        at = (time - first) * numerator
        nearest = (2 * at + denominator) // (2 * denominator)
        worst = max(worst, abs(at - nearest * denominator))
        if nearest <= place or worst * _OFF_GRID > denominator:
            return None
        place = nearest
    slots = place + 1
    return (Fraction(worst, denominator), slots) if slots - len(times) <= slots // 10 else None


def extent(packets: Packets, time_base: Fraction) -> Extent | None:
    """Of what is shown or heard; None if nothing is."""
    shown = [n for n in range(len(packets)) if not packets.discard[n]]
    if not shown:
        return None
    last = max(shown, key=packets.pts.__getitem__)
    end = packets.pts[last] + packets.duration[last]
    return min(packets.pts[n] for n in shown) * time_base, end * time_base
