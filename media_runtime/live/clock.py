"""One timeline tied to the epoch: which segment and part a sample is in, and when. Pure.

Nothing is counted and nothing remembered: a number is arithmetic on the time, so two packagers of
one channel, or one before and after its restart, give a sample the same place and a part the same
bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from media_runtime.title.rates import nearest

SHORTEST_PART = Fraction(85, 100)
"""Of PART-TARGET, as RFC 8216bis section 4.4.4.9 asks of all but a segment's last part."""


class Place(NamedTuple):
    """A part of the timeline; places are ordered as they are played."""

    msn: int
    """Media sequence number: of a segment, counted from the timeline's epoch."""
    part: int
    """From 0."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How a rendition's samples (pictures, or access units of sound) follow each other."""

    timescale: int
    ticks: int
    """Of one sample."""
    picture: bool

    @property
    def rate(self) -> Fraction:
        """Samples a second."""
        return Fraction(self.timescale, self.ticks)


def pictures(rate: Fraction) -> Cadence:
    """In a timescale in which every frame is a whole number of ticks: 30000/1001, 25000/1000."""
    fine = 1 if rate.numerator >= 10_000 else 1000
    return Cadence(rate.numerator * fine, rate.denominator * fine, picture=True)


def access_units(sample_rate: int, samples: int) -> Cadence:
    """Of `samples` each: 1024 for AAC, 1536 for E-AC-3, 960 for Opus."""
    return Cadence(sample_rate, samples, picture=False)


@dataclass(frozen=True, slots=True)
class Timeline:
    epoch: int
    """Seconds of Unix time at which segment 0 began."""
    segment: Fraction
    """Seconds, nominal: sound is cut at the access unit nearest to it."""
    parts: int
    """A segment."""

    @property
    def part(self) -> Fraction:
        """Seconds, nominal: pictures and sound are cut at the sample nearest to it."""
        return self.segment / self.parts

    def after(self, place: Place, by: int = 1) -> Place:
        """The place so many parts later."""
        return Place(*divmod(place.msn * self.parts + place.part + by, self.parts))

    def at(self, when: Fraction) -> Place:
        """What is on at `when`, in seconds of Unix time."""
        return Place(*divmod(floor((when - self.epoch) / self.part), self.parts))

    def first(self, cadence: Cadence, place: Place) -> int:
        """The number, from the epoch, of the place's first sample: the nearest to the grid.

        Rounded from the epoch each time, so that halves of an access unit never add up.
        """
        return nearest((place.msn * self.parts + place.part) * self.part * cadence.rate)

    def holding(self, cadence: Cadence, sample: int) -> Place:
        """The place that a sample is in, by its number from the epoch."""
        place = Place(*divmod(floor(sample / (self.part * cadence.rate)), self.parts))
        while self.first(cadence, self.after(place)) <= sample:
            place = self.after(place)
        while self.first(cadence, place) > sample:
            place = self.after(place, -1)
        return place

    def available(self, cadence: Cadence, place: Place) -> Fraction:
        """Unix time at which the last sample of a place has passed, and it can be had."""
        return self.epoch + self.first(cadence, self.after(place)) / cadence.rate

    def moment(self, cadence: Cadence, ticks: int) -> datetime:
        """When a decode time is shown, exact to the microsecond (EXT-X-PROGRAM-DATE-TIME)."""
        passed = timedelta(microseconds=microseconds(cadence, ticks))
        return datetime.fromtimestamp(self.epoch, UTC) + passed


@dataclass(frozen=True, slots=True)
class Targets:
    """What no part and no segment of a channel exceeds, one pair for all its renditions."""

    part: Fraction
    """Seconds; PART-TARGET."""
    segment: int
    """Seconds; EXT-X-TARGETDURATION."""


def microseconds(cadence: Cadence, ticks: int) -> int:
    """Durations are differences of these, so that parts sum to their segment exactly."""
    return nearest(Fraction(ticks * 1_000_000, cadence.timescale))


def timeline(
    cadences: Sequence[Cadence], *, epoch: int = 0, segment_millis: int, part_millis: int
) -> Timeline:
    """The grid nearest to what is wished on which every picture's segment is whole frames.

    2 s become 2.002 s at 29.97 frames a second. Raises ValueError where the renditions share none.
    """
    wished = Fraction(segment_millis, 1000)
    rates = [c.rate for c in cadences if c.picture]
    segment = nearest(wished * max(rates)) / max(rates) if rates else wished
    if not segment or any((segment * rate).denominator != 1 for rate in rates):
        told = ", ".join(map(str, rates))
        raise ValueError(f"no segment near {wished} s is whole frames at each of {told} a second")
    most = max(1, floor(segment * min(c.rate for c in cadences)))
    counts = sorted(
        range(1, most + 1), key=lambda n: abs(segment / n - Fraction(part_millis, 1000))
    )
    return next(
        grid for n in counts if _even(grid := Timeline(epoch, segment, n), cadences)
    )  # one part a segment is always even enough


def targets(grid: Timeline, cadences: Sequence[Cadence]) -> Targets:
    """The longest that a rendition's samples ever make of the grid's lengths."""
    return Targets(
        part=max(ceil(grid.part * c.rate) / c.rate for c in cadences),
        segment=max(
            1, *(nearest(Fraction(ceil(grid.segment * c.rate)) / c.rate) for c in cadences)
        ),
    )


def _even(grid: Timeline, cadences: Sequence[Cadence]) -> bool:
    shortest = min(floor(grid.part * c.rate) / c.rate for c in cadences)
    return grid.parts == 1 or shortest >= SHORTEST_PART * targets(grid, cadences).part
