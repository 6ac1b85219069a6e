"""Opus in ISO BMFF: its pre-skip, undone. Pure."""

from dataclasses import replace

from .header import Header

_PRE_SKIP = slice(2, 4)
"""Bytes of dOps (Encapsulation of Opus in ISO BMFF, section 4.3.2)."""


def without_pre_skip(header: Header) -> Header:
    """For a track whose units begin where the title does: a decoder is to throw nothing away.

    Other codecs' headers come back as they are.
    """
    if header.kind != b"Opus":
        return header
    dops = header.configuration(b"dOps")
    body = bytearray(dops.body)
    body[_PRE_SKIP] = b"\0\0"
    return replace(header, entry=header.entry.replace(bytes(dops.body), bytes(body)))
