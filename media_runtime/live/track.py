"""A rendition as it stands at one moment: all that its playlist is made of. Pure values."""

from dataclasses import dataclass
from fractions import Fraction

from .clock import Cadence, Place, Timeline
from .parts import Part


@dataclass(frozen=True, slots=True)
class LiveSegment:
    msn: int
    init: str
    """The name of the header that its parts go with."""
    parts: tuple[Part, ...]
    """At least one; content is shared with whoever serves it, never copied."""
    whole: bool
    """All its parts are there, or no more will come."""
    discontinuity: bool = False
    stored: bool = False
    """Its bytes are in the store (DVR), and maybe not here any more."""

    @property
    def slim(self) -> bool:
        """All its parts were made one, without content: it lies in the store, or nowhere."""
        return self.whole and len(self.parts) == 1 and not self.parts[0].content

    @property
    def start(self) -> int:
        """Ticks from the epoch."""
        return self.parts[0].start

    @property
    def end(self) -> int:
        return self.parts[-1].start + self.parts[-1].ticks

    @property
    def gap(self) -> bool:
        """Nothing of it can be had."""
        return not self.stored and all(part.gap for part in self.parts)


@dataclass(frozen=True, slots=True)
class Track:
    name: str
    timeline: Timeline
    cadence: Cadence
    segments: tuple[LiveSegment, ...]
    """At least one, without holes; only the last may not be whole."""
    discontinuity_sequence: int = 0
    ended: bool = False

    @property
    def first_msn(self) -> int:
        return self.segments[0].msn

    @property
    def last(self) -> Place:
        """The newest part."""
        return self.segments[-1].parts[-1].place

    @property
    def last_whole_msn(self) -> int:
        """Of the newest segment that is whole; one before the first if none is."""
        newest = self.segments[-1]
        return newest.msn if newest.whole else newest.msn - 1

    @property
    def following(self) -> Place:
        """The part that comes next."""
        return self.timeline.after(self.last)

    def behind(self, now: Fraction) -> Fraction:
        """Seconds by which the next part is late, at `now` of Unix time; 0 if it is not due yet.

        An encoder is always late by what it needs for a picture; by much more, it stands.
        """
        if self.ended:
            return Fraction(0)
        return max(Fraction(0), now - self.timeline.available(self.cadence, self.following))
