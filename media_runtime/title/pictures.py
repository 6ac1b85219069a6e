"""Which pictures of a title its thumbnails are, and where its poster is taken from. Pure.

They are counted on a fixed grid, finer than any frame rate: neither the ladder nor the way in which
a title is cut moves them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from .plan import Chunk, Images, Plan, VideoRung

GRID = 50
"""Places in a second."""
_POSTER_LINES = 720
_POSTER_CHOICE = 12
"""Pictures among which the poster is the most typical, so that it is neither black nor a fade."""


@dataclass(frozen=True)
class Wanted:
    """The stills of one chunk, or of several that follow each other."""

    places: tuple[int, ...] = ()
    """Of each picture on the title's grid."""
    posters: int = 0
    """So many of the first of them are kept at the poster's size too."""


def pictures_in(duration: Fraction, wish: Images) -> int:
    return max(1, ceil(duration / wish.every_seconds))


def sheets_in(pictures: int, wish: Images) -> int:
    return ceil(pictures / (wish.columns * wish.rows))


def poster_rung(rungs: Sequence[VideoRung]) -> VideoRung:
    """Whose size the poster has: the largest of at most 720 lines, else the smallest."""
    by_size = sorted(rungs, key=lambda rung: min(rung.width, rung.height))
    fitting = [rung for rung in by_size if min(rung.width, rung.height) <= _POSTER_LINES]
    return fitting[-1] if fitting else by_size[0]


def place_of(picture: int, duration: Fraction, wish: Images) -> int:
    """Each stretch of time is shown by its middle; the last one, if it ends before that, by its
    last frame.
    """
    middle = (2 * picture + 1) * wish.every_seconds * GRID // 2
    return min(middle, max(0, ceil(duration * GRID) - 1))


def wanted(wish: Images, duration: Fraction, begin: Fraction, end: Fraction) -> Wanted:
    """What a stretch of the title, in seconds, has of its pictures."""
    first = max(0, int(begin / wish.every_seconds) - 1)
    after = min(pictures_in(duration, wish), ceil(end / wish.every_seconds) + 1)
    numbers = [
        n for n in range(first, after) if begin * GRID <= place_of(n, duration, wish) < end * GRID
    ]
    return Wanted(
        places=tuple(place_of(n, duration, wish) for n in numbers),
        posters=sum(n < _POSTER_CHOICE for n in numbers),
    )


def wanted_of(plan: Plan, chunks: Sequence[Chunk]) -> Wanted:
    """Of chunks that follow each other."""
    if plan.images is None or not chunks:
        return Wanted()
    begin = chunks[0].first_segment * plan.segment_seconds
    end = (chunks[-1].first_segment + chunks[-1].segments) * plan.segment_seconds
    return wanted(plan.images, plan.duration_seconds, begin, end)
