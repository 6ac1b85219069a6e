"""EBML (RFC 8794), as far as a live Matroska stream is written in it. Pure."""

import struct

UNKNOWN_SIZE = b"\x01" + b"\xff" * 7
"""Section 6.2: lasts until something of its parent's level begins."""


def element(number: int, body: bytes) -> bytes:
    return identifier(number) + _size(len(body)) + body


def identifier(number: int) -> bytes:
    """Numbers are written with their length marker in them, as the specifications list them."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def unsigned(number: int, value: int) -> bytes:
    return element(number, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def real(number: int, value: float) -> bytes:
    return element(number, struct.pack(">d", value))


def text(number: int, value: str) -> bytes:
    return element(number, value.encode())


def _size(length: int) -> bytes:
    """Section 4: in eight bytes always, for what is written here is short of nothing."""
    return (1 << 56 | length).to_bytes(8, "big")
