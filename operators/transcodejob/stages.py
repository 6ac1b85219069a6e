"""How far a TranscodeJob has come, from what was observed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from crds.v1alpha1.reasons import JobReason
from crds.work import ProbeReport, PublishReport
from operators.transcodejob.observe import failure_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crds.v1alpha1 import TranscodeJob
    from operators.transcodejob.observe import Step, StepJob
    from operators.transcodejob.order import Wishes

R = TypeVar("R", ProbeReport, PublishReport)


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
    owned: bool = False
    """By a MediaAsset, which then decides how long it stays."""
    complaint: str | None = None
    """What the Job controller said when it could not make a pod."""
    leaving: bool = False
    """The namespace is going."""


@dataclass(frozen=True)
class Stage:
    """Where the job stands: its next step, with what the steps before it reported."""

    step: Step | None
    """None: all are done."""
    probe: ProbeReport | None = None
    publish: PublishReport | None = None
    mute: StepJob | None = None
    """A step that ended well but left no report that can be read: it is made to run again."""
    lost: str = ""
    """What publish found missing of what was done: all steps are made to run again."""
    opening: int | None = None
    """With so many of the first tasks its name plays it; None: not before all is published. Known
    when the probe's Job is gone, too, which is kept for an hour."""


def stage_of(job: TranscodeJob, seen: Seen) -> Stage:
    """What is done stays done, by condition, even when the Jobs that did it are gone."""
    jobs = {step: found for step, found in seen.jobs.items() if not found.going}
    probed, probe_mute = _report(jobs.get("probe"), ProbeReport)
    published, publish_mute = _report(jobs.get("publish"), PublishReport)
    encode, opening = jobs.get("encode"), _opening(job, probed)
    if lost := _lost(jobs.get("publish")):
        return Stage("encode", probed, lost=lost)
    if _latched(job, "Encoded") or (encode is not None and encode.complete):
        step: Step | None = None if published else "publish"
        return Stage(step, probed, published, publish_mute, opening=opening)
    if encode is not None:
        return Stage("encode", probed, opening=opening)
    if probed is None:
        # Also when it is known to be probed but the count of tasks is lost with the pod.
        return Stage("probe", mute=probe_mute)
    step = "encode" if probed.tasks else "publish"
    return Stage(step, probed, published, publish_mute, opening=opening)


def _opening(job: TranscodeJob, probed: ProbeReport | None) -> int | None:
    if probed is None:
        return job.status.opening if job.status else None
    return min(probed.opening, probed.tasks) if probed.holds_name else None


def _report(job: StepJob | None, kind: type[R]) -> tuple[R | None, StepJob | None]:
    if job is None or not job.complete:
        return None, None
    found = next((pod.report for pod in job.pods if isinstance(pod.report, kind)), None)
    return found, None if found else job


def _lost(publish: StepJob | None) -> str:
    said = failure_of(publish)[0] if publish is not None and publish.failed else None
    return said.message if said is not None and said.reason == JobReason.CHUNKS_LOST else ""


def _latched(job: TranscodeJob, condition: str) -> bool:
    said = job.status.condition(condition) if job.status else None
    return said is not None and said.status == "True"
