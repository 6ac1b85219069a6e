"""The argv that turns one source into raw frames and samples of the channel's form. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.ffmpeg import FFMPEG, Format, input_flags

from .pattern import Pattern, generated
from .picture import SAMPLE_RATE, Picture

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from media_runtime.ffmpeg.flags import Protocol

__all__ = [
    "Contribution",
    "Loop",
    "Pattern",
    "Relayed",
    "Source",
    "decoder_argv",
    "raw_input_flags",
]

_MAX_PIXELS = 4096 * 2304
"""A stranger's picture of more would take a pod's memory; no contribution is larger."""
_SD_LINES = 576
_PROBE_BYTES = 1 << 20
_PROBE_MICROSECONDS = 1_000_000
NO_SOUND = "Stream map '0:a:0' matches no streams", "Stream map '1:a:0' matches no streams"
"""What ffmpeg says, and ends, when the source has no sound."""


@dataclass(frozen=True)
class Contribution:
    """What a camera sends, read by the decoder itself."""

    url: str
    format: Format
    protocols: tuple[Protocol, ...]
    """Those of `url`, and no other."""


@dataclass(frozen=True)
class Relayed:
    """What comes through our hands: each decoder that is started gets it from its beginning on."""

    format: Format
    pour: Callable[[int], Awaitable[None]]
    """Writes the container to this non-blocking pipe, beginning as a file would; returns when there
    is no more. It is cancelled when the decoder is gone; BrokenPipeError is expected of it."""
    paced: bool = False
    """It comes in bursts, and is to be decoded at the pace of its time stamps."""
    sound: Relayed | None = None
    """Where that comes apart from the picture; both begin at the same instant."""


@dataclass(frozen=True)
class Loop:
    """A file that begins again at its end."""

    url: str
    format: Format


Source = Contribution | Relayed | Loop | Pattern


def decoder_argv(
    source: Source,
    picture: Picture,
    *,
    video_fd: int,
    audio_fd: int | None,
    input_fds: Sequence[int] = (),
) -> list[str]:
    """Frames of `picture` to one descriptor and stereo samples to the other, from 0 on.

    Without an audio_fd the source's sound is not asked for: ffmpeg refuses an output that has none.
    A Relayed source is read from input_fds, picture and sound.
    """
    video, audio, inputs = "0:v:0", "0:a:0", _input(source, picture, input_fds)
    if isinstance(source, Pattern) or (isinstance(source, Relayed) and source.sound):
        audio = "1:a:0"
    sound = () if audio_fd is None else _sound(audio, audio_fd)
    return [
        *FFMPEG,
        *inputs,
        *("-map", video),
        # what is made has the picture's form already; each filter that looks ahead costs a frame
        *("-vf", "setsar=1" if isinstance(source, Pattern) else _video_filters(picture)),
        # the fps filter made the rate; a second opinion would drop or repeat for it
        *("-fps_mode", "passthrough"),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", f"pipe:{video_fd}"),
        *sound,
    ]


def relayed_parts(source: Source, *, with_sound: bool) -> tuple[Relayed, ...]:
    """What is read from pipes: nothing, one thing, or picture and sound."""
    if not isinstance(source, Relayed):
        return ()
    return (source, source.sound) if source.sound and with_sound else (source,)


def _sound(audio: str, audio_fd: int) -> tuple[str, ...]:
    # async: gaps are filled with silence, and a clock that leaves the picture's is stretched to it;
    # first_pts: sound that begins late begins with silence. Loudness is left as it is.
    steady = f"aresample={SAMPLE_RATE}:async=1000:first_pts=0"
    return (
        *("-map", audio),
        *("-af", f"{steady},aformat=sample_fmts=s16:channel_layouts=stereo"),
        *("-f", "s16le", "-ac", "2", f"pipe:{audio_fd}"),
    )


def _input(source: Source, picture: Picture, input_fds: Sequence[int]) -> list[str]:
    if isinstance(source, Contribution):
        return [
            # what has come is given on at once; no reordering is cut short (no low_delay flag),
            # for that shows the B-frames of a careless publisher in the wrong order
            *("-fflags", "nobuffer"),
            *_untold(picture),
            *_opened(source.format, source.protocols),
            *("-i", source.url),
        ]
    if isinstance(source, Relayed):
        # no nobuffer: it throws away what was looked at, and the first key frame with it
        pace = ("-re",) if source.paced else ()
        return [
            flag
            for part, fd in zip(relayed_parts(source, with_sound=True), input_fds, strict=False)
            for flag in (
                *pace,
                *(_untold(picture) if part is source else ()),
                *_opened(part.format, ("pipe",)),
                *("-i", f"pipe:{fd}"),
            )
        ]
    if isinstance(source, Loop):
        flags = input_flags(source.format, max_pixels=_MAX_PIXELS)
        again = ("-re", "-stream_loop", "-1", "-thread_type", "slice")
        return [*again, *_untold(picture), *flags, "-i", source.url]
    return generated(source, picture)


def _untold(picture: Picture) -> tuple[str, ...]:
    """How to read colours that do not say how they are written: as those of the channel's class.

    HD is BT.709 then, whose numbers go through as they came, and SD is BT.601, as ffmpeg takes it.
    The decoder starts before anybody knows which of both the source is.
    """
    return ("-colorspace:v", "bt709") if picture.height > _SD_LINES else ()


def _opened(format: Format, protocols: tuple[Protocol, ...]) -> list[str]:  # noqa: A002 - the trade's word
    return [
        *("-probesize", str(_PROBE_BYTES)),
        *("-analyzeduration", str(_PROBE_MICROSECONDS)),
        # threads of slices only: each thread of frames would hold one frame back
        *("-thread_type", "slice"),
        *input_flags(format, max_pixels=_MAX_PIXELS, protocols=protocols),
    ]


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
    # nothing is to be found out about raw input: probing would hold back seconds of it
    unprobed = ("-fpsprobesize", "0", "-probesize", "32", "-analyzeduration", "0")
    return (
        # deep enough that neither pipe waits for the other, and no deeper: pictures that lie here
        # are late, and the switcher does not see it
        *("-thread_queue_size", "8", *unprobed),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{picture.width}x{picture.height}"),
        *("-r", str(picture.rate)),
        *("-i", f"pipe:{video_fd}"),
        *("-thread_queue_size", "64", *unprobed),
        *("-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "2"),
        *("-i", f"pipe:{audio_fd}"),
    )
