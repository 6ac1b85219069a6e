"""The one ffmpeg that makes a stretch of chunks in all rungs that they lack. Pure."""

from pathlib import Path
from typing import cast

from media_runtime.ffmpeg import FFMPEG, Format, input_flags, url
from media_runtime.title.plan import Chunk, Plan, VideoTrack

from .encoders import encoder_flags
from .graph import video_graph
from .span import decimal, span_of
from .stills import stills_lines, stills_outputs
from .stretch import Stretch

FRAGMENTED = (
    *("-f", "mp4"),
    # One fragment a GOP, read back by media_runtime.cmaf. Offsets may be negative there, so that
    # no edit list has to be undone.
    *("-movflags", "empty_moov+default_base_moof+frag_keyframe+negative_cts_offsets"),
    *("-flush_packets", "1"),  # a GOP is read as soon as it is written
)


_EARLIER_SECONDS = 1
"""Other demuxers than mov's seek by decode time, and overshoot a key frame with B-frames before it.
Where they are sought in they were read whole: a look further back costs only its decoding."""


def decode_flags(plan: Plan, max_pixels: int) -> list[str]:
    """How the source is opened, by everything that looks at its picture."""
    return [
        # One decoding thread: how damage is concealed then repeats too.
        *input_flags(cast("Format", plan.source.format), max_pixels=max_pixels, threads=1),
        "-noautorotate",  # the plan knows, and the graph does it
    ]


def stretch_argv(
    plan: Plan,
    track: VideoTrack,
    stretch: Stretch,
    *,
    source: Path,
    folder: Path,
    max_pixels: int,
) -> list[str]:
    """Reads `source` (a sparse copy with what the chunks read of it), writes one fragmented MP4 a
    rung, and the stills, into the folder.
    """
    whole, pictures = stretch.whole, stretch.pictures(plan)
    graph = video_graph(
        track,
        stretch.rungs,
        whole,
        clock=plan.rungs[0],
        beside=stills_lines(plan, track, whole, pictures),
    )
    argv = [
        *FFMPEG,
        "-copyts",  # the source's own clock all the way to the graph
        *decode_flags(plan, max_pixels),
        *seek_flags(plan, track, whole),
        *("-i", url(source)),
        # filters have nothing to share out: the cluster runs tasks in parallel
        *("-filter_complex_threads", "1"),
        *("-filter_complex", graph),
        # A source may be broken from end to end: what to make of it is decided by what came out.
        *("-max_error_rate", "1"),
    ]
    for n, rung in enumerate(stretch.rungs):
        argv += [
            *("-map", f"[r{n}]"),
            *("-frames:v", str(span_of(rung, whole).count)),
            *("-fps_mode", "passthrough"),  # the graph has paced them; nothing to add or drop
            *encoder_flags(rung, track.mastering),
            *("-video_track_timescale", str(rung.timescale)),
            *FRAGMENTED,
            *("-y", url(rung_file(folder, n))),
        ]
    return [*argv, *stills_outputs(pictures, folder)]


def rung_file(folder: Path, n: int) -> Path:
    return folder / f"rung-{n}.mp4"


def seek_flags(plan: Plan, track: VideoTrack, chunk: Chunk) -> list[str]:
    """To the key frame, by its presentation time on the source's clock, or to one before it."""
    if chunk.excerpt:
        return []  # it begins there
    at = chunk.seek_seconds
    if plan.source.format != "mov":
        at -= _EARLIER_SECONDS
        if at <= track.start_seconds:
            # Some demuxers (AVI's, with B-frames) cannot seek to their own beginning. A mov's
            # sparse copy may have a hole there, and its demuxer can.
            return []
    return [
        *("-seek_timestamp", "1"),  # not relative to where the file begins
        # frames before the chunk are dropped by the graph, which knows the exact grid
        "-noaccurate_seek",
        *("-ss", decimal(at)),
    ]
