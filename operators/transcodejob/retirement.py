"""How a TranscodeJob goes: pods stop, then what they wrote is removed, then it is let go. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operators.kinds import JOB
from operators.reconcile import Desired, Doomed
from operators.transcodejob.order import NOTHING, order
from operators.transcodejob.pods import Platform, step_job
from operators.transcodejob.sweep import TRY_AGAIN, again, writes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from crds.v1alpha1 import TranscodeJob
    from crds.v1alpha1.transcodejob import TranscodeJobStatus
    from operators.transcodejob.observe import StepJob, StepPod


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
    if any(writes(pod, now) for pod in pods):
        return Desired(look_again_seconds=TRY_AGAIN.total_seconds())
    if retire is not None and retire.failed:
        return again(retire, now, f"the title {job.metadata.uid}")
    told = order(job, NOTHING, "s3://retire/nothing", platform)
    return Desired(children=[step_job(job, "retire", told, platform)])
