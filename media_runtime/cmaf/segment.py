"""Writes CMAF segments and parts (ISO/IEC 23000-19 section 7.3): samples in, bytes out."""

import struct
from collections.abc import Sequence

from .boxes import box, full_box
from .samples import Sample

# Nothing before a segment says what it is when it is served alone; a part (CMAF chunk) that is
# not the first of its segment goes without.
STYP = box(b"styp", b"msdh", b"\0\0\0\0", b"msdh", b"cmfs", b"cmff")

_KEY_FLAGS = 0x0200_0000
"""Depends on no other sample, is a sync sample."""
_OTHER_FLAGS = 0x0101_0000
"""Depends on others, is not a sync sample."""

_DEFAULT_BASE_IS_MOOF = 0x2_0000


def write_segment(
    samples: Sequence[Sample], *, sequence: int, decode_time: int, styp: bool = True
) -> bytes:
    """One moof+mdat of the samples, in decode order.

    `decode_time` is the baseMediaDecodeTime in ticks, `sequence` the moof's number, from 1.
    The bytes are a function of the arguments and nothing else.
    """
    if not samples:
        raise ValueError("a segment without samples cannot be told from a lost one")
    sizes = [len(s.content) for s in samples]
    durations = [s.duration for s in samples]
    flags = [_KEY_FLAGS if s.key else _OTHER_FLAGS for s in samples]
    offsets = [s.offset for s in samples]

    fields: list[Sequence[int]] = []
    trun_flags, tfhd_flags = 0x01 | 0x200, _DEFAULT_BASE_IS_MOOF | 0x08 | 0x20
    if _differ(durations):
        trun_flags |= 0x100
        fields.append(durations)
    fields.append(sizes)
    first_flags = b""
    if _differ(flags[1:]):
        trun_flags |= 0x400
        fields.append(flags)
    elif flags[0] != flags[-1]:
        # the usual case, one key frame and the rest: 4 bytes instead of 4 a sample
        trun_flags |= 0x04
        first_flags = struct.pack(">I", flags[0])
    if any(offsets):
        trun_flags |= 0x800
        fields.append(offsets)
    rows = struct.pack(
        f">{len(samples) * len(fields)}i",
        *(value for row in zip(*fields, strict=True) for value in row),
    )

    tfhd = full_box(b"tfhd", 0, tfhd_flags, struct.pack(">III", 1, durations[0], flags[-1]))
    tfdt = full_box(b"tfdt", 1, 0, struct.pack(">Q", decode_time))

    def moof(data_offset: int) -> bytes:
        count = struct.pack(">Ii", len(samples), data_offset)
        trun = full_box(b"trun", 1, trun_flags, count, first_flags, rows)
        mfhd = full_box(b"mfhd", 0, 0, struct.pack(">I", sequence))
        return box(b"moof", mfhd, box(b"traf", tfhd, tfdt, trun))

    mdat_head = 8 if sum(sizes) + 8 < 1 << 32 else 16
    head = moof(len(moof(0)) + mdat_head)
    mdat = box(b"mdat", *(s.content for s in samples))
    return b"".join((STYP if styp else b"", head, mdat))


def _differ(values: Sequence[int]) -> bool:
    return any(value != values[0] for value in values)
