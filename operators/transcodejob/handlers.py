"""Why a TranscodeJob is looked at again: it changed, or one of its Jobs or pods did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import kopf
import structlog
from pydantic import ValidationError

from crds.v1alpha1 import EncodingProfile, MediaAsset, TranscodeJob
from operators.converge import announce, converge, finalize
from operators.engine import Engine, Watch
from operators.failures import Permanent, Terminating
from operators.kinds import JOB, OWNED_BY, OWNER, OWNER_UID, POD, Kind
from operators.reconcile import Notice, has_condition
from operators.tenancy import ensure_store_secret
from operators.transcodejob.desired import desired, ended
from operators.transcodejob.observe import STEP, StepJob, step_jobs, step_pod
from operators.transcodejob.order import published_as, wishes
from operators.transcodejob.pods import Platform
from operators.transcodejob.retirement import retirement
from operators.transcodejob.stages import PATIENCE, Seen, stage_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.v1alpha1.meta import Manifest
    from operators.cache import Key

KIND = Kind.of(TranscodeJob)

log = structlog.get_logger()


async def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    manifest = engine.cache.get(KIND, namespace, name)
    if manifest is None:
        return None
    job = parsed(manifest)
    jobs = step_jobs(engine.cache.of_owner(JOB, job.metadata.uid), _pods(engine, job))
    if job.metadata.deletion_timestamp is not None:
        return await _retire(engine, job, manifest, jobs)
    seen = await _observe(engine, job, manifest, jobs)
    wanted = desired(job, seen, _platform(engine))
    return await converge(engine, job, manifest, wanted, prepare=ensure_store_secret)


def parsed(manifest: Manifest) -> TranscodeJob:
    meta = manifest["metadata"]
    try:
        return TranscodeJob.model_validate(manifest)
    except ValidationError as e:
        why = f"{e.error_count()} fields are not understood: {e.errors()[0]['msg']}"
        raise Permanent("read", TranscodeJob.kind, meta["name"], why) from e


async def _observe(
    engine: Engine, job: TranscodeJob, manifest: Manifest, jobs: dict[str, StepJob]
) -> Seen:
    spec = job.spec
    profile = (
        engine.cache.get(Kind.of(EncodingProfile), "", spec.profile_ref.name)
        if spec.profile_ref
        else None
    )
    asset = (
        engine.cache.get(Kind.of(MediaAsset), job.metadata.namespace, spec.input.asset_ref.name)
        if spec.input.asset_ref
        else None
    )
    seen = Seen(
        now=engine.clock(),
        wishes=wishes(
            job,
            EncodingProfile.model_validate(profile) if profile else None,
            MediaAsset.model_validate(asset) if asset else None,
        ),
        jobs=jobs,
        rival=None if jobs or spec.suspend or ended(job) else _rival(engine, job, manifest),
        owned=_controlled(manifest),
    )
    stage = stage_of(job, seen)
    if stage.mute is not None and _long_ago(stage.mute, seen):
        # Before work is done again: perhaps only the watch is late.
        labels = f"{OWNER_UID}={job.metadata.uid}"
        for pod in (await engine.cluster.listing(POD, job.metadata.namespace, labels=labels)).items:
            engine.learn(POD, pod)
        return replace(
            seen, jobs=step_jobs(engine.cache.of_owner(JOB, job.metadata.uid), _pods(engine, job))
        )
    waiting = jobs.get(stage.step or "")
    if waiting is None or not waiting.active or spec.suspend:
        return seen
    if any(pod.held_up_by and pod.held_up_by[0] in _SECRET_GONE for pod in waiting.pods):
        engine.projected.pop(job.metadata.namespace, None)
    if waiting.pods:
        return seen
    return replace(seen, complaint=await _complaint(engine, waiting, seen))


_SECRET_GONE = {"CreateContainerConfigError"}


def _long_ago(job: StepJob, seen: Seen) -> bool:
    return job.ended_at is None or seen.now - job.ended_at >= PATIENCE


async def _complaint(engine: Engine, job: StepJob, seen: Seen) -> str | None:
    """What the Job controller last said of it, once it should long have made a pod."""
    since = job.started_at or job.created_at
    if since is None or seen.now - since < PATIENCE:
        return None
    uid = job.manifest["metadata"]["uid"]
    said = await engine.cluster.listing(
        CORE_EVENT,
        job.manifest["metadata"]["namespace"],
        fields=f"involvedObject.uid={uid},reason=FailedCreate",
    )
    return str(said.items[-1].get("message", "")) if said.items else None


CORE_EVENT = Kind("", "v1", "events", "Event")


async def _retire(
    engine: Engine, job: TranscodeJob, manifest: Manifest, jobs: dict[str, StepJob]
) -> float | None:
    pods = [
        step_pod(pod)
        for pod in engine.cache.of_owner(POD, job.metadata.uid)
        if pod["metadata"].get("labels", {}).get(STEP) != "retire"
    ]
    wanted = retirement(job, jobs, pods, _platform(engine), now=engine.clock())
    try:
        return await converge(engine, job, manifest, wanted, prepare=ensure_store_secret)
    except Terminating:
        # Nothing can run here any more, and the finalizer would keep the namespace for ever.
        await _abandon(engine, job, manifest)
        return None


async def _abandon(engine: Engine, job: TranscodeJob, manifest: Manifest) -> None:
    where = job.metadata.namespace
    said = (
        f"namespace {where} is going, so the title {job.metadata.uid} of TranscodeJob "
        f"{job.metadata.name} stays in the store; remove {where}/ there"
    )
    log.warning("title left in the store", namespace=where, job=job.metadata.name)
    namespace = {"metadata": {"name": where, "uid": job.metadata.uid}}
    about = Kind("", "v1", "namespaces", "Namespace", namespaced=False)
    await announce(engine, about, namespace, Notice("Warning", "TitleLeft", said))
    await finalize(engine, KIND, manifest, present=False)


def _pods(engine: Engine, job: TranscodeJob) -> list[Manifest]:
    return engine.cache.of_owner(POD, job.metadata.uid)


def _controlled(manifest: Manifest) -> bool:
    return any(ref.get("controller") for ref in manifest["metadata"].get("ownerReferences", ()))


def _platform(engine: Engine) -> Platform:
    settings = engine.settings
    return Platform(
        settings.media_image,
        settings.image_pull_policy,
        settings.allow_cidrs,
        settings.max_input_gibibytes,
    )


def _rival(engine: Engine, job: TranscodeJob, manifest: Manifest) -> str | None:
    """The oldest other job that publishes under this name; an asset's jobs follow one another."""
    mine = _seniority(manifest)
    for other in engine.cache.all(KIND):
        meta = other["metadata"]
        if meta["namespace"] != job.metadata.namespace or meta["uid"] == job.metadata.uid:
            continue
        if has_condition(other, "Failed"):
            continue
        name = other["spec"].get("output", {}).get("prefix") or meta["name"]
        if name == published_as(job) and _seniority(other) < mine and not _kin(manifest, other):
            return str(meta["name"])
    return None


