"""TranscodeJob: turn one mezzanine into an adaptive-bitrate title, once."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from .encodingprofile import EncodingProfileSpec
from .guides import TRANSCODEJOB
from .meta import Label, MediaUri, Model, NameRef, Resource, Slug, Status, Warnings
from .observed import Dropped, Output, Playback, ProbeSummary, ResolvedRung
from .rules import LIST_SET, Column, fixed, list_map, rule, rules

EDITABLE = "suspend, priority and ttlSecondsAfterFinished"
FIXED = (
    "input",
    "profileRef",
    "profile",
    "output",
    "packaging",
    "chunking",
    "activeDeadlineSeconds",
    "retry",
    "gpu",
    "verify",
)


class Input(Model):
    """The mezzanine, by address or by asset."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "has(self.uri) != has(self.assetRef)",
                "give either uri or assetRef, and not both",
            )
        )
    )

    uri: Annotated[
        MediaUri | None,
        Field(description="An address, as `streamverse upload FILE` prints it."),
    ] = None
    asset_ref: Annotated[
        NameRef | None, Field(description="A MediaAsset here, whose source is read.")
    ] = None


class OutputPlace(Model):
    """Where the title is published."""

    prefix: Annotated[
        Label | None,
        Field(description="Its name in playback paths; the job's own name if absent."),
    ] = None


