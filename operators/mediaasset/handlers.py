"""Why a MediaAsset is looked at again: it changed, or its TranscodeJob or its profile did."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import kopf

from crds.v1alpha1 import EncodingProfile, MediaAsset, TranscodeJob
from operators.converge import converge
from operators.engine import Engine, Watch
from operators.kinds import Kind
from operators.mediaasset.desired import current_name, desired
from operators.mediaasset.observed import JOB, OwnJob, Seen
from operators.reconcile import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.v1alpha1.meta import Manifest
    from operators.cache import Key

KIND = Kind.of(MediaAsset)


async def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    manifest = engine.cache.get(KIND, namespace, name)
    if manifest is None or manifest["metadata"].get("deletionTimestamp"):
        return None
    asset = parsed(MediaAsset, manifest)
    profile = engine.cache.get(Kind.of(EncodingProfile), "", asset.spec.profile_ref.name)
    own = {
        job["metadata"]["name"]: OwnJob(parsed(TranscodeJob, job), job)
        for job in engine.cache.under(JOB, asset.metadata.uid)
    }
    seen = Seen(engine.clock(), parsed(EncodingProfile, profile) if profile else None, own)
    wished = current_name(asset, seen)
    if wished and wished not in own and engine.cache.get(JOB, namespace, wished):
        seen = replace(seen, stranger=wished)
    return await converge(engine, asset, manifest, desired(asset, seen))


def _concerns(engine: Engine, manifest: Manifest) -> Iterable[Key]:
    meta = manifest["metadata"]
    yield KIND.name, meta["namespace"], meta["name"]
    for job in engine.cache.under(JOB, f"{KIND.name}/{meta['namespace']}/{meta['name']}"):
        yield JOB.name, meta["namespace"], job["metadata"]["name"]


def _terms(manifest: Manifest) -> Iterable[str]:
    yield f"{EncodingProfile.kind}/{manifest['spec']['profileRef']['name']}"


WATCHES = (Watch(KIND, _concerns, reconcile, _terms),)


@kopf.on.event(*MediaAsset.selector())
async def on_change(event: Any, memo: kopf.Memo, **_: object) -> None:  # noqa: ANN401 - kopf's
    memo.engine.witness(KIND, event)
