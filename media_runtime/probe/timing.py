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
        usual = int(1 / ((declared[0] if declared else _WITHOUT_CLOCK) * time_base)) or 1
    average = Fraction(len(gaps), times[-1] - times[0]) / time_base if gaps else None
    rate, even, exact = _rate(times, time_base, usual, average, declared)
    last = shown[-1][1] if 0 < shown[-1][1] <= 4 * usual else usual
    span = (times[-1] + last - times[0]) * time_base
    frames = len(gaps) + 1 if exact else max(1, int(span * rate + Fraction(1, 2)))
    return Timing(
        start=times[0] * time_base,
        seconds=frames / rate,
        rate=rate,
        variable=not even,
        frames=frames,
        longest_gap_seconds=max(gaps, default=0) * time_base,
    )


def _rate(
    times: list[int],
    time_base: Fraction,
    usual: int,
    average: Fraction | None,
    declared: Sequence[Fraction],
) -> tuple[Fraction, bool, bool]:
    """The regular rate; whether frames come evenly; whether they come evenly at that very rate."""
    if average is None:
        told = next((rate for rate in declared if is_regular(rate)), None)
        return told or regular(1 / (usual * time_base), tolerance=_LIKELY), True, True
    hints = [rate for rate in declared if abs(rate - average) <= average * _LIKELY]
    likely = dict.fromkeys(
        (
            *(rate for rate in hints if is_regular(rate)),
            regular(average),
            regular(average, tolerance=_LIKELY),
        )
    )
    fits = {
        rate: worst
        for rate in likely
        if is_regular(rate) and (worst := _worst_deviation(times, time_base, rate)) is not None
    }
    if fits:
        return min(fits, key=lambda rate: fits[rate]), True, True
    if _worst_deviation(times, time_base, average) is not None:
        return regular(average), True, False
    return regular(1 / (usual * time_base), tolerance=_PHONE_JITTER), False, False


def _worst_deviation(times: list[int], time_base: Fraction, rate: Fraction) -> Fraction | None:
    """How far, in frames, a frame is off an even grid; None if one is nearer to another's place.

    In whole numbers: this runs over every frame of the title.
    """
    numerator = time_base.numerator * rate.numerator
    denominator = time_base.denominator * rate.denominator
    first, worst, half = times[0], 0, denominator // 2
    for place, time in enumerate(times):
        off = abs((time - first) * numerator - place * denominator)
        if off > worst:
            if off >= half:
                return None
            worst = off
    return Fraction(worst, denominator)


def extent(packets: Packets, time_base: Fraction) -> Extent | None:
    """Of what is shown or heard; None if nothing is."""
    shown = [n for n in range(len(packets)) if not packets.discard[n]]
    if not shown:
        return None
    last = max(shown, key=packets.pts.__getitem__)
    end = packets.pts[last] + packets.duration[last]
    return min(packets.pts[n] for n in shown) * time_base, end * time_base
