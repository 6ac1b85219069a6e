"""What a stream is cut into, and what a splitter of a container promises. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

LARGEST_UNIT_BYTES = 8 << 20
"""A picture of more than this is no live picture; more is never waited for."""


class Broken(Exception):  # noqa: N818 - reads as what it is
    """These bytes are not the container that they were said to be."""


@dataclass(frozen=True)
class Unit:
    """Bytes that are given on whole."""

    data: bytes
    key: bool = False
    """Decoding may begin here, after the prelude."""


class Splitter(Protocol):
    """Cuts a stream as it comes; holds no more than one unit back."""

    @property
    def prelude(self) -> bytes:
        """What a decoder must have seen before a key unit; grows and changes with the stream."""

    def feed(self, piece: bytes) -> list[Unit]:
        """The units that these bytes complete. Raises Broken."""
