"""A TranscodeJob's Jobs and pods, as far as its decisions read them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter, ValidationError

from crds.v1alpha1.meta import GROUP
from crds.work import Failure, Report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.v1alpha1.meta import Manifest

Step = Literal["probe", "encode", "publish", "retire", "sweep"]
STEP = f"{GROUP}/step"
"""The label that says which step a Job or a pod is."""

_REPORT: TypeAdapter[Report] = TypeAdapter(Report)
_INDEX = "batch.kubernetes.io/job-completion-index"


@dataclass(frozen=True)
class StepPod:
    name: str
    phase: str
    index: int = 0
    report: Report | None = None
    exit_code: int | None = None
    ended_because: str = ""
    """The container's, as OOMKilled, or the pod's, as Evicted."""
    said: str = ""
    """The kubelet's sentence about the pod, as why it was evicted."""
    ended_at: datetime | None = None
    held_up_by: tuple[str, str] | None = None
    """Why it does not start: a reason as ImagePullBackOff or Unschedulable, and a sentence."""
    started: bool = False
    created_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def alive(self) -> bool:
        return self.phase not in {"Succeeded", "Failed"}


@dataclass(frozen=True)
class StepJob:
    manifest: Manifest
    pods: tuple[StepPod, ...] = ()

    @property
    def name(self) -> str:
        return str(self.manifest["metadata"]["name"])

    @property
    def image(self) -> str:
        return str(self.manifest["spec"]["template"]["spec"]["containers"][0]["image"])

    @property
    def going(self) -> bool:
        return "deletionTimestamp" in self.manifest["metadata"]

    @property
    def complete(self) -> bool:
        """By its own word, or by that of its pods: Kubernetes says it up to three seconds later."""
        return self._condition("Complete") is not None or (
            not self.failed and len(self._reported) == self.completions
        )

    @property
    def failed(self) -> bool:
        return self._condition("Failed") is not None

    @property
    def active(self) -> bool:
        return not (self.complete or self.failed)

    @property
    def ended_at(self) -> datetime | None:
        ended = self._condition("Complete") or self._condition("Failed")
        if ended:
            return _time(ended.get("lastTransitionTime"))
        if not self.complete:
            return None
        return max((pod.ended_at for pod in self.pods if pod.ended_at), default=None)

    @property
    def created_at(self) -> datetime | None:
        return _time(self.manifest["metadata"].get("creationTimestamp"))

    @property
    def started_at(self) -> datetime | None:
        return _time(self.manifest.get("status", {}).get("startTime"))

    @property
    def verdict(self) -> str:
        """Why Kubernetes gave it up."""
        failed = self._condition("Failed") or {}
        return str(failed.get("message") or failed.get("reason") or "")

    @property
    def completions(self) -> int:
        return int(self.manifest.get("spec", {}).get("completions") or 1)

    @property
    def completed(self) -> frozenset[int]:
        """Indexes that are done, of an Indexed Job."""
        return indexes(str(self.manifest.get("status", {}).get("completedIndexes") or ""))

    @property
    def _reported(self) -> frozenset[int]:
        """Indexes of which a pod ended well and left its report."""
        ended = (pod for pod in self.pods if pod.phase == "Succeeded" and pod.report is not None)
        return frozenset(pod.index for pod in ended)

    def _condition(self, type_: str) -> dict[str, Any] | None:
        said: list[dict[str, Any]] = self.manifest.get("status", {}).get("conditions", [])
        return next((c for c in said if c["type"] == type_ and c["status"] == "True"), None)


def indexes(text: str) -> frozenset[int]:
    """Of "1,3-5", as in JobStatus.completedIndexes: 1, 3, 4 and 5."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def step_jobs(jobs: Iterable[Manifest], pods: Iterable[Manifest]) -> dict[str, StepJob]:
    """By step; a pod belongs to the very Job that controls it."""
    by_job: dict[str, list[StepPod]] = {}
    for pod in pods:
        for ref in pod["metadata"].get("ownerReferences", ()):
            by_job.setdefault(ref["uid"], []).append(step_pod(pod))
    found = {}
    for job in jobs:
        meta = job["metadata"]
        mine = sorted(by_job.get(meta["uid"], ()), key=lambda pod: (pod.index, pod.name))
        found[meta.get("labels", {}).get(STEP, "")] = StepJob(job, tuple(mine))
    return found


def step_pod(pod: Manifest) -> StepPod:
    meta, status = pod["metadata"], pod.get("status", {})
    container: dict[str, Any] = next(iter(status.get("containerStatuses", ())), {})
    state = container.get("state", {})
    ended = state.get("terminated", {})
    return StepPod(
        name=meta["name"],
        phase=status.get("phase", "Pending"),
        index=int(meta.get("labels", {}).get(_INDEX, 0)),
        report=report(ended.get("message", "")),
        exit_code=ended.get("exitCode"),
        ended_because=status.get("reason") or ended.get("reason", ""),
        said=status.get("message", ""),
        ended_at=_time(ended.get("finishedAt")),
        held_up_by=_held_up(status, state),
        started="running" in state or bool(ended),
        created_at=_time(meta.get("creationTimestamp")),
        deleted_at=_time(meta.get("deletionTimestamp")),
    )


def report(message: str) -> Report | None:
    """What the container left as its termination message, if it is one of ours."""
    try:
        return _REPORT.validate_json(message) if message else None
    except ValidationError:
        return None


def failure_of(job: StepJob) -> tuple[Failure | None, StepPod | None]:
    """Of all pods that failed, the one that says most: a refusal first, then the latest."""
    lost = [pod for pod in job.pods if pod.phase == "Failed"]
    lost.sort(
        key=lambda pod: (
            isinstance(pod.report, Failure),
            pod.exit_code == 2,  # crds.work.Exit.REFUSED: what ended the Job
            pod.ended_at.timestamp() if pod.ended_at else 0,
        )
    )
    last = lost[-1] if lost else None
    said = last.report if last is not None and isinstance(last.report, Failure) else None
    return said, last


def _held_up(status: dict[str, Any], state: dict[str, Any]) -> tuple[str, str] | None:
    waiting = state.get("waiting", {})
    if waiting.get("reason") not in {None, "ContainerCreating", "PodInitializing"}:
        return str(waiting["reason"]), str(waiting.get("message", ""))
    for said in status.get("conditions", ()):
        if said["type"] == "PodScheduled" and said["status"] == "False":
            return str(said.get("reason", "Unschedulable")), str(said.get("message", ""))
    return None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
