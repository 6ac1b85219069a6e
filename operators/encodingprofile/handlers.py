"""Why an EncodingProfile is looked at again, and who looks at it: assets, and jobs that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import kopf

from crds.v1alpha1 import EncodingProfile, MediaAsset, TranscodeJob
from operators.converge import converge
from operators.encodingprofile.desired import desired
from operators.engine import Engine, Watch
from operators.kinds import Kind
from operators.reconcile import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.v1alpha1.meta import Manifest
    from operators.cache import Key

KIND = Kind.of(EncodingProfile)


async def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    manifest = engine.cache.get(KIND, namespace, name)
    if manifest is None or manifest["metadata"].get("deletionTimestamp"):
        return None
    profile = parsed(EncodingProfile, manifest)
    return await converge(engine, profile, manifest, desired(profile))


def _concerns(engine: Engine, manifest: Manifest) -> Iterable[Key]:
    name = manifest["metadata"]["name"]
    yield KIND.name, "", name
    for model in (MediaAsset, TranscodeJob):
        for other in engine.cache.under(Kind.of(model), f"{KIND.name}/{name}"):
            yield model.kind, other["metadata"]["namespace"], other["metadata"]["name"]


WATCHES = (Watch(KIND, _concerns, reconcile),)


@kopf.on.event(*EncodingProfile.selector())
async def on_change(event: Any, memo: kopf.Memo, **_: object) -> None:  # noqa: ANN401 - kopf's
    memo.engine.witness(KIND, event)
