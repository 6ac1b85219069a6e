"""The conditions of a TranscodeJob, each a small decision of its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crds.v1alpha1.meta import Condition, Truth
from crds.v1alpha1.reasons import InputReason, JobReason

if TYPE_CHECKING:
    from crds.v1alpha1 import TranscodeJob
    from crds.v1alpha1.transcodejob import Progress, Timing
    from operators.transcodejob.stages import Finding, Stage

_NEEDS_SOMEBODY = {
    JobReason.PROFILE_NOT_FOUND,
    JobReason.ASSET_NOT_FOUND,
    JobReason.GPU_POOL_NOT_FOUND,
    JobReason.NAME_TAKEN,
}


@dataclass(frozen=True)
class Outcome:
    """The decisions that a status puts into words."""

    stage: Stage
    failure: Finding | None
    hold: Finding | None


def conditions(
    job: TranscodeJob, outcome: Outcome, progress: Progress | None, timing: Timing
) -> list[Condition]:
    found = [
        _input_readable(job, outcome),
        _encoded(outcome, progress),
        _verified(outcome),
        _published(outcome, timing),
        _complete(outcome, progress),
        _failed(outcome),
        _ready(outcome, progress),
    ]
    ready = found[-1]
    if outcome.failure is not None or (outcome.hold and outcome.hold.reason in _NEEDS_SOMEBODY):
        found.append(ready.model_copy(update={"type": "Stalled", "status": "True"}))
    elif ready.status == "False" and ready.reason != JobReason.SUSPENDED:
        found.append(ready.model_copy(update={"type": "Reconciling", "status": "True"}))
    generation = {"observed_generation": job.metadata.generation}
    return [condition.model_copy(update=generation) for condition in found]


def _say(type_: str, truth: Truth, reason: str, message: str) -> Condition:
    return Condition(type=type_, status=truth, reason=str(reason), message=message)


def _input_readable(job: TranscodeJob, outcome: Outcome) -> Condition:
    failure, stage = outcome.failure, outcome.stage
    if failure is not None and failure.reason in set(InputReason):
        return _say("InputReadable", "False", failure.reason, failure.message)
    before = job.status.condition("InputReadable") if job.status else None
    if before is not None and before.status == "True":
        return before
    if stage.probe is not None:
        return _say("InputReadable", "True", InputReason.READABLE, stage.probe.probe.video[:200])
    if outcome.hold is not None and outcome.hold.reason == JobReason.ASSET_NOT_FOUND:
        return _say("InputReadable", "False", outcome.hold.reason, outcome.hold.message)
    if outcome.hold is not None or failure is not None:
        return _say("InputReadable", "Unknown", JobReason.PENDING, "not read yet")
    return _say("InputReadable", "Unknown", JobReason.PROBING, "being fetched and probed")


def _encoded(outcome: Outcome, progress: Progress | None) -> Condition:
    failure, stage = outcome.failure, outcome.stage
    if stage.step in {None, "publish"}:
        return _say("Encoded", "True", JobReason.ENCODED, _counted(progress))
    if failure is not None and failure.step == "encode":
        return _say("Encoded", "False", JobReason.ENCODE_FAILED, failure.message)
    if stage.step == "encode":
        return _say("Encoded", "False", JobReason.ENCODING, _counted(progress))
    return _say("Encoded", "False", JobReason.PENDING, "waits for the source to be read")


def _verified(outcome: Outcome) -> Condition:
    failure, stage = outcome.failure, outcome.stage
    if stage.step is None:
        return _say("Verified", "True", JobReason.VERIFIED, "every rung was decoded and measured")
    if failure is not None and failure.step == "publish":
        return _say("Verified", "False", JobReason.VERIFY_FAILED, failure.message)
    if stage.step == "publish":
        return _say("Verified", "False", JobReason.VERIFYING, "being measured as a whole")
    return _say("Verified", "False", JobReason.PENDING, "waits for every chunk to be encoded")


def _published(outcome: Outcome, timing: Timing) -> Condition:
    failure, stage = outcome.failure, outcome.stage
    if stage.step is None:
        return _say("Published", "True", JobReason.PUBLISHED, "complete, on the origin")
    if failure is not None and failure.reason == JobReason.OUTPUT_UNWRITABLE:
        return _say("Published", "False", failure.reason, failure.message)
    if timing.playable_at is not None:
        return _say("Published", "True", JobReason.PLAYABLE, "what is encoded so far can be played")
    return _say("Published", "False", JobReason.PENDING, "nothing can be played yet")


def _complete(outcome: Outcome, progress: Progress | None) -> Condition:
    if outcome.stage.step is None:
        return _say("Complete", "True", JobReason.COMPLETE, "all is done")
    if outcome.failure is not None:
        return _say("Complete", "False", JobReason.PENDING, "the job failed")
    reason, message = _standing(outcome, progress)
    return _say("Complete", "False", reason, message)


def _failed(outcome: Outcome) -> Condition:
    if outcome.failure is not None:
        return _say("Failed", "True", outcome.failure.reason, outcome.failure.message)
    return _say("Failed", "False", JobReason.NOT_FAILED, "")


def _ready(outcome: Outcome, progress: Progress | None) -> Condition:
    if outcome.stage.step is None:
        return _say("Ready", "True", JobReason.COMPLETE, "complete, verified and published")
    if outcome.failure is not None:
        return _say("Ready", "False", outcome.failure.reason, outcome.failure.message)
    reason, message = _standing(outcome, progress)
    return _say("Ready", "False", reason, message)


def _standing(outcome: Outcome, progress: Progress | None) -> tuple[str, str]:
    if outcome.hold is not None:
        return outcome.hold.reason, outcome.hold.message
    if outcome.stage.step == "probe":
        return JobReason.PROBING, "the source is fetched and probed"
    if outcome.stage.step == "encode":
        return JobReason.ENCODING, _counted(progress)
    return JobReason.VERIFYING, "the title is verified and published"


def _counted(progress: Progress | None) -> str:
    if progress is None:
        return "chunks are encoded"
    return f"{progress.chunks_done} of {progress.chunks_total} chunks encoded"
