"""What a TranscodeJob needs and how far it has come. Pure: no client, no clock, no kopf."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from operators.kinds import JOB
from operators.reconcile import Child, Desired, Doomed, Notice
from operators.transcodejob.conditions import Outcome
from operators.transcodejob.order import order
from operators.transcodejob.pods import Platform, step_job
from operators.transcodejob.stages import Seen, Stage, stage_of
from operators.transcodejob.status import status
from operators.transcodejob.trouble import (
    PATIENCE,
    STORE_PAUSE,
    deadline,
    failure,
    hold,
    store_was_away,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crds.v1alpha1 import TranscodeJob
    from crds.v1alpha1.meta import Condition
    from crds.v1alpha1.transcodejob import TranscodeJobStatus


def desired(job: TranscodeJob, seen: Seen, platform: Platform) -> Desired[TranscodeJobStatus]:
    """One Job for the step that is next; Ready once the last has reported."""
    if seen.leaving:
        return stopped(seen)
    if ended(job):
        return settled(job, seen)
    stage = stage_of(job, seen)
    lost = failure(job, stage, seen)
    held = None if lost else hold(job, stage, seen)
    said = status(job, Outcome(stage, lost, held), seen)
    again = _again(job, stage, seen)
    return Desired(
        status=said,
        children=() if lost or again else _children(job, stage, seen, platform),
        doomed=[Doomed(JOB, j.manifest) for j in seen.jobs.values() if j.active and not j.going]
        if lost
        else again,
        finalizer=True if said.timing.started_at and not lost else None,
        notices=_notices(job, said.conditions),
        look_again_seconds=None if lost or stage.step is None else _look_again(job, stage, seen),
    )


def ended(job: TranscodeJob) -> bool:
    """It is over: whatever happens to its Jobs, and whoever upgrades the operator."""
    said = job.status.conditions if job.status else []
    return any(c.type in {"Complete", "Failed"} and c.status == "True" for c in said)


def stopped(seen: Seen) -> Desired[TranscodeJobStatus]:
    """Kubernetes (1.34) waits for all pods of a namespace before it deletes anything else there,
    and an Indexed Job lets go of a pod that failed only for another one (KEP-3850), which cannot
    be made any more: without this they would wait for each other for ever.
    """
    return Desired(doomed=[Doomed(JOB, j.manifest) for j in seen.jobs.values() if not j.going])


def settled(job: TranscodeJob, seen: Seen) -> Desired[TranscodeJobStatus]:
    """Of an ended job only that it was edited is noted, and that its time is over."""
    before = job.status
    generation = {"observed_generation": job.metadata.generation}
    said = None
    if before is not None and before.observed_generation != job.metadata.generation:
        conditions = tuple(c.model_copy(update=generation) for c in before.conditions)
        said = before.model_copy(update={**generation, "conditions": conditions})
    ttl = job.spec.ttl_seconds_after_finished
    since = before.timing.completed_at if before is not None else None
    if ttl is None or since is None or seen.owned:
        return Desired(status=said)
    left = (since + timedelta(seconds=ttl) - seen.now).total_seconds()
    if left <= 0:
        return Desired(status=said, expired=True)
    return Desired(status=said, look_again_seconds=left)


def _children(job: TranscodeJob, stage: Stage, seen: Seen, platform: Platform) -> Sequence[Child]:
    """The Job of the next step; while suspended, only one that is there already."""
    held, found = hold(job, stage, seen), seen.jobs.get(stage.step or "")
    if stage.lost:
        return ()
    if stage.step is None or (found is None and held is not None and held.step is None):
        return ()
    profile, uri = seen.wishes.profile, seen.wishes.input_uri
    if profile is None or uri is None or (found is not None and not found.active):
        return ()
    tasks = stage.probe.tasks if stage.probe else 1
    told = order(job, profile, uri, platform)
    pods = _as_begun(seen, platform)
    return [step_job(job, stage.step, told, pods, tasks=tasks, suspend=job.spec.suspend)]


def _as_begun(seen: Seen, platform: Platform) -> Platform:
    """A title's steps run in one image, so that an upgrade meanwhile mixes no two encoders."""
    images = [j.image for j in seen.jobs.values() if not j.going]
    return replace(platform, media_image=images[0]) if images else platform


def _again(job: TranscodeJob, stage: Stage, seen: Seen) -> Sequence[Doomed]:
    """Jobs that are removed so that they run anew: one that left no report that can be read, and
    one that the store failed; and all of them, when what they did was lost and status has said so.
    Steps find what is done already.
    """
    if stage.lost:
        encoded = job.status.condition("Encoded") if job.status else None
        told = encoded is None or encoded.status != "True"
        return [Doomed(JOB, j.manifest) for j in seen.jobs.values() if told and not j.going]
    found = seen.jobs.get(stage.step or "")
    if found is None or found.going or found.active:
        return ()
    pause = PATIENCE if stage.mute else STORE_PAUSE
    due = found.ended_at is None or seen.now - found.ended_at >= pause
    wanted = stage.mute is found or (found.failed and store_was_away(found))
    return [Doomed(JOB, found.manifest)] if wanted and due else ()


def _look_again(job: TranscodeJob, stage: Stage, seen: Seen) -> float | None:
    """By ourselves only where time alone changes something."""
    waits: list[float] = []
    ends = deadline(job)
    if ends is not None and not job.spec.suspend:
        waits.append(max((ends - seen.now).total_seconds(), 0.1))
    found = seen.jobs.get(stage.step or "")
    running = found is not None and any(pod.started and pod.alive for pod in found.pods)
    if seen.rival or (not job.spec.suspend and not running):
        waits.append(PATIENCE.total_seconds())
    return min(waits, default=None)


def _notices(job: TranscodeJob, conditions: Sequence[Condition]) -> Sequence[Notice]:
    """Playable, Complete and Failed, when they come about."""
    before = {(c.type, c.status, c.reason) for c in (job.status.conditions if job.status else [])}
    found = []
    for said in conditions:
        if (said.type, said.status, said.reason) in before or said.status != "True":
            continue
        if said.type == "Failed":
            found.append(Notice("Warning", said.reason, said.message))
        elif said.type == "Complete" or (said.type, said.reason) == ("Published", "Playable"):
            found.append(Notice("Normal", said.reason, said.message))
    return found