class Packaging(Model):
    """Which manifests are served over the one set of CMAF segments."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "self.hls || self.dash",
                "set hls or dash to true: without a manifest nobody can play the title",
            )
        )
    )

    hls: Annotated[bool, Field(description="HLS playlists (RFC 8216).")] = True
    dash: Annotated[bool, Field(description="A DASH manifest (ISO/IEC 23009-1).")] = True


class Chunking(Model):
    """How the work is cut."""

    target_seconds: Annotated[
        int,
        Field(ge=2, le=600, description="Media that a pod encodes; rounded to whole chunks."),
    ] = 30
    parallelism: Annotated[int, Field(ge=1, le=256, description="Pods that encode at once.")] = 2


class Retry(Model):
    """How often work is tried."""

    max_attempts_per_chunk: Annotated[
        int, Field(ge=1, le=10, description="Pods lost to their node do not count.")
    ] = 3


class Gpu(Model):
    """Encoding on GPUs."""

    pool_ref: Annotated[NameRef, Field(description="The GpuPool whose nodes encode.")]


class Verify(Model):
    """What a title must pass before it is published as complete."""

    min_ssim: Annotated[
        float | None,
        Field(ge=0, le=1, description="Least likeness to the source; absent: not measured."),
    ] = None
    av_skew_max_millis: Annotated[
        int, Field(ge=1, le=1000, description="Most that sound and picture may be apart.")
    ] = 40


class TranscodeJobSpec(Model):
    """The work: fixed once the job exists, but for suspend, priority, ttlSecondsAfterFinished."""

    # What shapes output is in here (profile) or was copied into status when the job began, so
    # that neither an edited EncodingProfile nor a newer operator changes a job under way.

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "has(self.profileRef) || has(self.profile)",
                "give profileRef (the name of an EncodingProfile) or profile (the ladder itself)",
                field="profileRef",
            ),
            *(fixed(field, but=EDITABLE) for field in FIXED),
        )
    )

    input: Annotated[Input, Field(description="What is encoded.")]
    profile_ref: Annotated[
        NameRef | None, Field(description="The EncodingProfile; read once, when the job begins.")
    ] = None
    profile: Annotated[
        EncodingProfileSpec | None,
        Field(description="The ladder itself; wins over profileRef. MediaAssets give it."),
    ] = None
    output: Annotated[OutputPlace, Field(description="Where it is published.")] = OutputPlace()
    packaging: Annotated[Packaging, Field(description="Which manifests are served.")] = Packaging()
    chunking: Annotated[Chunking, Field(description="How the work is cut.")] = Chunking()
    priority: Annotated[
        int,
        Field(
            ge=-1000,
            le=1000,
            description="Told to its pods in the annotation streamverse.io/priority, for the "
            "cluster's queueing system; nothing of StreamVerse orders jobs by it yet.",
        ),
    ] = 0
    active_deadline_seconds: Annotated[
        int | None,
        Field(ge=60, le=2_592_000, description="Fail when it runs longer; absent: no limit."),
    ] = None
    retry: Annotated[Retry, Field(description="How often work is tried.")] = Retry()
    gpu: Annotated[Gpu | None, Field(description="Absent: encoded by CPU.")] = None
    verify: Annotated[Verify, Field(description="What it must pass.")] = Verify()
    ttl_seconds_after_finished: Annotated[
        int | None,
        Field(
            ge=0,
            le=31_536_000,
            description="Delete the job, and what it published, this long after it ended; "
            "absent: keep both.",
        ),
    ] = None
    suspend: Annotated[
        bool, Field(description="Stop its pods; finished chunks are kept and found again.")
    ] = False


class Progress(Model):
    """How far it is."""

    chunks_done: Annotated[int, Field(ge=0, description="Tasks of work that are finished.")]
    chunks_total: Annotated[int, Field(ge=0, description="Tasks of work in the title.")]
    percent: Annotated[int, Field(ge=0, le=100, description="chunksDone of chunksTotal.")]
    speed: Annotated[
        str | None,
        Field(max_length=16, description='Media by wall-clock time, as "1.8x".'),
    ] = None


class Timing(Model):
    """When it got where."""

    started_at: Annotated[
        datetime | None,
        Field(
            description="The first step was asked for, whose pod may have to wait for its turn; "
            "absent while suspended, and anew after that."
        ),
    ] = None
    probed_at: Annotated[datetime | None, Field(description="The source was read.")] = None
    playable_at: Annotated[
        datetime | None, Field(description="The beginning could be watched.")
    ] = None
    encoded_at: Annotated[datetime | None, Field(description="The last chunk was done.")] = None
    completed_at: Annotated[datetime | None, Field(description="It ended, well or not.")] = None


class TranscodeJobStatus(Status):
    """What became of the work."""

    profile_hash: Annotated[
        str | None, Field(max_length=64, description="Names the ladder that is used.")
    ] = None
    profile: Annotated[
        EncodingProfileSpec | None,
        Field(description="The ladder as it was when the job began, where spec has none."),
    ] = None
    input_uri: Annotated[
        str | None,
        Field(max_length=2048, description="The source's address as it was when the job began."),
    ] = None
    probe: Annotated[ProbeSummary | None, Field(description="What the source is.")] = None
    resolved_ladder: Annotated[
        tuple[ResolvedRung, ...],
        Field(
            max_length=16,
            description="The rungs that are made.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    dropped: Annotated[
        tuple[Dropped, ...],
        Field(
            max_length=16,
            description="The rungs that are not, and why.",
            json_schema_extra=list_map("name"),
        ),
    ] = ()
    audio: Annotated[
        tuple[Slug, ...],
        Field(
            max_length=8,
            description="The audio renditions that are made.",
            json_schema_extra=LIST_SET,
        ),
    ] = ()
    opening: Annotated[
        int | None,
        Field(
            ge=0,
            description="So many of the first tasks have to be done before it can be watched; "
            "absent while its name plays another title.",
        ),
    ] = None
    progress: Annotated[Progress | None, Field(description="How far it is.")] = None
    outputs: Annotated[
        tuple[Output, ...],
        Field(max_length=24, description="What was published.", json_schema_extra=list_map("name")),
    ] = ()
    playback: Annotated[Playback | None, Field(description="Where it plays.")] = None
    duration_millis: Annotated[int | None, Field(ge=0, description="Of what plays.")] = None
    av_skew_millis: Annotated[
        int | None, Field(description="How far sound and picture were found apart.")
    ] = None
    warnings: Annotated[Warnings, Field(description="What was made good on the way.")] = ()
    timing: Annotated[Timing, Field(description="When it got where.")] = Timing()


class TranscodeJob(Resource[TranscodeJobSpec, TranscodeJobStatus]):
    """Turn one mezzanine into an adaptive-bitrate title: probed, encoded, verified, published."""

    kind: ClassVar = "TranscodeJob"
    plural: ClassVar = "transcodejobs"
    short_name: ClassVar = "tj"
    columns: ClassVar = (
        Column("Profile", ".spec.profileRef.name"),
        Column("Source", ".status.probe.video", priority=1),
        Column("Percent", ".status.progress.percent", "integer"),
        Column("Speed", ".status.progress.speed"),
        Column("HLS", ".status.playback.hls", priority=1),
    )
    guide: ClassVar = TRANSCODEJOB
