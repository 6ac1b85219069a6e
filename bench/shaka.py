"""The peer that packages too: shaka-streamer, with the same rungs, preset and GOP as ours."""

from __future__ import annotations

import hashlib
import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusters.cache import ROOT, Cache, made_whole
from clusters.shell import run

from .ladders import size_at

if TYPE_CHECKING:
    from crds.v1alpha1.encodingprofile import EncodingProfileSpec

PINS = ROOT / "requirements" / "bench.txt"
_SCRIPT = Path(__file__).with_name("shaka_veryfast.py")


def python(cache: Cache) -> Path:
    """Of a virtual environment with the pinned packages, made the first time it is asked for."""
    pins = hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]
    folder = cache.root / f"bench-venv-{pins}"
    if not folder.exists():
        with made_whole(folder) as scratch:
            run([sys.executable, "-m", "venv", scratch])
            # Run as a module: the scripts of a folder that is renamed name the old one.
            pip = (scratch / "bin" / "python", "-m", "pip", "install", "--quiet")
            run([*pip, "--require-hashes", "-r", PINS])
    return folder / "bin" / "python"


def argv(interpreter: Path, asked: Path) -> list[str]:
    return [str(interpreter), str(_SCRIPT), str(asked)]


def ask(source: Path, profile: EncodingProfileSpec, folder: Path) -> Path:
    """A file with all that shaka-streamer is told; returns where it lies."""
    asked = folder / "asked.json"
    asked.write_text(json.dumps(_asked(source, profile, folder / "out"), indent=1))
    return asked


def _asked(source: Path, profile: EncodingProfileSpec, into: Path) -> dict[str, Any]:
    resolutions = {}
    for rung in profile.renditions:
        width, height = size_at(rung.max_height)
        resolutions[rung.name] = {
            "max_width": width,
            "max_height": height,
            "max_frame_rate": float(rung.max_frame_rate),
            "bitrates": {"h264": f"{rung.bitrate_kbps}k"},
        }
    sound = profile.audio[0]
    stereo = {"max_channels": sound.channels, "bitrates": {"aac": f"{sound.bitrate_kbps}k"}}
    # What comes in has six channels; it makes layouts of as many or fewer.
    surround = {**stereo, "max_channels": 6}
    inputs = [
        {"name": str(source), "media_type": "video"},
        {"name": str(source), "media_type": "audio", "channel_layout": "surround"},
    ]
    return {
        "output": str(into),
        "input": {"inputs": inputs},
        "pipeline": {
            "streaming_mode": "vod",
            "resolutions": [rung.name for rung in profile.renditions],
            "channel_layouts": ["stereo"],
            "audio_codecs": ["aac"],
            "video_codecs": ["h264"],
            "manifest_format": ["dash", "hls"],
            # Its GOP is its segment: ours is two seconds.
            "segment_size": profile.gop_duration_millis / 1000,
            "segment_per_file": True,
        },
        "bitrates": {
            "video_resolutions": resolutions,
            "audio_channel_layouts": {"stereo": stereo, "surround": surround},
        },
    }


def playlist_of(folder: Path, height: int) -> Path:
    """Of the rung with so many lines, as its master playlist has it."""
    lines = (folder / "out" / "hls.m3u8").read_text().splitlines()
    for line, following in itertools.pairwise(lines):
        if f"x{height}" in line and line.startswith("#EXT-X-STREAM-INF"):
            return folder / "out" / following
    raise LookupError(f"shaka-streamer made no rung of {height} lines")
