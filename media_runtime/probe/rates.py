"""Which frame rates are made: a title's own, made regular, and what of it fits a rung. Pure.

All rungs of a title share instants: their rates stand in ratios of whole numbers, so that a GOP
of the same exact length is a whole number of frames in each.
"""

from fractions import Fraction
from math import lcm

_NTSC = Fraction(1000, 1001)

FAMILIAR = tuple(
    sorted(
        [
            *(Fraction(n) for n in (10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 100, 120)),
            *(Fraction(n) * _NTSC for n in (15, 24, 30, 48, 60, 120)),
            Fraction(25, 2),
            Fraction(15, 2),
        ]
    )
)
_SMOOTH = Fraction(4, 5)
"""Every second frame at four fifths of the cap looks better than dropping one now and then."""
_FASTEST = 300
_NAME_TOLERANCE = Fraction(1, 500)
"""Twice the distance between 30 and 30000/1001."""


def is_ntsc(rate: Fraction) -> bool:
    return (rate / _NTSC).denominator == 1 and rate.denominator != 1


def is_regular(rate: Fraction) -> bool:
    """A rate whose frames fall on a grid that others share: n, n·1000/1001, or a half."""
    return 1 <= rate <= _FASTEST and (rate.denominator in (1, 2) or is_ntsc(rate))


def regular(rate: Fraction, *, tolerance: Fraction = _NAME_TOLERANCE) -> Fraction:
    """The regular rate to make of a measured one: the one it surely is, else one not above it.

    Below one frame a second it is one: a picture that stands is repeated, which costs nothing.
    """
    if is_regular(rate):
        return rate
    nearest = min(FAMILIAR, key=lambda known: abs(known - rate))
    if abs(nearest - rate) <= nearest * tolerance:
        return nearest
    return Fraction(max(1, min(int(rate), _FASTEST)))


def for_rung(source: Fraction, cap: int) -> Fraction:
    """The rate of a rung that may have `cap` frames a second; never above the source's.

    A cap is meant nominally: 24 allows 24000/1001, and is that for a source of that family.
    """
    limit = cap * _NTSC if is_ntsc(source) else Fraction(cap)
    if source <= limit:
        return source
    divided = source / -(-source // limit)
    if divided in FAMILIAR and divided >= max(limit * _SMOOTH, 24 * _NTSC):
        return divided
    return limit


def shared_unit(rates: list[Fraction]) -> Fraction:
    """Seconds of the shortest span that is a whole number of frames at every rate."""
    common = rates[0]
    for rate in rates[1:]:
        a, b = common, rate
        while b:
            a, b = b, a % b
        common = a
    return 1 / common


FAMILIAR_TIMESCALE = 240_000
"""A frame of every familiar rate is a whole number of these ticks."""


def timescales(rates: list[Fraction]) -> list[int]:
    """Ticks a second for the rungs of a title: one for all of them, but for an absurd mixture.

    hls.js 1.7.4 maps timestamps anew when a change of rung changes the timescale, and knows no
    edit list: what pictures are shown later than decoded then becomes a hole in its buffer.
    """
    shared = lcm(FAMILIAR_TIMESCALE, *(rate.numerator for rate in rates))
    if shared < 1 << 31:
        return [shared] * len(rates)
    return [lcm(FAMILIAR_TIMESCALE, rate.numerator) for rate in rates]


def whole(nominal: Fraction, unit: Fraction) -> Fraction:
    """The multiple of `unit` nearest to `nominal`, at least one."""
    return unit * max(1, int(nominal / unit + Fraction(1, 2)))
