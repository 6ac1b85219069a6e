"""The one form that every picture and sound of a channel has inside the switcher. Pure."""

from dataclasses import dataclass
from fractions import Fraction

SAMPLE_RATE = 48_000
SAMPLE_BYTES = 4
"""Two channels of signed 16 bit, little-endian, interleaved."""


@dataclass(frozen=True)
class Picture:
    """Planar 4:2:0 in 8 bit, limited range, BT.709, square pixels, at a constant rate."""

    width: int
    height: int
    rate: Fraction

    def __post_init__(self) -> None:
        if self.width < 2 or self.height < 2 or self.width % 2 or self.height % 2:
            raise ValueError(f"{self.width}x{self.height}: both sides are even and not zero")
        if self.rate <= 0:
            raise ValueError(f"{self.rate}: a rate is above zero")

    @property
    def luma_bytes(self) -> int:
        return self.width * self.height

    @property
    def frame_bytes(self) -> int:
        return self.luma_bytes * 3 // 2


def flat(picture: Picture, luma: int = 48) -> bytearray:
    """A picture of one grey: the slate until a slate's first picture has come."""
    return bytearray([luma]) * picture.luma_bytes + bytearray([128]) * (picture.luma_bytes // 2)
