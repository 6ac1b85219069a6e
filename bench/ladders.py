"""The ladders that are compared, as our profile and as plain sizes and rates for the peers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from clusters.cache import ROOT
from crds.v1alpha1.encodingprofile import AudioProfile, EncodingProfileSpec, Images, Rendition

if TYPE_CHECKING:
    from pathlib import Path

SMALL_FILE = ROOT / "charts" / "streamverse" / "profiles" / "ladder-small.yaml"
FOUR_RUNGS = EncodingProfileSpec(
    renditions=[
        Rendition(name="240p", max_height=240, max_frame_rate=30, bitrate_kbps=400),
        Rendition(name="360p", max_height=360, max_frame_rate=30, bitrate_kbps=800),
        Rendition(name="480p", max_height=480, max_frame_rate=30, bitrate_kbps=1400),
        Rendition(name="720p", max_height=720, max_frame_rate=30, bitrate_kbps=2500),
    ],
    audio=[AudioProfile(name="stereo", bitrate_kbps=128, channels=2)],
    images=Images(thumbnails_every_seconds=0),  # no peer makes thumbnails
)


def ladder_small(file: Path = SMALL_FILE) -> EncodingProfileSpec:
    """As it is shipped."""
    return EncodingProfileSpec.model_validate(yaml.safe_load(file.read_text())["spec"])


def size_at(lines: int) -> tuple[int, int]:
    """Of a 16:9 picture with so many lines; even, as chroma has half of each."""
    return 2 * round(lines * 16 / 9 / 2), lines


def peak_kbps(rung: Rendition) -> int:
    return rung.max_bitrate_kbps or rung.bitrate_kbps * 3 // 2
