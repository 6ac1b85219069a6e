"""How a TranscodeJob goes: pods stop, then what they wrote is removed, then it is let go. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from operators.kinds import JOB
from operators.reconcile import Desired, Doomed
from operators.transcodejob.order import NOTHING, order
from operators.transcodejob.pods import Platform, step_job

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crds.v1alpha1 import TranscodeJob
    from crds.v1alpha1.transcodejob import TranscodeJobStatus
    from operators.transcodejob.observe import StepJob, StepPod

_TRY_AGAIN = timedelta(seconds=30)
_GIVEN_UP = timedelta(minutes=2)
"""A pod that should have gone so long ago stands on a node that is gone itself."""


def retirement(
    job: TranscodeJob,
    jobs: Mapping[str, StepJob],
    pods: Sequence[StepPod],
    platform: Platform,
    *,
    now: datetime,
) -> Desired[TranscodeJobStatus]:
    """`pods` are those of every step but retire, whether their Jobs still exist or not."""
    retire = jobs.get("retire")
    if retire is not None and retire.complete:
        return Desired(finalizer=False)
    steps = [found for step, found in jobs.items() if step != "retire"]
    if steps:
        return Desired(doomed=[Doomed(JOB, j.manifest) for j in steps if not j.going])
    if any(pod.alive and not _lost(pod, now) for pod in pods):
        # A pod that still writes would write behind the back of the one that removes.
        return Desired(look_again_seconds=_TRY_AGAIN.total_seconds())
    if retire is not None and retire.failed:
        left = (retire.ended_at or now) + _TRY_AGAIN - now
        if left > timedelta(0):
            return Desired(look_again_seconds=left.total_seconds())
        return Desired(doomed=[Doomed(JOB, retire.manifest)])
    told = order(job, NOTHING, "s3://retire/nothing", platform)
    return Desired(children=[step_job(job, "retire", told, platform)])


def _lost(pod: StepPod, now: datetime) -> bool:
    return pod.deleted_at is not None and now - pod.deleted_at > _GIVEN_UP
