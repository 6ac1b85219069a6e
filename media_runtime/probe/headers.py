"""Asks ffprobe what the streams of a local file are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from media_runtime.failure import Refused
from media_runtime.ffmpeg import FFPROBE, Limits, OverTime, input_flags, require_success, run, url

from .colour import mastering
from .contents import contents

if TYPE_CHECKING:
    from pathlib import Path

    from media_runtime.ffmpeg import Format
    from media_runtime.title.plan import Mastering

    from .model import Contents

_WALL_SECONDS = 30.0
_MOST_PRINTED = 8 << 20


def argv(file: Path, format: Format, *, max_pixels: int) -> list[str]:  # noqa: A002
    return [
        *FFPROBE,
        *input_flags(format, max_pixels=max_pixels),
        # sound that begins some seconds after the picture is found too
        *("-analyzeduration", "10M", "-probesize", "20M"),
        *("-show_streams", "-show_format"),
        *("-show_data_hash", "sha256"),  # of the codec's extradata
        *("-of", "json"),
        url(file),
    ]


async def headers(file: Path, format: Format, *, max_pixels: int) -> Contents:  # noqa: A002
    """Raises Refused: InputUnsafe, InputCorrupt, NoMedia, UnsupportedCodec."""
    try:
        ended = await run(
            argv(file, format, max_pixels=max_pixels), Limits(_WALL_SECONDS, _MOST_PRINTED)
        )
    except OverTime as e:
        raise Refused("InputCorrupt", f"its headers were not read: {e}") from e
    if ended.messages.mention("exceeds specified max pixel count"):
        raise Refused("InputUnsafe", f"its picture has more than {max_pixels} pixels")
    if ended.messages.mention("Skipped opening external track"):
        raise Refused("InputUnsafe", "it refers to media in another file; send it self-contained")
    require_success(ended, "InputCorrupt", "reading its headers")
    found = contents(ended.stdout, format, max_pixels=max_pixels)
    video = found.video
    if video is None or video.transfer != "HDR10" or video.mastering is not None:
        return found
    graded = await _mastering(file, format, video.index, max_pixels=max_pixels)
    return replace(found, video=replace(video, mastering=graded))


async def _mastering(
    file: Path,
    format: Format,  # noqa: A002
    stream: int,
    *,
    max_pixels: int,
) -> Mastering | None:
    """Where the container is silent, the first frame's SEI may tell."""
    asked = [
        *FFPROBE,
        *input_flags(format, max_pixels=max_pixels),
        *("-select_streams", str(stream), "-read_intervals", "%+#1"),
        *("-show_entries", "frame_side_data", "-of", "json"),
        url(file),
    ]
    try:
        ended = await run(asked, Limits(_WALL_SECONDS, _MOST_PRINTED))
        frames = json.loads(ended.stdout).get("frames", [])
    except (OverTime, ValueError):
        return None
    return mastering(item for frame in frames for item in frame.get("side_data_list", []))
