"""The conditions of a TranscodeJob, each a small decision of its own. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crds.v1alpha1.meta import Condition, Truth
from crds.v1alpha1.reasons import InputReason, JobReason

if TYPE_CHECKING:
    from crds.v1alpha1 import TranscodeJob
    from crds.v1alpha1.transcodejob import Progress, Timing
    from operators.transcodejob.observe import Step
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

    @property
    def superseded_by(self) -> str | None:
        """The title that has the name instead."""
        return self.stage.publish.superseded_by if self.stage.publish else None


@dataclass(frozen=True)
class Milestone:
    """What is said of one step's outcome: once it is over, while it is under way, and before."""

    type: str
    step: Step
    reached: tuple[JobReason, str]
    under_way: tuple[JobReason, str]
    before: str
    refused: JobReason
    """Where the step itself found fault; what came from outside is said by its own reason."""


COUNTED = "{counted}"
MILESTONES = (
    Milestone(
        "Encoded",
        "encode",
        (JobReason.ENCODED, COUNTED),
        (JobReason.ENCODING, COUNTED),
        "waits for the source to be read",
        JobReason.ENCODE_FAILED,
    ),
    Milestone(
        "Verified",
        "publish",
        (JobReason.VERIFIED, "every rung was decoded and measured"),
        (JobReason.VERIFYING, "being measured as a whole"),
        "waits for every chunk to be encoded",
        JobReason.VERIFY_FAILED,
    ),
)
_COURSE: tuple[Step | None, ...] = ("probe", "encode", "publish", None)


def conditions(
    job: TranscodeJob, outcome: Outcome, progress: Progress | None, timing: Timing
) -> list[Condition]:
    found = [
        _input_readable(job, outcome),
        *(_milestone(milestone, outcome, progress) for milestone in MILESTONES),
        _published(outcome, timing),
        _complete(outcome, progress),
        _failed(outcome),
        _ready(outcome, progress),
    ]
    ready = found[-1]
    needy = outcome.hold is not None and outcome.hold.reason in _NEEDS_SOMEBODY
    if outcome.failure is not None or needy or ready.reason == JobReason.SUPERSEDED:
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


def _milestone(what: Milestone, outcome: Outcome, progress: Progress | None) -> Condition:
    failure, at = outcome.failure, _COURSE.index(outcome.stage.step)
    ahead = at - _COURSE.index(what.step)
    if ahead > 0:
        reason, message = what.reached
        return _say(what.type, "True", reason, message.format(counted=_counted(progress)))
    if failure is not None and failure.step == what.step:
        own = failure.reason in set(JobReason)
        return _say(what.type, "False", failure.reason if own else what.refused, failure.message)
    if ahead < 0:
        return _say(what.type, "False", JobReason.PENDING, what.before)
    if outcome.stage.lost:
        return _say(what.type, "False", JobReason.CHUNKS_LOST, outcome.stage.lost)
    reason, message = what.under_way
    return _say(what.type, "False", reason, message.format(counted=_counted(progress)))


def _published(outcome: Outcome, timing: Timing) -> Condition:
    if outcome.superseded_by:
        return _say("Published", "False", JobReason.SUPERSEDED, _superseded(outcome))
    if outcome.stage.step is None:
        return _say("Published", "True", JobReason.PUBLISHED, "complete, on the origin")
    if outcome.failure is not None:
        return _say("Published", "False", outcome.failure.reason, outcome.failure.message)
    if timing.playable_at is not None:
        return _say("Published", "True", JobReason.PLAYABLE, "what is encoded so far can be played")
    probe = outcome.stage.probe
    if probe is not None and not probe.holds_name:
        message = "its name plays another title until this one is complete"
        return _say("Published", "False", JobReason.PENDING, message)
    return _say("Published", "False", JobReason.PENDING, "nothing can be played yet")


def _superseded(outcome: Outcome) -> str:
    return (
        f"the title is whole, but its name stands for title {outcome.superseded_by}, which was "
        "wished for later; delete one of the two jobs"
    )


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
    if outcome.superseded_by:
        return _say("Ready", "False", JobReason.SUPERSEDED, _superseded(outcome))
    if outcome.stage.step is None:
        return _say("Ready", "True", JobReason.COMPLETE, "complete, verified and published")
    if outcome.failure is not None:
        return _say("Ready", "False", outcome.failure.reason, outcome.failure.message)
    reason, message = _standing(outcome, progress)
    return _say("Ready", "False", reason, message)


def _standing(outcome: Outcome, progress: Progress | None) -> tuple[str, str]:
    if outcome.hold is not None:
        return outcome.hold.reason, outcome.hold.message
    if outcome.stage.lost:
        return JobReason.CHUNKS_LOST, outcome.stage.lost
    if outcome.stage.step == "probe":
        return JobReason.PROBING, "the source is fetched and probed"
    if outcome.stage.step == "encode":
        return JobReason.ENCODING, _counted(progress)
    return JobReason.VERIFYING, "the title is verified and published"


def _counted(progress: Progress | None) -> str:
    if progress is None:
        return "chunks are encoded"
    return f"{progress.chunks_done} of {progress.chunks_total} chunks encoded"
