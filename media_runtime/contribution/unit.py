"""What a publisher's stream is to the gateway: pieces of a container, and where one may begin."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """What must come before a unit for a decoder that has seen nothing yet."""

    header: bytes
    """Once on a line: FLV's or Matroska's header."""
    prelude: bytes
    """Also where a line goes on after a loss: parameter sets, PAT and PMT."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Some whole elements of a container: they are carried together or dropped together."""

    data: bytes
    entry: Entry | None = None
    """Of a key frame; None: nobody may begin here."""
