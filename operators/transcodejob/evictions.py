"""Pods that needed more of the node's disk than there is for them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crds.v1alpha1.reasons import InputReason, JobReason
from operators.transcodejob.stages import Finding, Seen, Stage

if TYPE_CHECKING:
    from crds.v1alpha1 import TranscodeJob
    from operators.transcodejob.observe import StepPod

_OF_THE_POD = ("emptydir volume", "ephemeral local storage", "local ephemeral storage")
"""The kubelet's words when a pod went over its own limit."""
_OF_THE_NODE = "low on resource: ephemeral-storage"
_ENOUGH = 3
"""Kubernetes takes a pod that the node had no room for as nobody's fault, and makes another for
ever; three times on end it is not chance."""


def no_room(_: TranscodeJob, stage: Stage, seen: Seen) -> Finding | None:
    job = seen.jobs.get(stage.step or "")
    if job is None or job.complete:
        return None
    evicted = [pod for pod in job.pods if pod.ended_because == "Evicted"]
    over = next((pod for pod in evicted if _over_its_limit(pod)), None)
    if over is not None and job.failed:
        message = (
            f"pod {over.name} needed more of the node's disk than it may use; "
            "raise operator.scratch.limit, then make a new job"
        )
        return Finding(InputReason.TOO_LARGE, message, stage.step)
    crowded = [pod for pod in evicted if _OF_THE_NODE in pod.said.lower()]
    if len(crowded) < _ENOUGH:
        return None
    message = (
        f"the node's disk was full {len(crowded)} times while {stage.step} ran; "
        "make room on it, or give nodes larger disks, then make a new job"
    )
    return Finding(JobReason.SCRATCH_FULL, message, stage.step)


def _over_its_limit(pod: StepPod) -> bool:
    return any(words in pod.said.lower() for words in _OF_THE_POD)
