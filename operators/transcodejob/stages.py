"""How far a TranscodeJob has come, what ended it, and what holds it up. Pure.

Ordered small decisions, each answering a finding or nothing; the first that answers wins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from crds.v1alpha1.reasons import InputReason, JobReason
from crds.work import ProbeReport, PublishReport
from operators.transcodejob.observe import Step, StepJob, StepPod, failure_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crds.v1alpha1 import TranscodeJob
    from operators.transcodejob.order import Wishes

R = TypeVar("R", ProbeReport, PublishReport)

PATIENCE = timedelta(seconds=20)
"""How long a pod may take to be made and to find a node before anybody is told."""
STORE_PAUSE = timedelta(seconds=20)
"""Before a step that the store failed is tried anew."""


@dataclass(frozen=True)
class Finding:
    """A reason and a sentence, as conditions give them."""

    reason: str
    message: str
    step: Step | None = None
    """Where it was met; None: before any step, which then is not begun."""


@dataclass(frozen=True)
class Seen:
    """Everything that was observed for one decision."""

    now: datetime
    wishes: Wishes
    jobs: Mapping[str, StepJob] = field(default_factory=dict)
    rival: str | None = None
    """Another job that publishes under the same name, and has the better right to."""
    replaces: bool = False
    """Its name stands for an older title, which plays on until this one is published."""
    owned: bool = False
    """By a MediaAsset, which then decides how long it stays."""
    complaint: str | None = None
    """What the Job controller said when it could not make a pod."""


@dataclass(frozen=True)
class Stage:
    """Where the job stands: its next step, with what the steps before it reported."""

    step: Step | None
    """None: all are done."""
    probe: ProbeReport | None = None
    publish: PublishReport | None = None
    mute: StepJob | None = None
    """A step that ended well but left no report that can be read: it is made to run again."""


def stage_of(job: TranscodeJob, seen: Seen) -> Stage:
    """What is done stays done, by condition, even when the Jobs that did it are gone."""
    probed, probe_mute = _report(seen.jobs.get("probe"), ProbeReport)
    published, publish_mute = _report(seen.jobs.get("publish"), PublishReport)
    encode = seen.jobs.get("encode")
    if _latched(job, "Encoded") or (encode is not None and encode.complete):
        step: Step | None = None if published else "publish"
        return Stage(step, probed, published, publish_mute)
    if encode is not None:
        return Stage("encode", probed)
    if probed is None:
        # Also when it is known to be probed but the count of tasks is lost with the pod.
        return Stage("probe", mute=probe_mute)
    return Stage("encode" if probed.tasks else "publish", probed, published, publish_mute)


def _report(job: StepJob | None, kind: type[R]) -> tuple[R | None, StepJob | None]:
    if job is None or not job.complete:
        return None, None
    found = next((pod.report for pod in job.pods if isinstance(pod.report, kind)), None)
    return found, None if found else job


def _latched(job: TranscodeJob, condition: str) -> bool:
    said = job.status.condition(condition) if job.status else None
    return said is not None and said.status == "True"


def failure(job: TranscodeJob, stage: Stage, seen: Seen) -> Finding | None:
    """What ended the job, if anything did."""
    return _first(_FAILURES, job, stage, seen)


def hold(job: TranscodeJob, stage: Stage, seen: Seen) -> Finding | None:
    """What keeps the next step from being started or from going on, if anything does."""
    return _first(_HOLDS, job, stage, seen)


Judge = Callable[["TranscodeJob", Stage, Seen], Finding | None]


def _first(
    judges: tuple[Judge, ...], job: TranscodeJob, stage: Stage, seen: Seen
) -> Finding | None:
    return next((found for judge in judges if (found := judge(job, stage, seen))), None)


def deadline(job: TranscodeJob) -> datetime | None:
    started = job.status.timing.started_at if job.status else None
    limit = job.spec.active_deadline_seconds
    return started + timedelta(seconds=limit) if started and limit else None


def _too_late(job: TranscodeJob, stage: Stage, seen: Seen) -> Finding | None:
    ends = deadline(job)
    if job.spec.suspend or ends is None or seen.now < ends or stage.step is None:
        return None
    message = (
        f"did not complete within {job.spec.active_deadline_seconds} s; "
        "raise activeDeadlineSeconds in a new job"
    )
    return Finding(JobReason.DEADLINE_EXCEEDED, message, stage.step)


def _step_failed(_: TranscodeJob, stage: Stage, seen: Seen) -> Finding | None:
    step = stage.step
    failed = seen.jobs.get(step or "")
    if step is None or failed is None or not failed.failed or store_was_away(failed):
        return None
    said, pod = failure_of(failed)
    if said is None:
        reason = JobReason.ENCODE_FAILED if step == "encode" else JobReason.REPORT_MISSING
        return Finding(reason, f"{step}: {_how_it_ended(failed, pod)}", step)
    if said.reason in _SPOKEN:
        return Finding(said.reason, said.message, step)
    reason = JobReason.ENCODE_FAILED if step == "encode" else JobReason.ATTEMPTS_USED
    return Finding(reason, f"{step} was tried as often as it may be: {said.message}", step)


_SPOKEN = frozenset({*map(str, InputReason), *map(str, JobReason)})
"""What a pod may give as the reason; another word of its own means that it was worth a try."""


def _how_it_ended(job: StepJob, pod: StepPod | None) -> str:
    if pod is None:
        return f"{job.verdict}; `kubectl describe job {job.name}` tells more"
    code = f" with exit code {pod.exit_code}" if pod.exit_code is not None else ""
    why = f" ({pod.ended_because})" if pod.ended_because else ""
    hint = "; it needs more memory" if pod.ended_because == "OOMKilled" else ""
    return f"pod {pod.name} ended{code}{why}{hint}; {job.verdict}"


_FAILURES: tuple[Judge, ...] = (_too_late, _step_failed)


def _suspended(job: TranscodeJob, _stage: Stage, _seen: Seen) -> Finding | None:
    if not job.spec.suspend:
        return None
    return Finding(JobReason.SUSPENDED, "spec.suspend is true; set it to false to go on")


def _asset_missing(job: TranscodeJob, _stage: Stage, seen: Seen) -> Finding | None:
    if seen.wishes.input_uri is not None or job.spec.input.asset_ref is None:
        return None
    name = job.spec.input.asset_ref.name
    return Finding(
        JobReason.ASSET_NOT_FOUND,
        f'there is no MediaAsset "{name}" in this namespace; create it, or make a new job',
    )


def _profile_missing(job: TranscodeJob, _stage: Stage, seen: Seen) -> Finding | None:
    if seen.wishes.profile is not None or job.spec.profile_ref is None:
        return None
    name = job.spec.profile_ref.name
    return Finding(
        JobReason.PROFILE_NOT_FOUND,
        f'there is no EncodingProfile "{name}"; create it, or make a new job',
    )


def _gpu_missing(job: TranscodeJob, _stage: Stage, _seen: Seen) -> Finding | None:
    if job.spec.gpu is None:
        return None
    name = job.spec.gpu.pool_ref.name
    return Finding(
        JobReason.GPU_POOL_NOT_FOUND,
        f'there is no GpuPool "{name}"; leave gpu out to encode by CPU',
    )


def _name_taken(_job: TranscodeJob, _stage: Stage, seen: Seen) -> Finding | None:
    if seen.rival is None:
        return None
    return Finding(
        JobReason.NAME_TAKEN,
        f'TranscodeJob "{seen.rival}" publishes under the same name; '
        "choose another output.prefix, or delete that job",
    )


def _store_away(_: TranscodeJob, stage: Stage, seen: Seen) -> Finding | None:
    step_job = seen.jobs.get(stage.step or "")
    if step_job is None or not step_job.failed or not store_was_away(step_job):
        return None
    return Finding(JobReason.STORE_AWAY, "the store does not answer; it is tried again", stage.step)


def store_was_away(job: StepJob) -> bool:
    """That the store was down is not the job's failure: it waits for it."""
    said, _ = failure_of(job)
    return said is not None and said.reason == JobReason.STORE_AWAY


