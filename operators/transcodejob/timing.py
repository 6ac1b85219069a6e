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
        encoded_at=None
        if stage.lost
        else before.encoded_at or (_ended("encode", seen) if encoded else None),
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
    """Once its name leads to it, and the tasks are done that playback begins with: the first
    picture and the sound. That sound is stored while it is encoded is not seen from here.
    """
    encode = seen.jobs.get("encode")
    whole = (encode.ended_at if encode else None) or _whole(seen.now)
    if stage.step is None:
        superseded = stage.publish is not None and stage.publish.superseded_by
        return None if superseded else whole
    if stage.opening is None:
        return None
    if stage.step == "publish":
        return whole
    needed = set(range(stage.opening))
    if not needed <= (encode.completed if encode else frozenset()):
        return None
    pods = encode.pods if encode else ()
    ended = [p.ended_at for p in pods if p.index in needed and p.ended_at is not None]
    return max(ended, default=_whole(seen.now))


def _whole(moment: datetime | None) -> datetime | None:
    """Kubernetes writes whole seconds."""
    return moment.replace(microsecond=0) if moment else None
