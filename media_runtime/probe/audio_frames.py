"""Lengths of raw audio frames, read from their headers, to tell one kind from another. Pure."""

from collections.abc import Callable

from media_runtime.ffmpeg import Format


def adts(frame: bytes) -> int:
    """Bytes in this ADTS frame (ISO/IEC 13818-7 6.2), 0 if it is none."""
    if len(frame) < 7 or frame[0] != 0xFF or frame[1] & 0xF6 != 0xF0 or frame[2] >> 2 & 15 > 12:
        return 0
    length = (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5
    return length if length >= 7 else 0


_MP3_KBPS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MP3_RATES = (44100, 48000, 32000)


def mp3(frame: bytes) -> int:
    """Bytes in this layer III frame (ISO/IEC 11172-3 2.4.1), 0 if it is none."""
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE6 != 0xE2:
        return 0
    version, kbps, rate = frame[1] >> 3 & 3, frame[2] >> 4, frame[2] >> 2 & 3
    if version == 1 or kbps in (0, 15) or rate == 3:
        return 0
    first = version == 3
    hertz = _MP3_RATES[rate] // (1 if first else 2 if version == 2 else 4)
    bits = _MP3_KBPS[3 if first else 2][kbps] * 1000
    return (144 if first else 72) * bits // hertz + (frame[2] >> 1 & 1)


_AC3_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)
_AC3_RATES = (48000, 44100, 32000)


def ac3(frame: bytes) -> int:
    """Bytes in this AC-3 frame (ATSC A/52 5.3), 0 if it is none."""
    if len(frame) < 6 or frame[:2] != b"\x0b\x77" or frame[5] >> 3 > 10:
        return 0
    rate, code = frame[4] >> 6, frame[4] & 63
    if rate == 3 or code > 37:
        return 0
    words = _AC3_KBPS[code >> 1] * 1000 * 1536 // _AC3_RATES[rate] // 16
    return 2 * (words + (code & 1 if rate == 1 else 0))


def eac3(frame: bytes) -> int:
    """Bytes in this E-AC-3 frame (ATSC A/52 annex E), 0 if it is none."""
    if len(frame) < 6 or frame[:2] != b"\x0b\x77" or not 10 < frame[5] >> 3 <= 16:
        return 0
    return 2 * (((frame[2] & 7) << 8 | frame[3]) + 1)


FRAMES: tuple[tuple[Format, Callable[[bytes], int]], ...] = (
    ("aac", adts),
    ("mp3", mp3),
    ("ac3", ac3),
    ("eac3", eac3),
)
