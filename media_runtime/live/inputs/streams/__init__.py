"""Byte streams of publishers, cut where a decoder that comes late may begin. Pure."""

from collections.abc import Callable
from typing import Literal

from .flv import FlvSplitter
from .matroska import MatroskaSplitter
from .mpegts import MpegTsSplitter
from .unit import Broken, Splitter, Unit

Streamed = Literal["flv", "mpegts", "matroska"]

SPLITTERS: dict[Streamed, Callable[[], Splitter]] = {
    "flv": FlvSplitter,
    "mpegts": MpegTsSplitter,
    "matroska": MatroskaSplitter,
}

__all__ = ["SPLITTERS", "Broken", "Splitter", "Streamed", "Unit"]
