"""The clock in the picture: time as black and white blocks that a camera shows and an eye reads.

32 blocks of 8 by 4, row by row: 24 bits of the wall clock's milliseconds (which come round after
four hours and 39 minutes) and a checksum. All sizes are parts of the picture, so a rung of any size
reads the same; at 240 lines a block is still 21 pixels wide. Digits for people stand below. Pure.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS, ROWS = 8, 4
TURN_MILLIS = 1 << 24
UNITS_WIDE, UNITS_HIGH = 80, 45
"""A 16:9 picture in units; a block is four of them, and the clock begins four from both edges."""
BLOCK = 4
BLACK, WHITE = 16, 235

# Five by seven dots each; a row is five bits.
_DIGITS = {
    "0": (14, 17, 19, 21, 25, 17, 14),
    "1": (4, 12, 4, 4, 4, 4, 14),
    "2": (14, 17, 1, 6, 8, 16, 31),
    "3": (30, 1, 1, 14, 1, 1, 30),
    "4": (2, 6, 10, 18, 31, 2, 2),
    "5": (31, 16, 30, 1, 1, 17, 14),
    "6": (6, 8, 16, 30, 17, 17, 14),
    "7": (31, 1, 2, 4, 8, 8, 8),
    "8": (14, 17, 17, 14, 17, 17, 14),
    "9": (14, 17, 17, 15, 1, 2, 12),
    ":": (0, 4, 4, 0, 4, 4, 0),
    ".": (0, 0, 0, 0, 0, 12, 12),
}


def bits(millis: int) -> tuple[bool, ...]:
    """Of a wall clock's milliseconds; True is white."""
    value = millis % TURN_MILLIS
    word = value << 8 | _checksum(value)
    return tuple(bool(word >> n & 1) for n in range(31, -1, -1))


def read(blocks: Sequence[bool]) -> int | None:
    """Milliseconds, below TURN_MILLIS; None where no clock is to be seen."""
    word = 0
    for block in blocks:
        word = word << 1 | block
    value = word >> 8
    return value if word & 0xFF == _checksum(value) else None


def age_millis(shown: int, now: int) -> int:
    """How long ago a clock showed that; at most one turn."""
    return (now - shown) % TURN_MILLIS


def _checksum(value: int) -> int:
    """CRC-8 (x^8 + x^2 + x + 1), turned so that neither a black nor a white picture passes."""
    rest = 0
    for byte in value.to_bytes(3, "big"):
        rest ^= byte
        for _ in range(8):
            rest = (rest << 1 ^ 0x07 if rest & 0x80 else rest << 1) & 0xFF
    return rest ^ 0x55


@dataclass(frozen=True)
class Scene:
    """A moving mosaic with the clock in front of it, as planar 4:2:0 of 8 bit."""

    width: int
    height: int
    mosaic: bytes
    """Luma, taller than the picture: it is scrolled through."""

    @classmethod
    def of(cls, width: int, height: int) -> Scene:
        if width * UNITS_HIGH != height * UNITS_WIDE or height % (2 * UNITS_HIGH):
            raise ValueError(f"{width}x{height} is not 16:9 of whole units of two pixels")
        chance = random.Random(7)  # noqa: S311 - the same picture each time
        tile = height // UNITS_HIGH
        bands = []
        for _ in range(2 * UNITS_HIGH):
            levels = (chance.randrange(60, 180) for _ in range(UNITS_WIDE))
            bands.append(b"".join(bytes([level]) * tile for level in levels) * tile)
        return cls(width, height, b"".join(bands))

    @property
    def unit(self) -> int:
        return self.height // UNITS_HIGH

    def frame(self, number: int, millis: int) -> bytearray:
        """Frame `number` at that instant."""
        step = (number * 2) % self.height * self.width
        luma = bytearray(self.mosaic[step : step + self.width * self.height])
        self._paint_blocks(luma, millis)
        self._paint_digits(luma, millis)
        shade = 128 + int(60 * math.sin(number / 40))
        quarter = len(luma) // 4
        return luma + bytes([shade]) * quarter + bytes([256 - shade]) * quarter

    def _paint_blocks(self, luma: bytearray, millis: int) -> None:
        side, edge = BLOCK * self.unit, BLOCK * self.unit
        shown = bits(millis)
        for row in range(ROWS):
            blocks = shown[row * COLUMNS : (row + 1) * COLUMNS]
            line = b"".join(bytes([WHITE if block else BLACK]) * side for block in blocks)
            for y in range(edge + row * side, edge + (row + 1) * side):
                at = y * self.width + edge
                luma[at : at + len(line)] = line

    def _paint_digits(self, luma: bytearray, millis: int) -> None:
        dot, top = self.unit // 2, (2 * BLOCK + ROWS * BLOCK - 2) * self.unit
        for n in range(7):
            line = b"".join(
                bytes([WHITE if _DIGITS[sign][n] >> k & 1 else BLACK]) * dot
                for sign in time_of_day(millis)
                for k in range(5, -1, -1)
            )
            for y in range(top + n * dot, top + (n + 1) * dot):
                at = y * self.width + BLOCK * self.unit
                luma[at : at + len(line)] = line


def time_of_day(millis: int) -> str:
    """UTC, as 12:34:56.789."""
    seconds, rest = divmod(millis, 1000)
    return f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def blocks_of(luma: bytes, width: int, height: int) -> tuple[bool, ...]:
    """What an eye sees of any size of the picture: the middle of each block, light or dark."""
    found = []
    for n in range(ROWS * COLUMNS):
        row, column = divmod(n, COLUMNS)
        x = (BLOCK + (column + 0.5) * BLOCK) * width / UNITS_WIDE
        y = (BLOCK + (row + 0.5) * BLOCK) * height / UNITS_HIGH
        near = [luma[(int(y) + j) * width + int(x) + i] for j in (-1, 0, 1) for i in (-1, 0, 1)]
        found.append(sum(near) > 128 * len(near))
    return tuple(found)
