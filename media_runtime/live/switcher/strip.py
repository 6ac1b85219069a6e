"""The time as a row of boxes at a picture's lower edge, for machines that look at players. Pure.

Of 29 boxes the first is white, the last black, and those between are the milliseconds of the UTC
day in binary, greatest first: white is one. Thresholding at the middle between the first and the
last survives any encode in which a box is a few pixels wide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BITS = 27
"""2**27 ms is a day and a half."""
BOXES = BITS + 2
DAY_MILLIS = 86_400_000
STAMPED = f"settb=1/1000,setpts='mod(time(0)*1000,{DAY_MILLIS})'"
"""Gives each frame the time of day as its time stamp, as the strip and %{pts:hms} read it."""
_LEAST_CONTRAST = 60


def box(n: int, width: int) -> tuple[int, int]:
    """(first column, columns) of box n in a picture so wide."""
    size = width // BOXES
    return (width - BOXES * size) // 2 + n * size, size


def height(picture_height: int) -> int:
    return max(8, picture_height // 16)


def filters(width: int, picture_height: int) -> tuple[str, ...]:
    """Draws it on frames that were stamped."""
    high = height(picture_height)

    def drawn(first: int, columns: int, colour: str, when: str = "") -> str:
        enable = f":enable='{when}'" if when else ""
        where = f"x={first}:y={picture_height - high}:w={columns}:h={high}"
        return f"drawbox={where}:c={colour}:t=fill{enable}"

    ground = drawn(0, width, "black")
    first = drawn(*box(0, width), "white")
    # t is a float of seconds: a tenth of a millisecond keeps its last bit from being lost
    bits = (
        drawn(*box(1 + n, width), "white", f"mod(floor((t*1000+0.1)/{1 << (BITS - 1 - n)}),2)")
        for n in range(BITS)
    )
    return (ground, first, *bits)


def read(row: Sequence[int]) -> int | None:
    """Milliseconds of the UTC day from a row of luma in the strip's middle; None: no strip."""
    width = len(row)
    levels = [row[first + size // 2] for first, size in (box(n, width) for n in range(BOXES))]
    white, black = levels[0], levels[-1]
    if white - black < _LEAST_CONTRAST:
        return None
    value = 0
    for level in levels[1:-1]:
        value = value << 1 | (2 * level > white + black)
    return value if value < DAY_MILLIS else None