def _seniority(manifest: Manifest) -> tuple[str, str]:
    return manifest["metadata"]["creationTimestamp"], manifest["metadata"]["uid"]


def _kin(one: Manifest, other: Manifest) -> bool:
    def owner(manifest: Manifest) -> set[Any]:
        refs = manifest["metadata"].get("ownerReferences", ())
        return {ref["uid"] for ref in refs if ref.get("controller")}

    return bool(owner(one) & owner(other))


# Whom a change concerns.


def _of_job(_: Engine, manifest: Manifest) -> Iterable[Key]:
    meta = manifest["metadata"]
    yield KIND.name, meta["namespace"], meta["name"]
    for ref in meta.get("ownerReferences", ()):
        if ref.get("controller") and ref["kind"] == MediaAsset.kind:
            yield MediaAsset.kind, meta["namespace"], ref["name"]


def _of_child(_: Engine, manifest: Manifest) -> Iterable[Key]:
    labels = manifest["metadata"].get("labels", {})
    if labels.get(OWNED_BY) == KIND.name and OWNER in labels:
        yield KIND.name, manifest["metadata"]["namespace"], labels[OWNER]


WATCHES = (Watch(KIND, _of_job, reconcile), Watch(JOB, _of_child), Watch(POD, _of_child))


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
