"""Gathering what a decision on a TranscodeJob needs: from the cache, and where the cache may be
late or does not reach, from the API server.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crds.v1alpha1 import EncodingProfile, MediaAsset, TranscodeJob
from operators.kinds import JOB, NAMESPACE, OWNER_UID, POD, Kind
from operators.reconcile import parsed
from operators.transcodejob.desired import ended
from operators.transcodejob.observe import StepJob, step_jobs
from operators.transcodejob.order import published_as, wishes
from operators.transcodejob.rivals import controllers, rival_of
from operators.transcodejob.stages import Seen, stage_of
from operators.transcodejob.trouble import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.v1alpha1.meta import Manifest
    from operators.engine import Engine

KIND = Kind.of(TranscodeJob)
CORE_EVENT = Kind("", "v1", "events", "Event")
_SECRET_GONE = {"CreateContainerConfigError"}


def terms(manifest: Manifest) -> Iterable[str]:
    """A job is found by what it refers to, and by the name that it publishes under."""
    meta, spec = manifest["metadata"], manifest["spec"]
    yield output_term(meta["namespace"], spec.get("output", {}).get("prefix") or meta["name"])
    if "profileRef" in spec:
        yield f"EncodingProfile/{spec['profileRef']['name']}"
    if "assetRef" in spec["input"]:
        yield f"MediaAsset/{meta['namespace']}/{spec['input']['assetRef']['name']}"


def output_term(namespace: str, name: str) -> str:
    return f"output/{namespace}/{name}"


def jobs_of(engine: Engine, job: TranscodeJob) -> dict[str, StepJob]:
    """Its Jobs by step, each with its own pods."""
    uid = job.metadata.uid
    return step_jobs(engine.cache.under(JOB, uid), engine.cache.under(POD, uid))


async def observe(engine: Engine, job: TranscodeJob, manifest: Manifest) -> Seen:
    jobs = jobs_of(engine, job)
    fresh = not jobs and not ended(job)
    namesakes = _namesakes(engine, job) if fresh else []
    going = any(pod.deleted_at for step in jobs.values() for pod in step.pods)
    seen = Seen(
        now=engine.clock(),
        wishes=wishes(job, _profile(engine, job), _asset(engine, job)),
        jobs=jobs,
        rival=rival_of(manifest, namesakes) if fresh and not job.spec.suspend else None,
        owned=bool(controllers(manifest)),
        leaving=going and await _leaving(engine, job.metadata.namespace),
    )
    if seen.leaving:
        return seen
    stage = stage_of(job, seen)
    if stage.mute is not None and _long_ago(stage.mute, seen):
        # Before work is done again: perhaps only the watch is late.
        labels = f"{OWNER_UID}={job.metadata.uid}"
        for pod in (await engine.cluster.listing(POD, job.metadata.namespace, labels=labels)).items:
            engine.learn(POD, pod)
        return replace(seen, jobs=jobs_of(engine, job))
    waiting = jobs.get(stage.step or "")
    if waiting is None or not waiting.active or job.spec.suspend:
        return seen
    if any(pod.held_up_by and pod.held_up_by[0] in _SECRET_GONE for pod in waiting.pods):
        engine.projected.pop(job.metadata.namespace, None)
    if waiting.pods:
        return seen
    return replace(seen, complaint=await _complaint(engine, waiting, seen))


async def _leaving(engine: Engine, namespace: str) -> bool:
    """Asked only when a pod goes. Not of the cache: that has only namespaces with our label."""
    found = await engine.cluster.get(NAMESPACE, None, namespace)
    return "deletionTimestamp" in found["metadata"]


def _profile(engine: Engine, job: TranscodeJob) -> EncodingProfile | None:
    ref = job.spec.profile_ref
    found = engine.cache.get(Kind.of(EncodingProfile), "", ref.name) if ref else None
    return parsed(EncodingProfile, found) if found else None


def _asset(engine: Engine, job: TranscodeJob) -> MediaAsset | None:
    ref, namespace = job.spec.input.asset_ref, job.metadata.namespace
    found = engine.cache.get(Kind.of(MediaAsset), namespace, ref.name) if ref else None
    return parsed(MediaAsset, found) if found else None


def _long_ago(job: StepJob, seen: Seen) -> bool:
    return job.ended_at is None or seen.now - job.ended_at >= PATIENCE


async def _complaint(engine: Engine, job: StepJob, seen: Seen) -> str | None:
    """What the Job controller last said of it, once it should long have made a pod."""
    since = job.started_at or job.created_at
    if since is None or seen.now - since < PATIENCE:
        return None
    meta = job.manifest["metadata"]
    fields = f"involvedObject.uid={meta['uid']},reason=FailedCreate"
    said = await engine.cluster.listing(CORE_EVENT, meta["namespace"], fields=fields)
    return str(said.items[-1].get("message", "")) if said.items else None


def _namesakes(engine: Engine, job: TranscodeJob) -> list[Manifest]:
    """Other jobs that publish, or would, under the same name."""
    found = engine.cache.under(KIND, output_term(job.metadata.namespace, published_as(job)))
    return [other for other in found if other["metadata"]["uid"] != job.metadata.uid]
