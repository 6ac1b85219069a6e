"""When a TranscodeJob got where: by the clocks of what was observed, once each. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crds.v1alpha1.transcodejob import Timing

if TYPE_CHECKING:
    from datetime import datetime

    from crds.v1alpha1 import TranscodeJob
    from operators.transcodejob.conditions import Outcome
    from operators.transcodejob.stages import Seen, Stage


def timing_of(job: TranscodeJob, before: Timing, outcome: Outcome, seen: Seen) -> Timing:
    """Each moment stays as it was first said, but for the start: it is of the run under way."""
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
