"""Finds packets whose time a damaged source made up. Pure, but for what it mends in place.

Decoding times never run backwards. Where they do, the fewest packets that must be wrong for the
others to be right are taken to be wrong: one flipped bit must not make a film three hours longer.
"""

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from statistics import median_low

from .packets import Packets

_LONGEST_WAIT_SECONDS = 10
"""Between a frame's decoding and its being shown; reordering takes a second at most."""


def astray(times: Sequence[int]) -> list[int]:
    """Places outside of the longest run of times that does not decrease."""
    if all(a <= b for a, b in pairwise(times)):
        return []
    ends: list[int] = []  # the least time that ends a run of each length
    holders: list[int] = []
    before: list[int] = []
    for place, time in enumerate(times):
        length = bisect_right(ends, time)
        before.append(holders[length - 1] if length else -1)
        ends[length : length + 1] = [time]
        holders[length : length + 1] = [place]
    kept, place = set(), holders[-1]
    while place >= 0:
        kept.add(place)
        place = before[place]
    return [place for place in range(len(times)) if place not in kept]


def mend(packets: Packets, time_base: Fraction) -> int:
    """Astray packets are decoded where they stand and never shown. Returns how many there are."""
    if not len(packets):
        return 0
    waits = [pts - dts for pts, dts in zip(packets.pts, packets.dts, strict=True)]
    usual, most = median_low(waits), _LONGEST_WAIT_SECONDS / time_base
    dated = [place for place in range(len(packets)) if place not in packets.undated]
    found = {dated[n] for n in astray([packets.dts[place] for place in dated])}
    found |= {place for place, wait in enumerate(waits) if abs(wait - usual) > most}
    for place in sorted(found):
        packets.pts[place] = packets.pts[place - 1] if place else packets.dts[place]
        packets.discard[place] = 1
    return len(found)
