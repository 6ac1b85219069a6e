"""EncodingProfile: the ladder that titles and channels are encoded to. Cluster-scoped."""

from typing import Annotated, Literal

from pydantic import Field

from .meta import Model

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", max_length=32)]


class Rendition(Model):
    """One rung of the ladder. A rung is never upscaled and never faster than the source."""

    name: Annotated[Name, Field(description="Unique in the profile; part of the URL.")]
    codec: Literal["H264", "H265", "VP9", "AV1"] = "H264"
    max_height: Annotated[
        int,
        Field(ge=64, le=4320, description="Lines; for a portrait source, columns."),
    ]
    max_frame_rate: Annotated[int, Field(ge=1, le=120, description="Frames per second.")] = 60
    bitrate_kbps: Annotated[int, Field(ge=30, le=200_000, description="Average.")]
    max_bitrate_kbps: Annotated[
        int | None,
        Field(ge=30, le=300_000, description="Peak; 1.5 times the average if absent."),
    ] = None
    hdr: Annotated[
        Literal["Passthrough", "ToneMap", "Forbid"],
        Field(description="What becomes of an HDR source: kept, tone-mapped to SDR, or no rung."),
    ] = "ToneMap"
    optional: Annotated[
        bool, Field(description="Dropped when this cluster has no encoder for it.")
    ] = False


class AudioProfile(Model):
    """One audio rendition."""

    name: Name
    codec: Literal["AAC", "Opus", "EAC3"] = "AAC"
    bitrate_kbps: Annotated[int, Field(ge=16, le=1024)] = 128
    channels: Annotated[
        int, Field(ge=1, le=8, description="At most; a source with fewer keeps its own.")
    ] = 2
    loudness_lufs: Annotated[
        int | None,
        Field(ge=-40, le=-5, description="Integrated loudness to normalise to (EBU R 128)."),
    ] = None
    if_missing: Annotated[
        Literal["Silence", "Omit", "Fail"],
        Field(description="When the source has no audio."),
    ] = "Silence"


class Images(Model):
    thumbnails_every_seconds: Annotated[
        int, Field(ge=0, le=600, description="0 makes no thumbnails.")
    ] = 10


class EncodingProfileSpec(Model):
    segment_duration_millis: Annotated[
        int, Field(ge=1000, le=12_000, description="Nominal; a whole multiple of the GOP.")
    ] = 4000
    gop_duration_millis: Annotated[
        int, Field(ge=500, le=12_000, description="Nominal: whole frames at the output rate.")
    ] = 2000
    renditions: Annotated[list[Rendition], Field(min_length=1, max_length=16)]
    audio: Annotated[list[AudioProfile], Field(max_length=8)] = []
    images: Images = Images()
    encoder: Literal["Auto", "Software", "Nvenc"] = "Auto"
