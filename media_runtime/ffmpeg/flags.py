"""Flags that make ffmpeg safe on user input. Pure.

Its defaults are not: it guesses a format from content and name, and some formats (playlists,
concat scripts) open whatever file or address they name. So nothing is guessed and nothing but
one local file is opened. tests/media/test_hostile.py holds the effect, not the flag.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from .codecs import DECODERS
from .formats import FORMATS, Format

Protocol = Literal["file", "pipe", "unix", "tcp", "udp", "srt", "rtmp"]
"""What an input may be read by. None of them is led elsewhere by what it reads."""

_LARGEST_BLOCK = 2 << 30
"""Bytes: above an 8K frame in 16 bit 4:4:4, far below what a hostile header asks for."""

_GLOBAL = (
    "-hide_banner",
    # every message on a line of its own, with its level, so that they can be counted
    *("-loglevel", "repeat+level+warning"),
    *("-max_alloc", str(_LARGEST_BLOCK)),
)

FFMPEG: tuple[str, ...] = ("ffmpeg", "-nostdin", *_GLOBAL)
FFPROBE: tuple[str, ...] = ("ffprobe", *_GLOBAL)


def input_flags(
    format: Format,  # noqa: A002 - the trade's word
    *,
    max_pixels: int,
    threads: int | None = None,
    strict: bool = False,
    protocols: Sequence[Protocol] = ("file", "pipe"),
) -> tuple[str, ...]:
    """Goes before `-i url(file)`, for ffmpeg and ffprobe alike.

    `max_pixels` bounds one picture; `threads` those of each decoder (all cores if None);
    `strict` makes the first damaged packet an error instead of a concealed picture.
    `protocols` are more than files only for what a camera sends, and then just its own.
    """
    if format not in FORMATS:
        raise ValueError(f"{format!r} is not a container that is let in")
    return (
        *("-f", format),  # forced: content and name decide nothing
        *("-format_whitelist", format),  # and no demuxer may hand over to another
        *("-protocol_whitelist", ",".join(protocols)),
        *("-codec_whitelist", ",".join(DECODERS)),
        *("-max_pixels", str(min(max_pixels, 2**31 - 1))),
        *("-max_streams", "128"),
        *(("-threads", str(threads)) if threads is not None else ()),
        *(("-err_detect", "explode") if strict else ()),
    )


def url(file: Path, protocol: Literal["file"] = "file") -> str:
    """A local file as ffmpeg takes it without reading a protocol or an option out of its name."""
    return f"{protocol}:{file.absolute()}"
