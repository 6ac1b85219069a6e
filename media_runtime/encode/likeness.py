"""How like the source a rung looks: SSIM against the source, scaled to the rung."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from media_runtime.ffmpeg import FFMPEG, Limits, input_flags, require_success, run, url

from .chunk_argv import decode_flags, seek_flags
from .graph import video_graph
from .span import span_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from media_runtime.title.plan import Chunk, Plan, VideoRung, VideoTrack

_WALL_SECONDS = 6 * 3600.0
_NUMBERED = "settb=1/1000,setpts=N"
"""Frame n meets frame n, whatever clocks they came with."""
_ALL = re.compile(rb"All:([0-9.]+)")


def likeness_argv(
    plan: Plan,
    track: VideoTrack,
    chunk: Chunk,
    rungs: Sequence[VideoRung],
    *,
    source: Path,
    made: Sequence[Path],
    max_pixels: int,
) -> list[str]:
    """Writes a file of figures for each rung into its cwd."""
    argv = [*FFMPEG, "-copyts", *decode_flags(plan, max_pixels), *seek_flags(plan, track, chunk)]
    argv += ["-i", url(source)]
    lines = [video_graph(track, rungs, chunk)]
    for n, (rung, file) in enumerate(zip(rungs, made, strict=True)):
        argv += [*input_flags("mov", max_pixels=2**31 - 1, threads=1), "-i", url(file)]
        count = span_of(rung, chunk).count
        lines += [
            f"[r{n}]trim=end_frame={count},{_NUMBERED}[a{n}]",
            f"[{n + 1}:v]{_NUMBERED}[b{n}]",
            f"[b{n}][a{n}]ssim=stats_file={figures(n)}[s{n}]",
        ]
    argv += ["-filter_complex", ";".join(lines)]
    for n in range(len(rungs)):
        argv += ["-map", f"[s{n}]", "-f", "null", "-fps_mode", "passthrough", "-"]
    return argv


def figures(n: int) -> str:
    return f"ssim-{n}.txt"


def mean(content: bytes) -> float:
    values = [float(found) for found in _ALL.findall(content)]
    return round(sum(values) / len(values), 5) if values else 0.0


async def likeness(
    plan: Plan,
    track: VideoTrack,
    chunk: Chunk,
    rungs: Sequence[VideoRung],
    *,
    source: Path,
    made: Sequence[Path],
    max_pixels: int,
) -> list[float]:
    """The mean over the chunk's frames, for each rung."""
    argv = likeness_argv(plan, track, chunk, rungs, source=source, made=made, max_pixels=max_pixels)
    folder = made[0].parent
    ended = await run(argv, Limits(wall_seconds=_WALL_SECONDS), cwd=folder)
    require_success(ended, "VerifyFailed", f"measuring chunk {chunk.index}")
    return [mean((folder / figures(n)).read_bytes()) for n in range(len(rungs))]
