"""How fast segments must arrive: bit rates as RFC 8216bis defines them, measured, not guessed."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from .ledger import Segment


def nearest(value: Fraction) -> int:
    """To the nearest integer, halves up, as EXT-X-TARGETDURATION compares an EXTINF."""
    return floor(value + Fraction(1, 2))


def average_kbps(segments: Sequence[Segment], timescale: int) -> int:
    """All bytes over all time, rounded up; 0 if there is no time."""
    return _kbps(segments, timescale) if segments else 0


def peak_kbps(segments: Sequence[Segment], timescale: int) -> int:
    """The worst rate over any consecutive segments that last 0.5 to 1.5 target durations.

    So says RFC 8216bis section 4.1 of BANDWIDTH: a short last segment cannot raise it alone. A
    title too short to have such a stretch has its average.
    """
    if not segments:
        return 0
    target = max(1, nearest(Fraction(max(s.duration for s in segments), timescale))) * timescale
    stretches = (
        segments[first:end]
        for first in range(len(segments))
        for end in _ends(segments, first, shortest=target / 2, longest=target * 3 / 2)
    )
    rates = [_kbps(stretch, timescale) for stretch in stretches]
    return max(rates, default=average_kbps(segments, timescale))


def _ends(segments: Sequence[Segment], first: int, *, shortest: float, longest: float) -> list[int]:
    ends, lasted = [], 0
    for at in range(first, len(segments)):
        lasted += segments[at].duration
        if lasted > longest:
            break
        if lasted >= shortest:
            ends.append(at + 1)
    return ends


def _kbps(segments: Sequence[Segment], timescale: int) -> int:
    ticks = sum(s.duration for s in segments)
    return ceil(Fraction(sum(s.size for s in segments) * 8 * timescale, ticks * 1000))
