"""What the operator and a media pod say to one another: the order going in, the report coming out.

The order travels in the environment variable STREAMVERSE_ORDER; the report is the container's
termination message, JSON of at most 4 KiB. Neither side knows more of the other.
"""

from enum import IntEnum
from typing import Annotated, Literal

from pydantic import Field

from crds.v1alpha1.encodingprofile import EncodingProfileSpec
from crds.v1alpha1.meta import Model
from crds.v1alpha1.observed import Dropped, Output, ProbeSummary, ResolvedRung

__all__ = [
    "Dropped",
    "EncodeReport",
    "Exit",
    "Failure",
    "Order",
    "Output",
    "ProbeReport",
    "ProbeSummary",
    "PublishReport",
    "Report",
    "ResolvedRung",
    "RetireReport",
]


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
    rank: str = ""
    """Of titles that want one name, the one with the greater rank was wished for later."""
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


class ProbeReport(Model):
    step: Literal["probe"] = "probe"
    probe: ProbeSummary
    ladder: tuple[ResolvedRung, ...]
    dropped: tuple[Dropped, ...] = ()
    audio: tuple[str, ...] = ()
    """Names of the audio renditions."""
    chunks_total: int
    """Tasks of work in the title, done before or not."""
    tasks: int
    """Completions for the encode Job; 0 when everything was found in the store."""
    opening: int = 2
    """So many of the first tasks have to be done before a player can begin."""
    holds_name: bool = True
    """The name leads to this title already; False: another one plays until this is published."""
    warnings: tuple[str, ...] = ()


class EncodeReport(Model):
    step: Literal["encode"] = "encode"
    task: str
    media_millis: int
    wall_millis: int
    reused: bool = False
    """Somebody else had finished it meanwhile."""
    warnings: tuple[str, ...] = ()


class PublishReport(Model):
    step: Literal["publish"] = "publish"
    duration_millis: int
    av_skew_millis: int
    outputs: tuple[Output, ...]
    superseded_by: str | None = None
    """The title that keeps the name, for it was wished for later; this one is complete too."""
    hls_path: str | None = None
    """Below the origin, as /vod/{tenant}.{name}/master.m3u8."""
    dash_path: str | None = None
    warnings: tuple[str, ...] = ()


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
