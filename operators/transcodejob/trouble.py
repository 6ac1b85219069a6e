"""What ended a TranscodeJob, and what holds it up. Pure.

Ordered small decisions, each answering a finding or nothing; the first that answers wins.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crds.v1alpha1.reasons import InputReason, JobReason
from operators.transcodejob.evictions import no_room
from operators.transcodejob.observe import StepJob, StepPod, failure_of
from operators.transcodejob.stages import Finding, Seen, Stage

if TYPE_CHECKING:
    from crds.v1alpha1 import TranscodeJob

PATIENCE = timedelta(seconds=20)
"""How long a pod may take to be made and to find a node before anybody is told."""
STORE_PAUSE = timedelta(seconds=20)
"""Before a step that the store failed is tried anew."""


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


_FAILURES: tuple[Judge, ...] = (_too_late, no_room, _step_failed)


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
