"""The live ring: a rendition's newest parts in memory, and whoever waits for the next one.

It belongs to one event loop and is written by one packager. Of segments that are in the store it
goes on telling when their bytes are here no more.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .clock import Cadence, Place, Timeline
from .parts import Part
from .track import LiveSegment, Track


@dataclass(frozen=True, slots=True)
class RingStatistics:
    segments: int
    bytes: int
    """Of all parts that are kept."""
    appended_parts: int
    gap_parts: int
    evicted_segments: int
    lost_segments: int
    """That were not stored in time, and are gaps now."""
    waiting: int


class Ring:
    def __init__(
        self,
        name: str,
        timeline: Timeline,
        cadence: Cadence,
        *,
        listed: int,
        held: int | None = None,
    ) -> None:
        """Lists so many whole segments, with the bytes of the newest `held` at least.

        Without a store (`held` is None) it keeps what was listed for as long again, and one more:
        so RFC 8216bis section 6.2.2 wants it. With one, bytes go once they are stored; what is not
        stored after twice `held` is lost, so that memory is bounded.
        """
        if listed < 1:
            raise ValueError("a playlist is never empty")
        self._name, self._timeline, self._cadence = name, timeline, cadence
        self._listed, self._kept = listed, 2 * listed + 1 if held is None else listed + 1
        self._held = held
        self._segments: deque[LiveSegment] = deque()
        self._discontinuities = 0
        self._ended = False
        self.version = 0
        """Another one whenever the track is."""
        self._track: tuple[int, Track] | None = None
        self._awaited: dict[Place, asyncio.Event] = {}
        self._waiting = self._bytes = self._appended = self._gaps = self._evicted = self._lost = 0

    def recall(self, history: Sequence[LiveSegment]) -> None:
        """Puts what an earlier packager made before what is here, which it must lead up to."""
        if not self._segments or not history:
            return
        expected = range(self._segments[0].msn - len(history), self._segments[0].msn)
        if [segment.msn for segment in history] != list(expected):
            raise ValueError("history has a hole, or does not lead up to the present")
        self._segments.extendleft(reversed(history))
        self.version += 1
        self._evict()

    def stored(self, msn: int) -> None:
        """Its bytes are in the store: they need not stay here longer than others ask for them."""
        segment = self.segment(msn)
        if segment is not None and not segment.gap:
            self._replace(replace(segment, stored=True))
            self._lighten()

    def append(self, part: Part, *, init: str, discontinuity: bool = False) -> None:
        """The part after the last; the ring's first may be any segment's first.

        `discontinuity` is said of a segment by its first part. Raises ValueError otherwise.
        """
        self._expect(part.place)
        whole = part.place.part == self._timeline.parts - 1
        if part.place.part:
            open_ = self._segments.pop()
            segment = replace(open_, parts=(*open_.parts, part), whole=whole)
        else:
            segment = LiveSegment(part.place.msn, init, (part,), whole, discontinuity)
        self._segments.append(segment)
        self.version += 1
        self._appended += 1
        self._gaps += part.gap
        self._bytes += len(part.content)
        self._evict()
        if whole:
            self._lighten()
        self._wake(part.place)

    def end(self) -> None:
        """No more will come: what is there of the last segment is all of it, and waits are over."""
        self._ended = True
        self.version += 1
        if self._segments:
            self._segments.append(replace(self._segments.pop(), whole=True))
        for event in self._awaited.values():
            event.set()
        self._awaited.clear()

    @property
    def due(self) -> Place | None:
        """The part that comes next; None before the first."""
        return self._timeline.after(self._segments[-1].parts[-1].place) if self._segments else None

    @property
    def first_msn(self) -> int | None:
        return self._segments[0].msn if self._segments else None

    @property
    def last_msn(self) -> int | None:
        """Of the newest segment, which may still grow."""
        return self._segments[-1].msn if self._segments else None

    def part(self, place: Place) -> Part | None:
        """One that may be a gap; None if it is not there, not yet or no more."""
        segment = self.segment(place.msn)
        if segment is None or segment.slim or not 0 <= place.part < len(segment.parts):
            return None
        return segment.parts[place.part]

    def segment(self, msn: int) -> LiveSegment | None:
        """Its content is that of its parts, one after the other."""
        at = msn - self._segments[0].msn if self._segments else -1
        return self._segments[at] if 0 <= at < len(self._segments) else None

    async def arrived(self, place: Place) -> bool:
        """Returns when the part is there, or was: True. False once it will never come.

        All that wait for a part wait on one event, and none is woken by another part. How far
        ahead one may ask is decided before (query.py): that bounds what is held here.
        """
        if self._segments and place <= self._segments[-1].parts[-1].place:
            return True
        if self._ended:
            return False
        event = self._awaited.setdefault(place, asyncio.Event())
        self._waiting += 1
        try:
            await event.wait()
        finally:
            self._waiting -= 1
        return bool(self._segments) and place <= self._segments[-1].parts[-1].place

    def track(self) -> Track | None:
        """As it stands now; None before the first part."""
        if not self._segments:
            return None
        if self._track is None or self._track[0] != self.version:
            self._track = self.version, self._now()
        return self._track[1]

    def _now(self) -> Track:
        whole = self._listed + (not self._segments[-1].whole)
        hidden = max(0, len(self._segments) - whole)
        segments = tuple(self._segments)
        return Track(
            name=self._name,
            timeline=self._timeline,
            cadence=self._cadence,
            segments=segments[hidden:],
            discontinuity_sequence=self._discontinuities
            + sum(s.discontinuity for s in segments[:hidden]),
            ended=self._ended,
        )

    def statistics(self) -> RingStatistics:
        return RingStatistics(
            segments=len(self._segments),
            bytes=self._bytes,
            appended_parts=self._appended,
            gap_parts=self._gaps,
            evicted_segments=self._evicted,
            lost_segments=self._lost,
            waiting=self._waiting,
        )

    def _expect(self, place: Place) -> None:
        if self._ended:
            raise ValueError(f"{place} comes after the end")
        if not self._segments:
            if place.part:
                raise ValueError(f"{place} is not a segment's first part")
            return
        if place != self.due:
            raise ValueError(f"{place} was appended where {self.due} was due")

    def _evict(self) -> None:
        while len(self._segments) > self._kept:
            gone = self._segments.popleft()
            self._bytes -= _size(gone)
            self._discontinuities += gone.discontinuity
            self._evicted += 1

    def _lighten(self) -> None:
        """Lets go of bytes that are in the store, and of those that cannot wait for it longer."""
        if self._held is None:
            return
        # each passes here while it is so old, so that what is older needs no second look
        for age in range(self._held, min(2 * self._held + 2, len(self._segments))):
            segment = self._segments[len(self._segments) - 1 - age]
            if segment.slim:
                continue
            if segment.stored or segment.gap:
                self._replace(_slim(segment))
            elif age >= 2 * self._held:
                self._lost += 1
                self._replace(_slim(segment))
                self.version += 1

    def _replace(self, segment: LiveSegment) -> None:
        at = segment.msn - self._segments[0].msn
        self._bytes -= _size(self._segments[at]) - _size(segment)
        self._segments[at] = segment

    def _wake(self, place: Place) -> None:
        for awaited in [p for p in self._awaited if p <= place]:
            self._awaited.pop(awaited).set()


def _size(segment: LiveSegment) -> int:
    return sum(len(part.content) for part in segment.parts)


def _slim(segment: LiveSegment) -> LiveSegment:
    """Of one part without bytes, in the place of the last: so the next is due as before."""
    first, last = segment.parts[0], segment.parts[-1]
    one = Part(last.place, first.start, segment.end - segment.start, b"", first.independent)
    return replace(segment, parts=(one,))


def recalled(
    timeline: Timeline, cadence: Cadence, msn: int, *, init: str, stored: bool
) -> LiveSegment:
    """A segment of before, known by its number: it is in the store, or a gap."""
    first, end = (timeline.first(cadence, Place(n, 0)) for n in (msn, msn + 1))
    start, ticks = first * cadence.ticks, (end - first) * cadence.ticks
    one = Part(Place(msn, timeline.parts - 1), start, ticks, b"", independent=True)
    return LiveSegment(msn, init, (one,), whole=True, stored=stored)
