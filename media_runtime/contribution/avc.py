"""H.264 (ITU-T H.264, ISO/IEC 14496-15): from a byte stream to what containers hold. Pure."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from .refusal import BadBytes

SPS, PPS, IDR = 7, 8, 5
_START = re.compile(rb"\x00\x00\x01")
_HIGH = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""profile_idc that say more of their chroma (section 7.3.2.1.1)."""
_MAX_SPS_BYTES = 4096


def units_of(stream: bytes) -> list[bytes]:
    """The NAL units of a byte stream (annex B), without start codes."""
    found = (piece.rstrip(b"\0") for piece in _START.split(stream)[1:])
    return [unit for unit in found if unit]


def with_lengths(units: list[bytes]) -> bytes:
    """As samples hold them: each behind its length, in four bytes."""
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in units)


def first_of(units: list[bytes], kind: int) -> bytes | None:
    return next((unit for unit in units if unit[0] & 31 == kind), None)


def configuration(sps: bytes, pps: bytes) -> bytes:
    """AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3.1)."""
    if len(sps) < 4:
        raise BadBytes("a sequence parameter set of no profile")
    return (
        b"\x01"
        + sps[1:4]
        + b"\xff\xe1"
        + struct.pack(">H", len(sps))
        + sps
        + b"\x01"
        + struct.pack(">H", len(pps))
        + pps
    )


def size_of(sps: bytes) -> tuple[int, int]:
    """Width and height as shown (section 7.3.2.1.1, cropped as in 7.4.2.1.1). Raises BadBytes."""
    bits = _Bits.of(sps[4:_MAX_SPS_BYTES])
    bits.golomb()  # seq_parameter_set_id
    chroma = _chroma(bits) if sps[1] in _HIGH else 1
    bits.golomb()  # log2_max_frame_num_minus4
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.take(1)
        bits.golomb()
        bits.golomb()
        for _ in range(min(bits.golomb(), 255)):
            bits.golomb()
    bits.golomb()  # max_num_ref_frames
    bits.take(1)
    across, down = bits.golomb() + 1, bits.golomb() + 1
    fields = 1 if bits.take(1) else 2
    if fields == 2:
        bits.take(1)
    bits.take(1)
    crop = [bits.golomb() for _ in range(4)] if bits.take(1) else [0, 0, 0, 0]
    unit_across = 2 if chroma in (1, 2) else 1
    unit_down = (2 if chroma == 1 else 1) * fields
    width = across * 16 - (crop[0] + crop[1]) * unit_across
    height = down * 16 * fields - (crop[2] + crop[3]) * unit_down
    if not (0 < width <= 1 << 14 and 0 < height <= 1 << 14):
        raise BadBytes(f"a picture of {width}x{height}")
    return width, height


def _chroma(bits: _Bits) -> int:
    """chroma_format_idc, and past all that only high profiles say."""
    chroma = bits.golomb()
    if chroma == 3:
        bits.take(1)
    bits.golomb()
    bits.golomb()
    bits.take(1)
    if bits.take(1):
        for count in [16] * 6 + [64] * (6 if chroma == 3 else 2):
            if bits.take(1):
                bits.scaling_list(count)
    return chroma


@dataclass
class _Bits:
    value: int
    left: int

    @classmethod
    def of(cls, data: bytes) -> _Bits:
        """Without the bytes that keep start codes out (section 7.4.1.1)."""
        plain = data.replace(b"\0\0\x03", b"\0\0")
        return cls(int.from_bytes(plain, "big"), len(plain) * 8)

    def take(self, count: int) -> int:
        if count > self.left:
            raise BadBytes("a sequence parameter set that ends too early")
        self.left -= count
        return self.value >> self.left & (1 << count) - 1

    def golomb(self) -> int:
        """ue(v), section 9.1; se(v) is as long."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 32:
                raise BadBytes("a number of more than 32 bits")
        return (1 << zeros) - 1 + self.take(zeros)

    def scaling_list(self, count: int) -> None:
        """Section 7.3.2.1.1.1: only its length matters here."""
        last = following = 8
        for _ in range(count):
            if following:
                coded = self.golomb()
                delta = (coded + 1) // 2 * (1 if coded & 1 else -1)
                following = (last + delta) % 256
            last = following or last
