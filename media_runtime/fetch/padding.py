"""What a container calls nothing: fills what is not read of it, whatever its length. Pure."""

from collections.abc import Iterator

from media_runtime.ffmpeg import Format

_SHORT, _LONG = 2, 9
"""Bytes of an EBML Void's own header, for a body of up to 126 bytes and for any."""
_MOST = 1 << 30
"""Bytes of one piece: ffmpeg loses its way in a Void of 2 GiB."""


def padding(format: Format, length: int) -> Iterator[tuple[int, bytes]]:  # noqa: A002
    """Where in `length` bytes to write what, so that they are nothing; zeros lie between."""
    nothing = {"matroska": _void, "mov": _free}.get(format)
    if nothing is None:
        raise ValueError(f"{format} has nothing to fill holes with")
    at = 0
    while rest := length - at:
        # the last piece is never too short for an element
        size = rest if rest <= _MOST else min(_MOST, rest - _LONG)
        yield at, nothing(size)
        at += size


def _void(length: int) -> bytes:
    """RFC 8794 section 11.3.2."""
    if length >= _LONG:
        return b"\xec\x01" + (length - _LONG).to_bytes(7)
    if length >= _SHORT:
        return bytes((0xEC, 0x80 | (length - _SHORT)))
    raise ValueError("no element is so short")


def _free(length: int) -> bytes:
    """ISO/IEC 14496-12 section 8.1.2."""
    if length < 8:
        raise ValueError("no box is so short")
    return length.to_bytes(4) + b"free"
