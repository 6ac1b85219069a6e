"""The ffmpeg that makes one audio rendition of a whole title. Pure."""

from fractions import Fraction
from pathlib import Path
from typing import cast

from media_runtime.ffmpeg import FFMPEG, Format, input_flags, url
from media_runtime.title.plan import AudioRendition, Plan

from .graph import on_title_time
from .span import decimal
from .units import FRAMING, units_in

_LAYOUTS = {
    1: "mono",
    2: "stereo",
    3: "3.0",
    4: "4.0",
    5: "5.0",
    6: "5.1",
    7: "6.1",
    8: "7.1",
}
_ENCODERS = {"AAC": "aac", "Opus": "libopus", "EAC3": "eac3"}

_FRAGMENT_MICROS = 1_000_000


def audio_argv(plan: Plan, rendition: AudioRendition, source: Path | None) -> list[str]:
    """Writes fragmented MP4 to stdout as it goes; no source is silence."""
    argv = list(FFMPEG)
    if source is None or rendition.stream is None:
        argv += ["-f", "lavfi", "-i", f"anullsrc=r={rendition.sample_rate}:cl={_layout(rendition)}"]
        stream = "0:a:0"
    else:
        argv += [
            "-copyts",
            # a picture is never decoded here; the bound is for what ffmpeg looks at by itself
            *input_flags(cast("Format", plan.source.format), max_pixels=2**31 - 1, threads=1),
            *("-vn", "-sn", "-dn"),
            *("-i", url(source)),
        ]
        stream = f"0:{rendition.stream}"
    return [
        *argv,
        *("-map", stream),
        *("-max_error_rate", "1"),  # a broken source becomes silence where it is broken
        *("-af", audio_filters(rendition, plan.duration_seconds)),
        *("-c:a", _ENCODERS[rendition.codec]),
        *("-b:a", f"{rendition.bitrate_kbps}k"),
        *("-f", "mp4"),
        # delay_moov: E-AC-3's configuration is known only when it has been encoded
        *("-movflags", "empty_moov+delay_moov+default_base_moof"),
        *("-frag_duration", str(_FRAGMENT_MICROS)),
        *("-flush_packets", "1"),  # the first segments are to be played while the rest is made
        "pipe:1",
    ]


def audio_filters(rendition: AudioRendition, duration: Fraction) -> str:
    """On the title's clock, without gaps, at the rendition's rate and layout, as long as it is."""
    framing, rate = FRAMING[rendition.codec], rendition.sample_rate
    samples = units_in(duration, rate, framing.frame) * framing.frame
    filters = [
        # Gaps become silence and what overlaps is cut, from 20 ms on: half an access unit, and far
        # above the jitter of containers that keep milliseconds. first_pts: begins with the picture.
        f"aresample=osr={rate}:async=1:min_hard_comp=0.02:first_pts=0",
    ]
    if rendition.stream is not None:
        filters = [
            on_title_time(rendition.start_seconds, "asetpts"),
            # a leaping timestamp would be filled with silence up to there, in memory
            f"aselect='lt(t,{decimal(duration + 1)})'",
            *filters,
        ]
    if rendition.loudness_lufs is not None:
        # One pass, so dynamic: quiet passages of a title are raised too. Two passes would read the
        # whole title before its first second can be heard. It works at 192 kHz: back again after.
        filters += [
            f"loudnorm=I={rendition.loudness_lufs:g}:TP=-1.5:LRA=11",
            f"aresample=osr={rate}",
        ]
    filters += [
        f"aformat=channel_layouts={_layout(rendition)}",
        "apad",
        f"atrim=end_sample={samples}",
    ]
    if framing.lead:
        filters.append(f"adelay=delays={framing.lead}S:all=1")
    return ",".join(filters)


def _layout(rendition: AudioRendition) -> str:
    return _LAYOUTS[rendition.channels]
