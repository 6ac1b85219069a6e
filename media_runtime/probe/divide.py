"""Finds how a local source can be read in part, where its container allows it."""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING, cast

from media_runtime.ffmpeg.formats import KNOWN_AS

from .clusters import clusters
from .fragments import fragments
from .parts import Undivided

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from media_runtime.ffmpeg import Format

    from .packets import Packets
    from .parts import Bytes, Parts

_DIVIDERS: dict[str, Callable[[Bytes], Parts]] = {"matroska": clusters, "mov": fragments}


def divided(file: Path, format: str, video: Packets) -> Parts:  # noqa: A002 - the trade's word
    """Raises Undivided with the reason why not."""
    divide = _DIVIDERS.get(format)
    if divide is None:
        name = KNOWN_AS[cast("Format", format)]
        raise Undivided(f"{name} is read from its beginning")
    if video.untold:
        raise Undivided("its packets do not say when they are shown")
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as content:
        parts = divide(content)
    parts.require_all_in(video.position)
    return parts
