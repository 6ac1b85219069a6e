"""What the origin knows of one title at one moment, and what has been made of it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from . import urls
from .bodies import Body

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from media_runtime.title.index import Ended, Index, Track
    from media_runtime.title.ledger import Segment

    from .growing import Growing


@dataclass(frozen=True)
class Shelved:
    """A title as it can be served: its index, or only its length while nothing can be played."""

    title: str
    name: str
    duration_seconds: Fraction
    index: Index | None
    ended: Ended | None = None
    """Why it will never be complete."""
    growing: Growing | None = field(default=None, compare=False, repr=False)
    """What its index was derived from, where none is written."""
    made: dict[str, Body] = field(default_factory=dict, compare=False)
    """Texts that were rendered from this index; they live as long as it does."""

    @property
    def revision(self) -> str:
        return urls.revision(self.title)

    @property
    def complete(self) -> bool:
        return self.index is not None and self.index.complete

    @property
    def settled(self) -> bool:
        """Nothing will be added to it any more."""
        return self.complete or self.ended is not None

    @property
    def weight(self) -> int:
        """Segments, the measure of what it takes to keep."""
        tracks = (*self.index.video, *self.index.audio) if self.index else ()
        return sum(len(run.segments) for track in tracks for run in track.runs)

    def render(self, what: str, media_type: str, make: Callable[[], bytes]) -> Body:
        """A text of this index, made once; `what` names it."""
        return self.made.get(what) or self.made.setdefault(what, Body(make(), media_type))

    def track(self, rendition: str) -> Track | None:
        if self.index is None:
            return None
        video = (v for v in self.index.video if v.rung.name == rendition)
        audio = (a for a in self.index.audio if a.rendition.name == rendition)
        return next(video, None) or next(audio, None)


@dataclass(frozen=True)
class Place:
    """Where a segment's bytes lie."""

    key: str
    run: int
    segment: Segment


def place(track: Track, n: int) -> Place | None:
    """Segment number `n` of a rendition, counted from 0; None if it is not named (yet)."""
    firsts = list(accumulate((len(run.segments) for run in track.runs), initial=0))
    if not 0 <= n < firsts[-1]:
        return None
    at = bisect_right(firsts, n) - 1
    run = track.runs[at]
    return Place(key=run.key, run=run.run, segment=run.segments[n - firsts[at]])
