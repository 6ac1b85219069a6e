"""Decodes what was made, as a player would, before anybody is told that it is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from media_runtime.failure import Refused
from media_runtime.ffmpeg import FFPROBE, Ended, Limits, input_flags, run, url

if TYPE_CHECKING:
    from pathlib import Path

_WALL_SECONDS = 1800.0


def verify_argv(file: Path) -> list[str]:
    """Decodes all of a header and its segments, and counts what came out."""
    return [
        *FFPROBE,
        *input_flags("mov", max_pixels=2**31 - 1, threads=1, strict=True),
        # Smoothing block edges reads no bits, so it finds no fault: a fifth of the work saved.
        *("-skip_loop_filter", "all"),
        "-count_frames",
        *("-show_entries", "stream=nb_read_frames,start_pts"),
        *("-of", "json"),
        url(file),
    ]


def verdict(ended: Ended, *, name: str, frames: int, start: int | None = None) -> None:
    """Nothing if it decodes to just so many frames, the first at just that tick, in silence.

    Raises Refused(VerifyFailed): what was made is not what was meant.
    """
    if ended.code != 0 or ended.messages.count:
        raise Refused("VerifyFailed", f"{name}: decoding says: {ended.messages.gist()}")
    (stream,) = json.loads(ended.stdout)["streams"]
    found = int(stream["nb_read_frames"])
    if found != frames:
        raise Refused("VerifyFailed", f"{name}: {found} of {frames} frames decode")
    if start is not None and stream["start_pts"] != start:
        raise Refused("VerifyFailed", f"{name}: begins at {stream['start_pts']}, not {start}")


async def verify(file: Path, *, name: str, frames: int, start: int | None = None) -> None:
    """Raises as `verdict` does. `file` is a header and the segments after it."""
    ended = await run(verify_argv(file), Limits(wall_seconds=_WALL_SECONDS))
    verdict(ended, name=name, frames=frames, start=start)
