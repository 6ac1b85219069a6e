"""Letting a TranscodeJob go whose namespace is going, too: its tenant is swept from elsewhere."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from operators.converge import announce, finalize
from operators.failures import NotFound, Taken, Terminating
from operators.kinds import JOB, NAMESPACE, POD
from operators.reconcile import Notice
from operators.transcodejob.observation import KIND
from operators.transcodejob.observe import step_jobs, step_pod
from operators.transcodejob.sweep import sweeping

if TYPE_CHECKING:
    from crds.v1alpha1 import TranscodeJob
    from crds.v1alpha1.meta import Manifest
    from operators.engine import Engine
    from operators.transcodejob.observe import StepPod
    from operators.transcodejob.pods import Platform

log = structlog.get_logger()


async def leave(
    engine: Engine, job: TranscodeJob, manifest: Manifest, platform: Platform
) -> float | None:
    """In how many seconds to look again, if at all: the sweep's end is told."""
    where, home = job.metadata.namespace, engine.settings.pod_namespace
    # Not from the cache: that has only namespaces with our label.
    tenant = await engine.cluster.get(NAMESPACE, None, where)
    uid = tenant["metadata"]["uid"]
    sweep = step_jobs(engine.cache.under(JOB, uid), engine.cache.under(POD, uid)).get("sweep")
    pods = _pods(engine, where)
    wanted = sweeping(tenant, sweep, pods, platform, home=home, now=engine.clock())
    for notice in wanted.notices:
        await announce(engine, NAMESPACE, tenant, notice)
    for doomed in wanted.doomed:
        with suppress(NotFound):
            await engine.cluster.delete(doomed.kind, doomed.manifest)
    try:
        if wanted.children and sweep is None:
            await _make(engine, wanted.children[0].manifest)
    except Terminating:
        await _abandon(engine, job, manifest)
        return None
    if wanted.finalizer is False:
        await finalize(engine, KIND, manifest, present=False)
    return wanted.look_again_seconds


async def _make(engine: Engine, sweep: Manifest) -> None:
    """Once, however many jobs of the namespace ask for it."""
    with suppress(Taken):
        engine.learn(JOB, await engine.cluster.create(JOB, sweep))
        log.info("made", kind=JOB.name, **{k: sweep["metadata"][k] for k in ("namespace", "name")})


def _pods(engine: Engine, namespace: str) -> list[StepPod]:
    keys = (key for key in engine.cache.keys(POD) if key[1] == namespace)
    found = (engine.cache.get(POD, namespace, name) for _, _, name in keys)
    return [step_pod(pod) for pod in found if pod is not None]


async def _abandon(engine: Engine, job: TranscodeJob, manifest: Manifest) -> None:
    """The platform goes as well: there is nowhere left to sweep from."""
    where = job.metadata.namespace
    said = (
        f"namespace {where} is going, and so is {engine.settings.pod_namespace}: the title "
        f"{job.metadata.uid} of TranscodeJob {job.metadata.name} stays in the store; "
        f"remove {where}/ there"
    )
    log.warning("title left in the store", namespace=where, job=job.metadata.name)
    namespace = {"metadata": {"name": where, "uid": job.metadata.uid}}
    await announce(engine, NAMESPACE, namespace, Notice("Warning", "TitleLeft", said))
    await finalize(engine, KIND, manifest, present=False)
