"""Builders: a rung, a track and a chunk that are only numbers."""

from fractions import Fraction
from typing import Any

from media_runtime.title.plan import ByteRange, Chunk, VideoRung, VideoTrack

TRACK = VideoTrack(stream=0, start_seconds=Fraction(0))


def rung(name: str = "360p", **other: Any) -> VideoRung:  # noqa: ANN401
    fields: dict[str, Any] = {
        "codec": "H264",
        "width": 640,
        "height": 360,
        "rate": Fraction(25),
        "timescale": 12_800,
        "ticks_per_frame": 512,
        "gop_frames": 50,
        "segment_frames": 100,
        "frames": 1000,
        "bitrate_kbps": 800,
        "max_bitrate_kbps": 1200,
    }
    return VideoRung(name=name, **{**fields, **other})


def chunk(first_segment: int = 0, segments: int = 2) -> Chunk:
    return Chunk(
        index=0,
        first_segment=first_segment,
        segments=segments,
        seek_seconds=Fraction(first_segment * 4),
        reads=(ByteRange(offset=0, length=1),),
        keys={"360p": "k"},
    )
