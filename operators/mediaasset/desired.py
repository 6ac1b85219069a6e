"""What a MediaAsset needs and what of it plays. Pure: no client, no clock, no kopf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operators.canonical import canonical, digest8
from operators.mediaasset.observed import JOB, OwnJob, Seen
from operators.mediaasset.rights import next_change
from operators.mediaasset.status import status_of
from operators.reconcile import Child, Desired, Doomed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crds.v1alpha1 import EncodingProfile, MediaAsset, MediaAssetStatus


def desired(asset: MediaAsset, seen: Seen) -> Desired[MediaAssetStatus]:
    """One TranscodeJob for what is wished now; the one that plays stays until that is Complete."""
    name = current_name(asset, seen)
    current = seen.jobs.get(name) if name else None
    # What was published last stays until its successor is: then its title is nobody's.
    superseded = [
        job
        for other, job in seen.jobs.items()
        if other != name and not job.going and current is not None and current.holds("Complete")
    ]
    status = status_of(asset, seen, name, current)
    return Desired(
        status=status,
        children=_children(asset, seen, name, current),
        doomed=[Doomed(JOB, job.manifest) for job in superseded],
        look_again_seconds=next_change(asset.spec.rights, seen.now),
    )


def current_name(asset: MediaAsset, seen: Seen) -> str | None:
    """The job that stands for the spec. One that does already is kept, whatever a newer operator
    would call it; and without its profile, an asset stays as it was encoded.
    """
    fitting = [name for name, own in sorted(seen.jobs.items()) if _fits(asset, own, seen.profile)]
    before = asset.status.current_job if asset.status else None
    if before in fitting:
        return before
    if fitting:
        return fitting[-1]
    if seen.profile is None:
        return None
    tracks = ",".join(canonical(track) for track in asset.spec.tracks)
    digest = digest8(
        asset.metadata.uid, asset.spec.source.uri, canonical(seen.profile.spec), tracks
    )
    return f"{asset.metadata.name[:40]}-{digest}"


def _fits(asset: MediaAsset, own: OwnJob, profile: EncodingProfile | None) -> bool:
    spec = own.job.spec
    if own.going or spec.input.uri != asset.spec.source.uri:
        return False
    return profile is None or spec.profile == profile.spec


def _children(
    asset: MediaAsset, seen: Seen, name: str | None, current: OwnJob | None
) -> Sequence[Child]:
    if name is None:
        return ()
    if seen.stranger:
        return ()
    follows = {"suspend": asset.spec.suspend}
    if current is not None:
        finished = current.holds("Complete") or current.holds("Failed")
        manifest = current.manifest
        return () if finished else [Child(JOB, manifest, follows)]
    if asset.spec.suspend or seen.profile is None:
        return ()
    spec = {
        "input": {"uri": asset.spec.source.uri},
        "profileRef": {"name": seen.profile.metadata.name},
        "profile": seen.profile.spec.model_dump(mode="json", by_alias=True, exclude_none=True),
        "output": {"prefix": asset.metadata.name},
    }
    labels = {k: v for k, v in asset.metadata.labels.items() if k == "kueue.x-k8s.io/queue-name"}
    manifest = {
        "apiVersion": JOB.api_version,
        "kind": JOB.name,
        "metadata": {"name": name, "labels": labels},
        "spec": spec,
    }
    return [Child(JOB, manifest, follows)]
