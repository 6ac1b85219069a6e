"""How a whole tenant goes: once its namespace does, one Job empties its part of the store. Pure.

Nothing can be made any more in a namespace that is going, so the Job runs where the platform is,
with the platform's own key; each TranscodeJob of the namespace is let go once it is through.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from operators.canonical import digest8
from operators.kinds import JOB, OWNED_BY, OWNER, OWNER_UID
from operators.reconcile import Child, Desired, Doomed, Notice
from operators.transcodejob.observe import STEP, failure_of
from operators.transcodejob.pods import (
    ATTEMPTS,
    FAILURE_POLICY,
    MEDIA,
    SWEPT_SECONDS,
    Platform,
    light,
    pod_spec,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crds.v1alpha1.meta import Manifest
    from operators.transcodejob.observe import StepJob, StepPod

TRY_AGAIN = timedelta(seconds=30)
_GIVEN_UP = timedelta(minutes=2)
"""A pod that should have gone so long ago stands on a node that is gone itself."""


def sweeping(
    tenant: Manifest,
    sweep: StepJob | None,
    pods: Sequence[StepPod],
    platform: Platform,
    *,
    home: str,
    now: datetime,
) -> Desired[Any]:
    """`pods` are all media pods of the namespace; `home` is where the Job is to run."""
    if sweep is not None and sweep.complete:
        return Desired(finalizer=False)
    if any(writes(pod, now) for pod in pods):
        return Desired(look_again_seconds=TRY_AGAIN.total_seconds())
    if sweep is not None and sweep.failed:
        return again(sweep, now, f"{tenant['metadata']['name']}/")
    return Desired(children=[Child(JOB, sweep_job(tenant, platform, home), {}, owned=False)])


def again(failed: StepJob, now: datetime, what: str) -> Desired[Any]:
    """A Job that removes what was stored is made anew until it succeeds, after a pause; and it is
    told, for what it holds up does not go meanwhile.
    """
    said, _ = failure_of(failed)
    why = said.message if said else "its Job failed"
    notice = Notice("Warning", "NotRemoved", f"{what} stays in the store: {why}; it is tried again")
    left = (failed.ended_at or now) + TRY_AGAIN - now
    if left > timedelta(0):
        return Desired(look_again_seconds=left.total_seconds(), notices=[notice])
    return Desired(doomed=[Doomed(JOB, failed.manifest)], notices=[notice])


def writes(pod: StepPod, now: datetime) -> bool:
    """Whether it may still write behind the back of the one that removes."""
    lost = pod.deleted_at is not None and now - pod.deleted_at > _GIVEN_UP
    return pod.alive and not lost


def sweep_job(tenant: Manifest, platform: Platform, home: str) -> Manifest:
    """The same for ever for this very namespace; another for the next of that name."""
    meta = tenant["metadata"]
    whose = {OWNED_BY: "Namespace", OWNER: meta["name"], OWNER_UID: meta["uid"]}
    labels = {STEP: "sweep", **MEDIA, **whose, "app.kubernetes.io/managed-by": "streamverse"}
    container = {"args": ["sweep", "--tenant", meta["name"]], "resources": light(platform)}
    return {
        "apiVersion": JOB.api_version,
        "kind": JOB.name,
        "metadata": {
            "name": f"{meta['name'][:40]}-sweep-{digest8(meta['uid'], 'sweep')}",
            "namespace": home,
            "labels": labels,
        },
        "spec": {
            "ttlSecondsAfterFinished": SWEPT_SECONDS,
            "backoffLimit": ATTEMPTS - 1,
            "podFailurePolicy": FAILURE_POLICY,
            "podReplacementPolicy": "Failed",
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(container, platform)},
        },
    }
