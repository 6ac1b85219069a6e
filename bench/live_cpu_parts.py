"""Which of a pod's programs used how much CPU."""

from __future__ import annotations

import os
from pathlib import Path

from .live_studio import family_of

RECEIVE, ENCODE, SLATE, PYTHON, OTHER = (
    "decoders of the inputs",
    "encoder",
    "slate",
    "Python: receiving, switching, packaging, serving",
    "measuring and thumbnails, now and then",
)
PARTS = (RECEIVE, ENCODE, SLATE, PYTHON, OTHER)
_TICKS = os.sysconf("SC_CLK_TCK")


def part_of(argv: list[str]) -> str:
    """By what is said on its command line. Pure."""
    if "media_runtime" in argv:
        return PYTHON
    if "libx264" in argv:
        return ENCODE
    if "lavfi" in argv:
        return SLATE
    if "rawvideo" in argv:
        return RECEIVE
    return OTHER


def seconds_by_part(pid: int) -> dict[str, float]:
    """Of a process and all that it started, up to now; of the ended, too, all in one."""
    found = dict.fromkeys(PARTS, 0.0)
    for one, fields in family_of(pid).items():
        try:
            argv = (Path("/proc") / str(one) / "cmdline").read_text().split("\0")
        except OSError:
            continue  # ended meanwhile
        # fields 14 to 17 of proc(5): its own time, and that of its children which have ended
        own, ended = (sum(map(int, fields[n : n + 2])) / _TICKS for n in (11, 13))
        found[part_of(argv)] += own
        found[OTHER] += ended
    return found
