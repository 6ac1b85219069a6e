"""EncodingProfile: the ladder that titles and channels are encoded to. Cluster-scoped."""

from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from .guides import ENCODINGPROFILE
from .meta import Model, Resource, Slug, Status
from .rules import Column, list_map, not_uploads, rule, rules


class Rendition(Model):
    """One rung of the ladder. A rung is never upscaled and never faster than the source."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "!has(self.maxBitrateKbps) || self.maxBitrateKbps >= self.bitrateKbps",
                "maxBitrateKbps must be at least bitrateKbps; raise it or leave it out",
                field="maxBitrateKbps",
            ),
            rule(
                "self.codec != 'H264' || self.hdr != 'Passthrough'",
                "H264 rungs carry no HDR: set hdr to ToneMap or Forbid, or codec to H265 or AV1",
                field="hdr",
            ),
            not_uploads("name", field="name"),
        )
    )

    name: Annotated[Slug, Field(description="Unique in the profile; part of the URL.")]
    codec: Annotated[
        Literal["H264", "H265", "VP9", "AV1"],
        Field(description="H264 plays everywhere; the others need fewer bits."),
    ] = "H264"
    max_height: Annotated[
        int,
        Field(ge=64, le=4320, description="Lines; for a portrait source, columns."),
    ]
    max_frame_rate: Annotated[
        int, Field(ge=1, le=120, description="Frames per second, at most.")
    ] = 60
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

    model_config = ConfigDict(json_schema_extra=rules(not_uploads("name", field="name")))

    name: Annotated[Slug, Field(description="Unique in the profile; part of the URL.")]
    codec: Annotated[Literal["AAC", "Opus", "EAC3"], Field(description="AAC plays everywhere.")] = (
        "AAC"
    )
    bitrate_kbps: Annotated[int, Field(ge=16, le=1024, description="Of all channels together.")] = (
        128
    )
    channels: Annotated[
        int, Field(ge=1, le=8, description="At most; a source with fewer keeps its own.")
    ] = 2
    loudness_lufs: Annotated[
        int | None,
        Field(ge=-40, le=-5, description="Integrated loudness to normalise to (EBU R 128)."),
    ] = None
    if_missing: Annotated[
        Literal["Silence", "Omit", "Fail"],
        Field(description="When the source has no audio: make silence, no rendition, or fail."),
    ] = "Silence"


class Images(Model):
    """Pictures beside the title."""

    thumbnails_every_seconds: Annotated[
        int, Field(ge=0, le=600, description="For the seek bar; 0 makes no thumbnails.")
    ] = 10


class EncodingProfileSpec(Model):
    """A ladder: what is made of a source."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.segmentDurationMillis % self.gopDurationMillis == 0",
                "segmentDurationMillis must be a whole multiple of gopDurationMillis, "
                "as 4000 and 2000",
                field="segmentDurationMillis",
            ),
            rule(
                "self.renditions.all(a, self.renditions.exists_one(b, a.codec == b.codec "
                "&& a.maxHeight == b.maxHeight && a.maxFrameRate == b.maxFrameRate "
                "&& a.bitrateKbps == b.bitrateKbps && a.hdr == b.hdr))",
                "two renditions are equal in all but name; remove one of them",
                field="renditions",
            ),
        )
    )

    segment_duration_millis: Annotated[
        int,
        Field(ge=1000, le=12_000, description="Nominal; a whole multiple of gopDurationMillis."),
    ] = 4000
    gop_duration_millis: Annotated[
        int, Field(ge=500, le=12_000, description="Nominal: whole frames at the output rate.")
    ] = 2000
    renditions: Annotated[
        tuple[Rendition, ...],
        Field(
            min_length=1,
            max_length=16,
            description="The rungs, lowest first.",
            json_schema_extra=list_map("name"),
        ),
    ]
    audio: Annotated[
        tuple[AudioProfile, ...],
        Field(
            max_length=8,
            description="The audio renditions; none makes a title without sound.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    images: Annotated[Images, Field(description="Poster and thumbnails.")] = Images()
    encoder: Annotated[
        Literal["Auto", "Software", "Nvenc"],
        Field(description="Auto takes a GPU's encoder where the job has one."),
    ] = "Auto"


class EncodingProfileStatus(Status):
    """What the operator made of the ladder."""

    hash: Annotated[
        str | None, Field(max_length=64, description="Names this version of the ladder.")
    ] = None
    ladder: Annotated[
        str | None, Field(max_length=640, description="The rungs' names in one line.")
    ] = None


class EncodingProfile(Resource[EncodingProfileSpec, EncodingProfileStatus]):
    """A ladder of renditions that titles and channels are encoded to."""

    kind: ClassVar = "EncodingProfile"
    plural: ClassVar = "encodingprofiles"
    # `kubectl get ep` is core Endpoints: Kubernetes' own kinds come first.
    short_name: ClassVar = "eprof"
    also_short: ClassVar = ("ep",)
    namespaced: ClassVar = False
    columns: ClassVar = (
        Column("Ladder", ".status.ladder"),
        Column("Segment-ms", ".spec.segmentDurationMillis", "integer"),
        Column("Encoder", ".spec.encoder", priority=1),
        Column("Hash", ".status.hash", priority=1),
    )
    guide: ClassVar = ENCODINGPROFILE
