"""What the operator and a media pod say to one another: the order going in, the report coming out.

The order travels in the environment variable STREAMVERSE_ORDER; the report is the container's
termination message, JSON of at most 4 KiB. Neither side knows more of the other.
"""

from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field

from crds.v1alpha1.encodingprofile import EncodingProfileSpec
from crds.v1alpha1.meta import Model


class Exit(IntEnum):
    """How a batch pod ends; the Job's podFailurePolicy is written against these."""

    DONE = 0
    REFUSED = 2
    """Permanent: trying again cannot help. The report says why."""
    TRY_AGAIN = 75
    """Transient (EX_TEMPFAIL of sysexits.h): the store was away, the node was pressed."""


class Order(Model):
    """All that a batch pod is told. Whatever shapes output is in here or in the plan."""

    tenant: str
    """The namespace."""
    title: str
    """The TranscodeJob's uid."""
    name: str
    """What to publish as: unique in the tenant."""
    input_uri: str
    profile: EncodingProfileSpec
    target_chunk_seconds: int = 30
    min_ssim: Annotated[float | None, Field(ge=0, le=1)] = None
    av_skew_max_millis: int = 40
    hls: bool = True
    dash: bool = True
    max_input_gibibytes: int = 100
    max_pixels: int = 8192 * 4320
    allow_cidrs: tuple[str, ...] = ()
    """Private networks that an https input may live in; by default none."""


class Dropped(Model):
    """A rung that was not made."""

    name: str
    reason: Annotated[
        Literal["Upscale", "Duplicate", "HdrForbidden", "SdrSource", "NoEncoder", "NoVideo"],
        Field(description="CamelCase, for machines."),
    ]
    message: Annotated[str, Field(max_length=256)] = ""


class ResolvedRung(Model):
    """A rung as it is made: every choice taken."""

    name: str
    codec: str
    width: int
    height: int
    frame_rate: Annotated[str, Field(description='Exact, as "30000/1001".', max_length=24)]
    bitrate_kbps: int
    transfer: str = "SDR"


class ProbeSummary(Model):
    """What was found in the source."""

    container: Annotated[str, Field(max_length=64)]
    duration_millis: int
    size_bytes: int
    video: Annotated[str, Field(max_length=128, description="Codec, size, rate and kind.")] = ""
    audio: Annotated[str, Field(max_length=256)] = ""
    width: int = 0
    height: int = 0
    frame_rate: Annotated[str, Field(max_length=24)] = ""
    variable_frame_rate: bool = False
    interlaced: bool = False
    rotation: int = 0
    transfer: Annotated[str, Field(max_length=16)] = "SDR"
    audio_channels: int = 0
    timecode: Annotated[str, Field(max_length=16)] = ""


class ProbeReport(Model):
    step: Literal["probe"] = "probe"
    probe: ProbeSummary
    ladder: list[ResolvedRung]
    dropped: list[Dropped] = []
    audio: list[str] = []
    """Names of the audio renditions."""
    chunks_total: int
    """Tasks of work in the title, done before or not."""
    tasks: int
    """Completions for the encode Job; 0 when everything was found in the store."""
    warnings: list[str] = []


class EncodeReport(Model):
    step: Literal["encode"] = "encode"
    task: str
    media_millis: int
    wall_millis: int
    reused: bool = False
    """Somebody else had finished it meanwhile."""
    warnings: list[str] = []


class Output(Model):
    """A rendition as it was published and measured."""

    name: str
    codecs: str
    bytes: int
    average_kbps: int
    peak_kbps: int
    ssim: float | None = None


class PublishReport(Model):
    step: Literal["publish"] = "publish"
    duration_millis: int
    av_skew_millis: int
    outputs: list[Output]
    hls_path: str | None = None
    """Below the origin, as /vod/{tenant}.{name}/master.m3u8."""
    dash_path: str | None = None
    warnings: list[str] = []


class RetireReport(Model):
    step: Literal["retire"] = "retire"
    deleted_objects: int


class Failure(Model):
    step: Literal["failure"] = "failure"
    reason: str
    """CamelCase; one of the reasons of TranscodeJob's Failed condition."""
    message: Annotated[str, Field(max_length=1024)]


Report = Annotated[
    ProbeReport | EncodeReport | PublishReport | RetireReport | Failure,
    Field(discriminator="step"),
]
