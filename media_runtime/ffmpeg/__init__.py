"""The one wrapper around ffmpeg and ffprobe; user input is opened nowhere else.

argv = [*FFMPEG, *input_flags("mov", max_pixels=order.max_pixels), "-i", url(file), …]
ended = await run(argv, Limits(wall_seconds=600))
require_success(ended, "EncodeFailed", "encoding chunk 3")
"""

from .exits import require_success
from .flags import FFMPEG, FFPROBE, input_flags, url
from .formats import FORMATS, Format
from .messages import FORGET, Messages
from .runner import Child, Ended, Limits, OverTime, run, spawned

__all__ = [
    "FFMPEG",
    "FFPROBE",
    "FORGET",
    "FORMATS",
    "Child",
    "Ended",
    "Format",
    "Limits",
    "Messages",
    "OverTime",
    "input_flags",
    "require_success",
    "run",
    "spawned",
    "url",
]