def _blocked(_: TranscodeJob, stage: Stage, seen: Seen) -> Finding | None:
    """Only when nothing of the step runs: a chunk that waits for its turn is no trouble."""
    step_job = seen.jobs.get(stage.step or "")
    if step_job is None or not step_job.active or any(p.started for p in step_job.pods):
        return None
    held = next((pod for pod in step_job.pods if pod.held_up_by and _stuck(pod, seen.now)), None)
    if held is not None and held.held_up_by is not None:
        reason, why = held.held_up_by
        return Finding(_plainly(reason), _sentence(reason, why), stage.step)
    since = step_job.started_at or step_job.created_at
    if step_job.pods or since is None or seen.now - since < PATIENCE:
        return None
    why = seen.complaint or f"`kubectl describe job {step_job.name}` tells why"
    full = "exceeded quota" in why
    reason = JobReason.QUOTA_EXCEEDED if full else JobReason.POD_BLOCKED
    return Finding(reason, f"no pod could be made: {why}", stage.step)


def _stuck(pod: StepPod, now: datetime) -> bool:
    reason = pod.held_up_by[0] if pod.held_up_by else ""
    # A pod is Unschedulable for a moment whenever another one is just leaving.
    return reason != "Unschedulable" or pod.created_at is None or now - pod.created_at >= PATIENCE


_IMAGE = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"}


def _plainly(reason: str) -> str:
    """One word for what the kubelet alternates between, so that status does not flicker."""
    if reason in {"Unschedulable", "SchedulingGated"}:
        return JobReason.UNSCHEDULABLE
    return JobReason.IMAGE_PULL if reason in _IMAGE else JobReason.POD_BLOCKED


def _sentence(reason: str, why: str) -> str:
    if reason in _IMAGE:
        return "the media image cannot be had on the node; load it, or correct images.media"
    if reason == "Unschedulable":
        return f"no node has room: {why.split(' preemption:', maxsplit=1)[0]}"
    return f"the pod does not start: {reason}{': ' if why else ''}{why}"


_HOLDS: tuple[Judge, ...] = (
    _suspended,
    _asset_missing,
    _profile_missing,
    _gpu_missing,
    _name_taken,
    _store_away,
    _blocked,
)
