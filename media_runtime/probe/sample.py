"""Decodes the beginning of a source: is there a picture at all, and is it of fields or frames."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from media_runtime.failure import Refused
from media_runtime.ffmpeg import FFMPEG, Limits, OverTime, input_flags, require_success, run, url

if TYPE_CHECKING:
    from pathlib import Path

    from media_runtime.ffmpeg import Format

    from .model import VideoStream

_FRAMES_TO_JUDGE = 60
_FRAMES_TO_BELIEVE = 2
_VERDICT = re.compile(rb"lavfi\.idet\.multiple\.current_frame=(\w+)")
_FRAME = re.compile(rb"^frame:\d+", re.MULTILINE)
_MAYBE_FIELDS = frozenset(
    {"mpeg2video", "h264", "dvvideo", "vc1", "prores", "dnxhd", "ffv1", "rawvideo", "v210", "mpeg4"}
)
_FIELD_HEIGHTS = frozenset({480, 486, 512, 576, 608, 1080, 1088})
"""Lines of the systems that have fields at all."""


def doubtful(stream: VideoStream) -> bool:
    """Whether only its pictures can tell if they are made of fields."""
    return (
        stream.scan == "unknown"
        and stream.codec in _MAYBE_FIELDS
        and stream.height in _FIELD_HEIGHTS
    )


def picture_argv(file: Path, format: Format, stream: VideoStream, max_pixels: int) -> list[str]:  # noqa: A002
    frames = _FRAMES_TO_JUDGE if doubtful(stream) else _FRAMES_TO_BELIEVE
    return [
        *FFMPEG,
        *input_flags(format, max_pixels=max_pixels, threads=1),
        *("-i", url(file), "-map", f"0:{stream.index}"),
        *("-frames:v", str(frames)),
        # its verdict on each frame, in words, on stdout
        *("-vf", "idet,metadata=mode=print:file=-"),
        *("-f", "null", "-"),
    ]


def fields_seen(printed: bytes) -> bool:
    """Whether nearly all frames that idet could judge are of fields. Pure.

    Fine patterns look like fields to it now and then; real fields do so all the time.
    """
    verdicts = _VERDICT.findall(printed)
    fields = sum(verdict in (b"tff", b"bff") for verdict in verdicts)
    return fields > 9 * verdicts.count(b"progressive") and fields * 4 >= len(verdicts)


async def is_interlaced(
    file: Path,
    format: Format,  # noqa: A002
    stream: VideoStream,
    *,
    max_pixels: int,
    wall_seconds: float,
) -> bool:
    """Raises Refused(InputCorrupt) if not one frame can be decoded."""
    argv = picture_argv(file, format, stream, max_pixels)
    try:
        ended = await run(argv, Limits(wall_seconds))
    except OverTime as e:
        raise Refused("InputCorrupt", f"no picture decoded within {wall_seconds:g} s") from e
    if not _FRAME.search(ended.stdout):
        require_success(ended, "InputCorrupt", "decoding its first picture")
        raise Refused("InputCorrupt", f"no picture can be decoded: {ended.messages.gist()}")
    return fields_seen(ended.stdout) if doubtful(stream) else stream.scan == "interlaced"


async def require_sound(
    file: Path,
    format: Format,  # noqa: A002
    stream: int,
    *,
    max_pixels: int,
    wall_seconds: float,
) -> None:
    """Raises Refused(InputCorrupt) if not one frame of audio can be decoded."""
    argv = [
        *FFMPEG,
        *input_flags(format, max_pixels=max_pixels, threads=1),
        *("-i", url(file), "-map", f"0:{stream}", "-frames:a", "1", "-f", "framecrc", "-"),
    ]
    try:
        ended = await run(argv, Limits(wall_seconds))
    except OverTime as e:
        raise Refused("InputCorrupt", f"no sound decoded within {wall_seconds:g} s") from e
    if not any(line[:1].isdigit() for line in ended.stdout.splitlines()):
        require_success(ended, "InputCorrupt", "decoding its first sound")
        raise Refused("InputCorrupt", f"no sound can be decoded: {ended.messages.gist()}")
