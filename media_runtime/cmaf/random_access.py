"""Whether a coded picture is one that decoding can begin with, by its own bytes. Pure."""

from collections.abc import Iterator

from .boxes import Bytes
from .header import Header

_IDR_H264 = 5
_IDR_HEVC = (19, 20)
"""IDR_W_RADL and IDR_N_LP; CRA would be an open GOP."""
_SEQUENCE_HEADER_AV1 = 1


def is_random_access(header: Header, content: Bytes) -> bool:
    """True for IDR pictures (H.264, HEVC), key frames (VP9), sequence headers (AV1)."""
    view = memoryview(content)
    match header.kind:
        case b"avc1" | b"avc3":
            return any(unit[0] & 31 == _IDR_H264 for unit in _units(view))
        case b"hvc1" | b"hev1":
            return any(unit[0] >> 1 & 63 in _IDR_HEVC for unit in _units(view))
        case b"vp09":
            # uncompressed_header: marker 2 bits, profile 2 bits (3 with one reserved), then
            # show_existing_frame and frame_type, which is 0 for a key frame
            at = 4 + ((view[0] >> 4 & 3) == 3)
            return view[0] >> (6 - at) & 3 == 0
        case b"av01":
            return (view[0] >> 3 & 15) == _SEQUENCE_HEADER_AV1 or _second_is_sequence(view)
        case _:
            return True


def _units(view: memoryview) -> Iterator[memoryview]:
    """NAL units behind lengths of four bytes, as ffmpeg writes them."""
    at = 0
    while at + 4 < len(view):
        size = int.from_bytes(view[at : at + 4], "big")
        yield view[at + 4 : at + 4 + max(size, 1)]
        at += 4 + size


def _second_is_sequence(view: memoryview) -> bool:
    """After a temporal delimiter, which is two bytes; most muxers drop it."""
    return len(view) > 2 and view[0] >> 3 & 15 == 2 and view[2] >> 3 & 15 == _SEQUENCE_HEADER_AV1
