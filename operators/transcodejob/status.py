"""What is said of a TranscodeJob: only what was observed, never less than was said before. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crds.v1alpha1.meta import Condition, Truth
from crds.v1alpha1.observed import Playback
from crds.v1alpha1.reasons import InputReason, JobReason
from crds.v1alpha1.transcodejob import Progress, Timing, TranscodeJobStatus
from crds.work import EncodeReport
from operators.canonical import hash_of
from operators.transcodejob.order import published_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crds.v1alpha1 import TranscodeJob
    from operators.transcodejob.observe import StepJob
    from operators.transcodejob.stages import Finding, Seen, Stage

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


def status(job: TranscodeJob, outcome: Outcome, seen: Seen) -> TranscodeJobStatus:
    before = job.status or TranscodeJobStatus()
    stage, probe, published = outcome.stage, outcome.stage.probe, outcome.stage.publish
    progress = _progress(before.progress, stage, seen)
    timing = _timing(job, before.timing, outcome, seen)
    found: dict[str, object] = {
        "observed_generation": job.metadata.generation,
        "progress": progress,
        "timing": timing,
        "conditions": _conditions(job, outcome, progress, timing),
        "warnings": _warnings(before.warnings, outcome, seen),
        **_latched(job, before, seen, started=timing.started_at is not None),
    }
    if probe is not None and before.probe is None:
        found |= {
            "probe": probe.probe,
            "resolved_ladder": probe.ladder,
            "dropped": probe.dropped,
            "audio": probe.audio,
        }
    if timing.playable_at is not None:
        found["playback"] = before.playback or _playback(job)
    if published is not None:
        found |= {
            "outputs": published.outputs,
            "duration_millis": published.duration_millis,
            "av_skew_millis": published.av_skew_millis,
            "playback": Playback(hls=published.hls_path, dash=published.dash_path),
        }
    return TranscodeJobStatus.model_validate(dict(before) | found)


def _playback(job: TranscodeJob) -> Playback:
    """Where the origin serves what is encoded so far; the paths stay when all of it is."""
    base = f"/vod/{job.metadata.namespace}.{published_as(job)}"
    return Playback(
        hls=f"{base}/master.m3u8" if job.spec.packaging.hls else None,
        dash=f"{base}/manifest.mpd" if job.spec.packaging.dash else None,
    )


def _latched(
    job: TranscodeJob, before: TranscodeJobStatus, seen: Seen, *, started: bool
) -> dict[str, object]:
    """What shapes output is copied once, when the job begins; from then on it is read from here."""
    if not started or seen.wishes.profile is None:
        return {}
    return {
        "profile": before.profile or (None if job.spec.profile else seen.wishes.profile),
        "profile_hash": before.profile_hash or hash_of(seen.wishes.profile),
        "input_uri": before.input_uri or seen.wishes.input_uri,
    }


def _progress(before: Progress | None, stage: Stage, seen: Seen) -> Progress | None:
    encode, probe = seen.jobs.get("encode"), stage.probe
    total = probe.chunks_total if probe else before.chunks_total if before else None
    if total is None:
        return None
    if stage.step in {None, "publish"}:
        done = total
    elif encode is not None:
        done = total - encode.completions + len(encode.completed)
    else:
        done = total - probe.tasks if probe else before.chunks_done if before else 0
    done = max(min(done, total), before.chunks_done if before else 0)
    if before is not None and before.chunks_done == done and before.chunks_total == total:
        return before  # a report that comes after its count says nothing that is worth a write
    speed = _speed(encode) if encode is not None else None
    return Progress(
        chunks_done=done,
        chunks_total=total,
        percent=100 * done // total if total else 100,
        speed=speed or (before.speed if before else None),
    )


def _speed(encode: StepJob) -> str | None:
    """Media by wall-clock time, over the chunks that were encoded here."""
    made = [
        (pod.report.media_millis, pod.ended_at)
        for pod in encode.pods
        if isinstance(pod.report, EncodeReport)
        and pod.report.task.startswith("chunk/")
        and not pod.report.reused
        and pod.ended_at is not None
    ]
    if not made or encode.started_at is None:
        return None
    wall = (max(ended for _, ended in made) - encode.started_at).total_seconds()
    return f"{sum(millis for millis, _ in made) / 1000 / wall:.1f}x" if wall > 0 else None


def _timing(job: TranscodeJob, before: Timing, outcome: Outcome, seen: Seen) -> Timing:
    stage, jobs = outcome.stage, seen.jobs
    begun = bool(jobs) or (outcome.hold is None and outcome.failure is None)
    ended = None
    if outcome.failure is not None:
        failed = jobs.get(outcome.failure.step or "")
        ended = (failed.ended_at if failed else None) or seen.now
    elif stage.step is None:
        ended = jobs["publish"].ended_at or seen.now
    encoded = stage.step in {None, "publish"}
    return Timing(
        started_at=_started(job, before, seen) if begun or before.started_at else None,
        probed_at=before.probed_at or (_ended("probe", seen) if stage.probe else None),
        playable_at=before.playable_at or _playable_at(stage, seen),
        encoded_at=before.encoded_at or (_ended("encode", seen) if encoded else None),
        completed_at=before.completed_at or _whole(ended),
    )


def _started(job: TranscodeJob, before: Timing, seen: Seen) -> datetime | None:
    """Of the run under way: as with a Job of Kubernetes, the clock stops while it is suspended."""
    if job.spec.suspend:
        return None
    return before.started_at or _whole(seen.now)


def _ended(step: str, seen: Seen) -> datetime | None:
    found = seen.jobs.get(step)
    return (found.ended_at if found else None) or _whole(seen.now)


def _playable_at(stage: Stage, seen: Seen) -> datetime | None:
    """Once the first task is done, and the second has begun: the plan puts the first picture and
    then the sound first, and sound is stored as it is encoded.
    """
    encode = seen.jobs.get("encode")
    if seen.replaces and stage.step is not None:
        return None
    if stage.step in {None, "publish"}:
        return encode.ended_at if encode and encode.ended_at else _whole(seen.now)
    if encode is None or 0 not in encode.completed:
        return None
    if encode.completions > 1 and not any(p.index == 1 and p.started for p in encode.pods):
        return None
    first = [p.ended_at for p in encode.pods if p.index == 0 and p.ended_at is not None]
    return max(first, default=_whole(seen.now))


def _whole(moment: datetime | None) -> datetime | None:
    """Kubernetes writes whole seconds."""
    return moment.replace(microsecond=0) if moment else None


def _warnings(before: Sequence[str], outcome: Outcome, seen: Seen) -> list[str]:
    """Taken in when something else is said anyway: when the job moves on to its next step."""
    reports = [outcome.stage.probe, outcome.stage.publish]
    encode = seen.jobs.get("encode")
    if encode is not None and not encode.active:
        reports += [p.report for p in encode.pods if isinstance(p.report, EncodeReport)]  # type: ignore[misc]
    said: Iterable[str] = (line for report in reports if report for line in report.warnings)
    return list(dict.fromkeys([*before, *said]))[:20]


def _conditions(
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
