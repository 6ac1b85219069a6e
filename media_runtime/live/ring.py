"""The live ring: a rendition's newest parts in memory, and whoever waits for the next one.

It belongs to one event loop and is written by one packager.
"""

import asyncio
from collections import deque
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
    waiting: int


class Ring:
    def __init__(self, name: str, timeline: Timeline, cadence: Cadence, *, listed: int) -> None:
        """Lists so many whole segments and keeps as many again, and one.

        For RFC 8216bis section 6.2.2 wants a segment to stay for a playlist's length and its own
        after it was last listed.
        """
        if listed < 1:
            raise ValueError("a playlist is never empty")
        self._name, self._timeline, self._cadence = name, timeline, cadence
        self._listed, self._kept = listed, 2 * listed + 1
        self._segments: deque[LiveSegment] = deque()
        self._discontinuities = 0
        self._ended = False
        self.version = 0
        """Another one whenever the track is."""
        self._awaited: dict[Place, asyncio.Event] = {}
        self._waiting = self._bytes = self._appended = self._gaps = self._evicted = 0

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

    def part(self, place: Place) -> Part | None:
        """One that may be a gap; None if it is not there, not yet or no more."""
        segment = self.segment(place.msn)
        if segment is None or not 0 <= place.part < len(segment.parts):
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
            self._bytes -= sum(len(part.content) for part in gone.parts)
            self._discontinuities += gone.discontinuity
            self._evicted += 1

    def _wake(self, place: Place) -> None:
        for awaited in [p for p in self._awaited if p <= place]:
            self._awaited.pop(awaited).set()
