"""Builders: a TranscodeJob, its Jobs and pods, as the API server would tell of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from crds.v1alpha1 import EncodingProfileSpec, TranscodeJob
from crds.v1alpha1.transcodejob import TranscodeJobStatus
from crds.work import (
    EncodeReport,
    Output,
    ProbeReport,
    ProbeSummary,
    PublishReport,
    ResolvedRung,
)
from operators.cache import trimmed
from operators.kinds import JOB
from operators.reconcile import Desired
from operators.transcodejob.desired import desired
from operators.transcodejob.observe import STEP, StepJob, step_jobs
from operators.transcodejob.order import Wishes
from operators.transcodejob.pods import Platform
from operators.transcodejob.stages import Seen

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PLATFORM = Platform("media:1")
LADDER = EncodingProfileSpec.model_validate(
    {"renditions": [{"name": "240p", "maxHeight": 240, "bitrateKbps": 400}]}
)
SOURCE = "s3://streamverse/demo/uploads/pilot.mp4"
TITLE = {"input": {"uri": SOURCE}, "profile": LADDER.model_dump(mode="json", by_alias=True)}
"""The spec of a TranscodeJob, as the API server has it."""
WISHES = Wishes(LADDER, SOURCE)

PROBED = ProbeReport(
    probe=ProbeSummary(container="mp4", duration_millis=60_000, size_bytes=9, video="h264 720p25"),
    ladder=[
        ResolvedRung(
            name="240p", codec="H264", width=426, height=240, frame_rate="25", bitrate_kbps=400
        )
    ],
    chunks_total=4,
    tasks=3,
    warnings=["the source's frame rate varies"],
)
PUBLISHED = PublishReport(
    duration_millis=60_000,
    av_skew_millis=2,
    outputs=[Output(name="240p", codecs="avc1", bytes=9, average_kbps=390, peak_kbps=450)],
    hls_path="/vod/demo.pilot/master.m3u8",
)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def wire(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def pilot(
    status: TranscodeJobStatus | None = None, *, generation: int = 1, **spec: object
) -> TranscodeJob:
    manifest: dict[str, Any] = {
        "metadata": {
            "name": "pilot",
            "namespace": "demo",
            "uid": "u1",
            "generation": generation,
            "labels": spec.pop("labels", {}),
        },
        "spec": {"input": {"uri": SOURCE}, "profile": LADDER.model_dump(by_alias=True), **spec},
    }
    job = TranscodeJob.model_validate(manifest)
    return job.model_copy(update={"status": status})


def pod(
    index: int = 0,
    *,
    report: BaseModel | None = None,
    code: int | None = None,
    because: str = "",
    waiting: str = "",
    unschedulable: str = "",
    running: bool = False,
    at: datetime = NOON,
    job: str = "",
) -> dict[str, Any]:
    """Ended if it has an exit code or a report; waiting, running or new otherwise."""
    status: dict[str, Any] = {"phase": "Pending"}
    state: dict[str, Any] = {}
    if report is not None or code is not None:
        ended = {
            "exitCode": code or 0,
            "reason": because,
            "message": report.model_dump_json(by_alias=True) if report else "",
            "finishedAt": wire(at),
        }
        state = {"terminated": ended}
        status["phase"] = "Failed" if code else "Succeeded"
    elif running:
        state, status["phase"] = {"running": {}}, "Running"
    elif waiting:
        state = {"waiting": {"reason": waiting, "message": "of the kubelet"}}
    if unschedulable:
        said = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
        status["conditions"] = [{**said, "message": unschedulable}]
    return {
        "metadata": {
            "name": f"pilot-{index}",
            "uid": f"pod-{index}",
            "creationTimestamp": wire(at),
            "labels": {"batch.kubernetes.io/job-completion-index": str(index)},
            "ownerReferences": [{"uid": f"{job}-uid", "controller": True}],
        },
        "status": {**status, "containerStatuses": [{"state": state}]},
    }


def job_of(
    step: str,
    pods: Sequence[Mapping[str, Any]] = (),
    *,
    ended: str = "",
    completed: str = "",
    completions: int = 1,
    at: datetime = NOON,
    message: str = "",
    image: str = "media:1",
) -> StepJob:
    """`ended` is "", "Complete" or "Failed"."""
    container = {"name": step, "image": image}
    status: dict[str, Any] = {"startTime": wire(NOON), "completedIndexes": completed}
    if ended:
        said = {"type": ended, "status": "True", "lastTransitionTime": wire(at)}
        status["conditions"] = [{**said, "message": message}]
    manifest = {
        "metadata": {
            "name": f"pilot-{step}",
            "uid": f"{step}-uid",
            "resourceVersion": "7",
            "creationTimestamp": wire(NOON),
            "labels": {STEP: step},
        },
        "spec": {
            "completions": completions,
            "template": {"spec": {"containers": [container]}},
        },
        "status": status,
    }
    ours = {"ownerReferences": [{"uid": f"{step}-uid"}]}
    mine = [{**p, "metadata": p["metadata"] | ours} for p in pods]
    return step_jobs([trimmed(JOB, manifest)], mine)[step]


def probe_done(report: ProbeReport = PROBED, *, image: str = "media:1") -> StepJob:
    return job_of("probe", [pod(report=report)], ended="Complete", at=later(5), image=image)


def encode_done() -> StepJob:
    return job_of("encode", ended="Complete", completed="0-2", completions=3, at=later(50))


def publish_done() -> StepJob:
    return job_of("publish", [pod(report=PUBLISHED)], ended="Complete", at=later(60))


def chunk(index: int, *, at: datetime) -> dict[str, Any]:
    report = EncodeReport(task=f"chunk/{index}", media_millis=30_000, wall_millis=10_000)
    return pod(index, report=report, at=at)


def seen(
    *jobs: StepJob,
    at: datetime = NOON,
    wishes: Wishes = WISHES,
    rival: str | None = None,
    owned: bool = False,
    complaint: str | None = None,
) -> Seen:
    by_step = {job.manifest["metadata"]["labels"][STEP]: job for job in jobs}
    return Seen(
        now=at,
        wishes=wishes,
        jobs=by_step,
        rival=rival,
        owned=owned,
        complaint=complaint,
    )


def decide(job: TranscodeJob, what: Seen) -> Desired[TranscodeJobStatus]:
    return desired(job, what, PLATFORM)


def says(wanted: Desired[TranscodeJobStatus], condition: str) -> tuple[str, str]:
    assert wanted.status is not None
    said = wanted.status.condition(condition)
    assert said is not None, condition
    return said.status, said.reason
