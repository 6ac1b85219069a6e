"""Why a TranscodeJob is looked at again: it changed, or one of its Jobs or pods did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import kopf

from crds.v1alpha1 import MediaAsset, TranscodeJob
from operators.converge import converge
from operators.engine import Engine, Watch
from operators.failures import Terminating
from operators.kinds import JOB, OWNED_BY, OWNER, POD
from operators.reconcile import parsed
from operators.tenancy import ensure_store_secret
from operators.transcodejob.desired import desired
from operators.transcodejob.leave import Leaver, leave
from operators.transcodejob.observation import KIND, jobs_of, observe, terms
from operators.transcodejob.observe import STEP, step_pod
from operators.transcodejob.pods import Platform
from operators.transcodejob.retirement import retirement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.v1alpha1.meta import Manifest
    from operators.cache import Key


async def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    manifest = engine.cache.get(KIND, namespace, name)
    if manifest is None:
        return None
    job = parsed(TranscodeJob, manifest)
    if job.metadata.deletion_timestamp is not None:
        return await _retire(engine, job, manifest)
    wanted = desired(job, await observe(engine, job, manifest), Platform.of(engine.settings))
    return await converge(engine, job, manifest, wanted, prepare=ensure_store_secret)


async def _retire(engine: Engine, job: TranscodeJob, manifest: Manifest) -> float | None:
    pods = [
        step_pod(pod)
        for pod in engine.cache.under(POD, job.metadata.uid)
        if pod["metadata"].get("labels", {}).get(STEP) != "retire"
    ]
    platform = Platform.of(engine.settings)
    wanted = retirement(job, jobs_of(engine, job), pods, platform, now=engine.clock())
    try:
        return await converge(engine, job, manifest, wanted, prepare=ensure_store_secret)
    except Terminating:
        # Nothing can run here any more, and the finalizer would keep the namespace for ever.
        meta = job.metadata
        left = (
            f"the title {meta.uid} of TranscodeJob {meta.name} stays in the store; "
            f"remove {meta.namespace}/ there"
        )
        return await leave(engine, Leaver(KIND, manifest, left, "TitleLeft"))


# Whom a change concerns.


def _of_job(_: Engine, manifest: Manifest) -> Iterable[Key]:
    meta = manifest["metadata"]
    yield KIND.name, meta["namespace"], meta["name"]
    for ref in meta.get("ownerReferences", ()):
        if ref.get("controller") and ref["kind"] == MediaAsset.kind:
            yield MediaAsset.kind, meta["namespace"], ref["name"]


def _of_child(engine: Engine, manifest: Manifest) -> Iterable[Key]:
    labels = manifest["metadata"].get("labels", {})
    if labels.get(STEP) == "sweep":
        yield from (key for key in engine.cache.keys(KIND) if key[1] == labels.get(OWNER))
    if labels.get(OWNED_BY) == KIND.name and OWNER in labels:
        yield KIND.name, manifest["metadata"]["namespace"], labels[OWNER]


WATCHES = (Watch(KIND, _of_job, reconcile, terms), Watch(JOB, _of_child), Watch(POD, _of_child))


# `on.event` writes nothing to the object and never retries; the queue does the retrying.


@kopf.on.event(*TranscodeJob.selector())
async def on_change(event: Any, memo: kopf.Memo, **_: object) -> None:  # noqa: ANN401 - kopf's
    memo.engine.witness(KIND, event)


@kopf.on.event(JOB.group, JOB.version, JOB.plural)
async def on_job(event: Any, memo: kopf.Memo, **_: object) -> None:  # noqa: ANN401
    memo.engine.witness(JOB, event)


@kopf.on.event(POD.version, POD.plural)
async def on_pod(event: Any, memo: kopf.Memo, **_: object) -> None:  # noqa: ANN401
    memo.engine.witness(POD, event)
