"""Letting an object go whose namespace is going, too: its tenant is swept from elsewhere."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from operators.converge import announce, finalize
from operators.failures import NotFound, Taken, Terminating
from operators.kinds import JOB, NAMESPACE, POD, Kind
from operators.reconcile import Notice
from operators.transcodejob.observe import step_jobs, step_pod
from operators.transcodejob.pods import Platform
from operators.transcodejob.sweep import sweeping

if TYPE_CHECKING:
    from crds.v1alpha1.meta import Manifest
    from operators.engine import Engine
    from operators.transcodejob.observe import StepPod

log = structlog.get_logger()


@dataclass(frozen=True)
class Leaver:
    """A TranscodeJob or a Channel."""

    kind: Kind
    manifest: Manifest
    left: str
    """What it leaves in the store if nobody sweeps, and what to remove there."""
    reason: str
    """Of the Event that tells so."""
    waits: bool = True
    """Until it is swept, whatever that takes; otherwise one failure is enough."""

    @property
    def namespace(self) -> str:
        return str(self.manifest["metadata"]["namespace"])


async def leave(engine: Engine, leaver: Leaver) -> float | None:
    """In how many seconds to look again, if at all: the sweep's end is told."""
    home, platform = engine.settings.pod_namespace, Platform.of(engine.settings)
    # Not from the cache: that has only namespaces with our label.
    tenant = await engine.cluster.get(NAMESPACE, None, leaver.namespace)
    uid = tenant["metadata"]["uid"]
    sweep = step_jobs(engine.cache.under(JOB, uid), engine.cache.under(POD, uid)).get("sweep")
    if sweep is not None and sweep.failed and not leaver.waits:
        await _abandon(engine, leaver, "could not be swept")
        return None
    pods = _pods(engine, leaver.namespace)
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
        # The platform goes as well: there is nowhere left to sweep from.
        await _abandon(engine, leaver, f"so is {home}")
        return None
    if wanted.finalizer is False:
        await finalize(engine, leaver.kind, leaver.manifest, present=False)
    return wanted.look_again_seconds


async def _make(engine: Engine, sweep: Manifest) -> None:
    """Once, however many objects of the namespace ask for it."""
    with suppress(Taken):
        engine.learn(JOB, await engine.cluster.create(JOB, sweep))
        log.info("made", kind=JOB.name, **{k: sweep["metadata"][k] for k in ("namespace", "name")})


def _pods(engine: Engine, namespace: str) -> list[StepPod]:
    keys = (key for key in engine.cache.keys(POD) if key[1] == namespace)
    found = (engine.cache.get(POD, namespace, name) for _, _, name in keys)
    return [step_pod(pod) for pod in found if pod is not None]


async def _abandon(engine: Engine, leaver: Leaver, why: str) -> None:
    where, meta = leaver.namespace, leaver.manifest["metadata"]
    said = f"namespace {where} is going, and {why}: {leaver.left}"
    log.warning("left in the store", namespace=where, kind=leaver.kind.name, name=meta["name"])
    namespace = {"metadata": {"name": where, "uid": meta["uid"]}}
    await announce(engine, NAMESPACE, namespace, Notice("Warning", leaver.reason, said))
    await finalize(engine, leaver.kind, leaver.manifest, present=False)
