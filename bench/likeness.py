"""How like a rung is to its source: SSIM of the luma and chroma, by ffmpeg's ssim filter."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ALL = re.compile(r"All:([0-9.]+)")


@dataclass(frozen=True)
class Likeness:
    mean: float
    lowest_second: float
    """The mean of the second that is least like: where rate control starts cold, it shows."""
    frames: int
    kbps: float


def likeness(made: Path, source: Path, size: tuple[int, int], *, rate: int = 25) -> Likeness:
    """Frame by frame against the source scaled to `size` by the bicubic filter."""
    width, height = size
    graph = (
        f"[1:v]scale={width}:{height}:flags=bicubic,format=yuv420p,settb=1/1000,setpts=N[a];"
        "[0:v]format=yuv420p,settb=1/1000,setpts=N[b];[b][a]ssim=stats_file=-:shortest=1"
    )
    argv = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(made), "-i", str(source)]
    argv += ["-filter_complex", graph, "-an", "-fps_mode", "passthrough", "-f", "null", "-"]
    told = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    values = [float(found) for found in _ALL.findall(told)]
    return Likeness(
        fmean(values), lowest_second(values, rate), len(values), _kbps(made, len(values) / rate)
    )


def lowest_second(values: list[float], rate: int) -> float:
    """Of whole seconds from the start; a shorter rest does not count. Pure."""
    starts = range(0, max(1, len(values) - rate + 1), rate)
    return min(fmean(values[start : start + rate]) for start in starts)


def _kbps(made: Path, seconds: float) -> float:
    """Of the picture's packets alone."""
    argv = ["ffprobe", "-v", "error", "-select_streams", "v:0"]
    argv += ["-show_entries", "packet=size", "-of", "csv=p=0", str(made)]
    told = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    sizes = [int(line.strip(",")) for line in told.split()]
    return sum(sizes) * 8 / 1000 / seconds
