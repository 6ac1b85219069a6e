"""Containers of which a part can be decoded from its beginning, the rest left out. Pure.

MP4's index makes a sparse file readable by itself. Elsewhere what is left out is filled with what
the container calls nothing (fetch/padding.py), and ffmpeg reads on from the first part to the next.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from .reads import DECODERS_AHEAD, merged

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterable

    from media_runtime.title.plan import ByteRange

    from .chunks import Span
    from .packets import Packets

    Bytes = bytes | mmap.mmap


class Undivided(Exception):  # noqa: N818 - reads as what it is
    """Why a source cannot be read in part."""


@dataclass(frozen=True)
class Parts:
    always: tuple[tuple[int, int], ...]
    """(begin, end) of what every reader needs."""
    units: tuple[tuple[int, int], ...]
    """Of what is read or left out as a whole, ascending: clusters, fragments."""

    def holding(self, position: int) -> int | None:
        """The unit in which this byte lies."""
        unit = bisect_right(self.units, position, key=itemgetter(0)) - 1
        return unit if unit >= 0 and position < self.units[unit][1] else None

    def require_all_in(self, positions: Iterable[int]) -> None:
        """Raises Undivided if a packet lies in no unit."""
        if any(self.holding(position) is None for position in positions):
            raise Undivided("it is not told where its packets lie")


def of_chunk(span: Span, video: Packets, parts: Parts, size: int) -> tuple[ByteRange, ...]:
    """Every unit from the first that has a packet of the span to the last that decoders look at."""
    positions = video.position[span.first : span.after + DECODERS_AHEAD]
    first, last = parts.holding(min(positions)), parts.holding(max(positions))
    if first is None or last is None:
        raise ValueError("a packet lies in no unit")
    return merged([*parts.always, (parts.units[first][0], parts.units[last][1])], size)
