"""The argv that turns one source into raw frames and samples of the channel's form. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.ffmpeg import FFMPEG, Format, input_flags

from .picture import SAMPLE_RATE, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from media_runtime.ffmpeg.flags import Protocol

_MAX_PIXELS = 8192 * 4320
_PROBE_BYTES = 1 << 20
_PROBE_MICROSECONDS = 1_000_000
NO_SOUND = "Stream map '0:a:0' matches no streams"
"""What ffmpeg says, and ends, when the source has no sound."""


@dataclass(frozen=True)
class Contribution:
    """What a camera sends, as the contribution server hands it on."""

    url: str
    format: Format
    protocols: tuple[Protocol, ...]
    """Those of `url`, and no other."""


@dataclass(frozen=True)
class Loop:
    """A file that begins again at its end."""

    url: str
    format: Format


@dataclass(frozen=True)
class Pattern:
    """A picture of one colour that tells the time: a test input, or a slate without an asset."""

    colour: str = "0x202830"
    text: str = ""
    clock: bool = True
    tone_hertz: int = 0
    """0 is silence."""


Source = Contribution | Loop | Pattern


def decoder_argv(
    source: Source, picture: Picture, *, video_fd: int, audio_fd: int | None
) -> list[str]:
    """Frames of `picture` to one descriptor and stereo samples to the other, from 0 on.

    Without an audio_fd the source's sound is not asked for: ffmpeg refuses an output that has none.
    """
    video, audio, inputs = "0:v:0", "0:a:0", _input(source, picture)
    if isinstance(source, Pattern):
        audio = "1:a:0"
    sound = () if audio_fd is None else _sound(audio, audio_fd)
    return [
        *FFMPEG,
        *inputs,
        *("-map", video),
        *("-vf", _video_filters(picture)),
        # the fps filter made the rate; a second opinion would drop or repeat for it
        *("-fps_mode", "passthrough"),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", f"pipe:{video_fd}"),
        *sound,
    ]


def _sound(audio: str, audio_fd: int) -> tuple[str, ...]:
    # async: gaps are filled with silence, and a clock that leaves the picture's is stretched to it;
    # first_pts: sound that begins late begins with silence. Loudness is left as it is.
    steady = f"aresample={SAMPLE_RATE}:async=1000:first_pts=0"
    return (
        *("-map", audio),
        *("-af", f"{steady},aformat=sample_fmts=s16:channel_layouts=stereo"),
        *("-f", "s16le", "-ac", "2", f"pipe:{audio_fd}"),
    )


def _input(source: Source, picture: Picture) -> list[str]:
    if isinstance(source, Contribution):
        return [
            # what has come is given on at once; no reordering is cut short (no low_delay flag),
            # for that shows the B-frames of a careless publisher in the wrong order
            *("-fflags", "nobuffer"),
            *("-probesize", str(_PROBE_BYTES)),
            *("-analyzeduration", str(_PROBE_MICROSECONDS)),
            # threads of slices only: each thread of frames would hold one frame back
            *("-thread_type", "slice"),
            *input_flags(source.format, max_pixels=_MAX_PIXELS, protocols=source.protocols),
            *("-i", source.url),
        ]
    if isinstance(source, Loop):
        flags = input_flags(source.format, max_pixels=_MAX_PIXELS)
        return ["-re", "-stream_loop", "-1", "-thread_type", "slice", *flags, "-i", source.url]
    return [*_lavfi(_drawn(source, picture)), *_lavfi(_toned(source))]


def _lavfi(graph: str) -> tuple[str, ...]:
    """Our own graph, no user's input: read at the wall clock's pace."""
    return ("-re", "-f", "lavfi", "-i", graph)


def _drawn(source: Pattern, picture: Picture) -> str:
    canvas = f"color=c={source.colour}:s={picture.width}x{picture.height}:r={picture.rate}"
    size = max(8, picture.height // 10)
    where = f"fontcolor=white:fontsize={size}:x=(w-text_w)/2"
    drawn = [canvas]
    if source.text:
        drawn.append(f"drawtext=expansion=none:text={_quoted(source.text)}:{where}:y=h/3")
    if source.clock:
        drawn.append(rf"drawtext=text='%{{gmtime\:%H\\\:%M\\\:%S}} UTC':{where}:y=h/2")
    return ",".join(drawn)


def _quoted(text: str) -> str:
    """Text for a filter's option: read twice, by the graph (the quotes) and by the option (colons).

    What no escape gets through both is left out or written otherwise.
    """
    plain = text.replace("\\", "").replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    return "'" + plain.replace(":", r"\:") + "'"


def _toned(source: Pattern) -> str:
    if source.tone_hertz:
        return f"sine=frequency={source.tone_hertz}:sample_rate={SAMPLE_RATE}"
    return f"anullsrc=channel_layout=stereo:sample_rate={SAMPLE_RATE}"


def _video_filters(picture: Picture) -> str:
    width, height = picture.width, picture.height
    # dar counts in the shape of the source's pixels; ours are square
    fitted = (
        f"scale=w='trunc(min({width},{height}*dar)/2)*2'"
        f":h='trunc(min({height},{width}/dar)/2)*2'"
        ":out_color_matrix=bt709:out_range=tv"
    )
    return ",".join(
        (
            "bwdif=mode=send_frame:deint=interlaced",  # frames flagged as fields; others pass
            # frame n at n / rate from the source's start on, as its sound is; gaps are filled
            f"fps=fps={picture.rate}:start_time=0:round=near",
            fitted,
            f"pad={width}:{height}:-1:-1",
            "setsar=1",
            "format=yuv420p",
        )
    )


def raw_input_flags(picture: Picture, *, video_fd: int, audio_fd: int) -> Sequence[str]:
    """How an encoder's argv reads what the switcher puts out: inputs 0 (picture) and 1 (sound)."""
    return (
        # deep enough that neither pipe waits for the other
        *("-thread_queue_size", "64"),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{picture.width}x{picture.height}"),
        *("-r", str(picture.rate)),
        *("-i", f"pipe:{video_fd}"),
        *("-thread_queue_size", "1024"),
        *("-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "2"),
        *("-i", f"pipe:{audio_fd}"),
    )
