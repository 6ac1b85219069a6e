"""The ffmpeg that makes thumbnails and a poster, as cheaply as the source allows. Pure."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from pathlib import Path

from media_runtime.ffmpeg import FFMPEG, url
from media_runtime.title.plan import Chunk, Images, Plan, VideoRung, VideoTrack

from .chunk_argv import decode_flags
from .colour import to_jpeg, tone_mapped
from .graph import TURN, on_title_time
from .span import seconds, span_of

_POSTER_LINES = 720
_POSTER_CHOICE = 12
"""Pictures among which the poster is the most typical, so that it is neither black nor a fade."""


def pictures_in(duration: Fraction, wish: Images) -> int:
    return max(1, ceil(duration / wish.every_seconds))


def sheets_in(pictures: int, wish: Images) -> int:
    return ceil(pictures / (wish.columns * wish.rows))


def poster_rung(rungs: Sequence[VideoRung]) -> VideoRung:
    """Whose size the poster has: the largest of at most 720 lines, else the smallest."""
    by_size = sorted(rungs, key=lambda rung: min(rung.width, rung.height))
    fitting = [rung for rung in by_size if min(rung.width, rung.height) <= _POSTER_LINES]
    return fitting[-1] if fitting else by_size[0]


def key_frames_suffice(plan: Plan, track: VideoTrack, wish: Images) -> bool:
    """Whether the source's key frames are dense enough to be the only ones decoded.

    The distance from each chunk's start back to its key frame is a sample of them.
    """
    if len(plan.chunks) < 3:
        return False  # short: all of it is soon decoded
    return all(_reaches_back(plan, track, chunk) <= wish.every_seconds / 2 for chunk in plan.chunks)


def _reaches_back(plan: Plan, track: VideoTrack, chunk: Chunk) -> Fraction:
    rung = plan.rungs[0]
    start = track.start_seconds + seconds(span_of(rung, chunk).first, rung)
    return start - chunk.seek_seconds


def images_argv(
    plan: Plan,
    track: VideoTrack,
    wish: Images,
    *,
    source: Path,
    sheets: Path,
    poster: Path,
    max_pixels: int,
) -> list[str]:
    """`sheets` has a %d for the number of the sheet, from 0."""
    pictures = pictures_in(plan.duration_seconds, wish)
    model = poster_rung(plan.rungs)
    source_filters = ",".join(
        (
            f"[0:{track.stream}]{on_title_time(track.start_seconds, 'setpts')}",
            # Rounding to the nearest shows each stretch by its middle. pass: a title shorter than
            # half a stretch has a picture too.
            f"fps=fps=1/{wish.every_seconds}:start_time=0:round=near:eof_action=pass",
            *TURN[track.rotation],
            "tpad=stop=-1:stop_mode=clone",
            f"trim=end_frame={pictures}",
            *((tone_mapped(track, model.width, model.height),) if track.transfer != "SDR" else ()),
            "split=2[thumbs][posters]",
        )
    )
    thumbs = f"[thumbs]{to_jpeg(track, wish.width, wish.height)}"
    # at least 2, or the filter refuses; it makes do with one if there is but one
    typical = f"thumbnail=n={max(2, min(pictures, _POSTER_CHOICE))}"
    graph = (
        f"{source_filters};{thumbs},tile={wish.columns}x{wish.rows}[sheets];"
        f"[posters]{to_jpeg(track, model.width, model.height)},{typical}[poster]"
    )
    keys_only = ["-skip_frame", "nokey"] if key_frames_suffice(plan, track, wish) else []
    return [
        *FFMPEG,
        "-copyts",
        *decode_flags(plan, max_pixels),
        *keys_only,
        *("-i", url(source)),
        *("-filter_complex_threads", "1"),
        *("-filter_complex", graph),
        *("-max_error_rate", "1"),
        *("-map", "[sheets]", "-fps_mode", "passthrough", "-q:v", "4"),
        *("-f", "image2", "-start_number", "0", "-y", url(sheets)),
        *("-map", "[poster]", "-fps_mode", "passthrough", "-frames:v", "1", "-q:v", "3"),
        *("-f", "image2", "-update", "1", "-y", url(poster)),
    ]
