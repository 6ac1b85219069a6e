"""Decodes what was made, as a player would, before anybody is told that it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.failure import Refused
from media_runtime.ffmpeg import FFMPEG, Ended, Limits, input_flags, run, url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_WALL_SECONDS = 1800.0
_AS_THEY_COME = ("-fps_mode", "passthrough", "-enc_time_base", "-1")


@dataclass(frozen=True)
class Due:
    """A header and its segments in one file, and what they are to decode to."""

    file: Path
    name: str
    frames: int
    """Or access units."""
    start: int
    """The first one's time, in ticks."""
    ticks: int
    """From each to the next."""


def verify_argv(files: Sequence[Path], *, sound: bool = False) -> list[str]:
    """Decodes all of them side by side, and writes a line for each frame that comes out."""
    argv = [*FFMPEG, "-copyts"]
    # Smoothing block edges reads no bits, so finds no fault: a fifth of the work saved.
    unsmoothed = () if sound else ("-skip_loop_filter", "all")
    for file in files:
        argv += [
            *input_flags("mov", max_pixels=2**31 - 1, threads=1, strict=True),
            *unsmoothed,
            *("-i", url(file)),
        ]
    for n in range(len(files)):
        argv += ["-map", f"{n}:0"]
    return [
        *argv,
        # Frames are passed on by reference: nothing is computed of them, and none is lost.
        *(("-c:a", "pcm_s16le") if sound else ("-c:v", "wrapped_avframe", *_AS_THEY_COME)),
        # A pipe is flushed at every frame else, and whoever reads it woken as often.
        *("-flush_packets", "0", "-f", "framecrc", "pipe:1"),
    ]


def verdict(ended: Ended, due: Sequence[Due]) -> None:
    """Nothing if each decodes to just its frames, each at just its tick, in silence.

    Raises Refused(VerifyFailed): what was made is not what was meant.
    """
    names = ", ".join(one.name for one in due)
    if ended.code != 0 or ended.messages.count:
        raise Refused("VerifyFailed", f"{names}: decoding says: {ended.messages.gist()}")
    found = times(ended.stdout, len(due))
    for one, shown in zip(due, found, strict=True):
        if len(shown) != one.frames:
            raise Refused("VerifyFailed", f"{one.name}: {len(shown)} of {one.frames} frames decode")
        for n, time in enumerate(shown):
            if time != (wanted := one.start + n * one.ticks):
                raise Refused("VerifyFailed", f"{one.name}: frame {n} is at {time}, not {wanted}")


def times(printed: bytes, files: int) -> list[list[int]]:
    """Presentation times of each file's frames, in ticks, out of lines `file, dts, pts, …`."""
    found: list[list[int]] = [[] for _ in range(files)]
    for line in printed.splitlines():
        if not line.startswith(b"#"):
            stream, _, pts, *_ = line.split(b",")
            found[int(stream)].append(int(pts))
    return found


async def verify(due: Sequence[Due], *, sound: bool = False) -> None:
    """Raises as `verdict` does."""
    argv = verify_argv([one.file for one in due], sound=sound)
    verdict(await run(argv, Limits(wall_seconds=_WALL_SECONDS)), due)
