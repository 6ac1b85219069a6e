"""What a MediaAsset needs and what of it plays. Pure: no client, no clock, no kopf."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from operators.canonical import canonical, digest8
from operators.kinds import EDITION
from operators.mediaasset.observed import JOB, OwnJob, Seen
from operators.mediaasset.rights import next_change
from operators.mediaasset.status import status_of
from operators.reconcile import Child, Desired, Doomed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crds.v1alpha1 import EncodingProfile, MediaAsset, MediaAssetStatus


def desired(asset: MediaAsset, seen: Seen) -> Desired[MediaAssetStatus]:
    """One TranscodeJob for what is wished now; others stay for as long as they may be watched."""
    name = current_name(asset, seen)
    current = seen.jobs.get(name) if name else None
    others = [own for own in seen.jobs.values() if own is not current and not own.going]
    kept = {own.job.metadata.name: kept_until(own, current) for own in others}
    waits = [
        (until - seen.now).total_seconds() + 0.05
        for until in kept.values()
        if until is not None and until > seen.now
    ]
    rights = next_change(asset.spec.rights, seen.now)
    return Desired(
        status=status_of(asset, seen, name, current),
        children=_children(asset, seen, name, current),
        doomed=[
            Doomed(JOB, own.manifest)
            for own in others
            if (until := kept[own.job.metadata.name]) is not None and until <= seen.now
        ],
        look_again_seconds=min([*waits, *([rights] if rights is not None else [])], default=None),
    )


def kept_until(own: OwnJob, current: OwnJob | None) -> datetime | None:
    """When a job that is not the current one may go; None: not as long as nothing replaces it.

    Who began to watch its title goes on with that title until its end, pauses a little included.
    """
    if current is None or not current.holds("Published"):
        return None
    if not own.published:
        # Nobody watches it, or only its beginning, under a name that has gone to another.
        return AT_ONCE
    since = current.job.status.timing.completed_at if current.job.status else None
    if not current.published or since is None:
        return None
    millis = (own.job.status.duration_millis if own.job.status else None) or 0
    return since + timedelta(milliseconds=millis) + PAUSES


AT_ONCE = datetime.min.replace(tzinfo=UTC)
PAUSES = timedelta(minutes=10)


def current_name(asset: MediaAsset, seen: Seen) -> str | None:
    """The job that stands for the spec. One that does already is kept, whatever a newer operator
    would call it; and without its profile, an asset stays as it was encoded.

    It is never an older one again: what was wished for last has the name, so that wishing for
    something again makes another job, which finds all of it done.
    """
    before = asset.status.current_job if asset.status else None
    newest = max(seen.jobs.values(), key=lambda own: own.age, default=None)
    latest = seen.jobs.get(before or "") or (newest if before is None else None)
    if latest is not None and _fits(asset, latest, seen.profile):
        return latest.job.metadata.name
    if seen.profile is None:
        return None
    work = asset.metadata.uid, asset.spec.source.uri, canonical(seen.profile.spec)
    name = f"{asset.metadata.name[:40]}-{digest8(*work)}"
    if name not in seen.jobs or newest is None:
        return name
    return f"{asset.metadata.name[:40]}-{digest8(*work, newest.job.metadata.uid)}"


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
    editions = [own.edition for own in seen.jobs.values()]
    labels = {k: v for k, v in asset.metadata.labels.items() if k == "kueue.x-k8s.io/queue-name"}
    manifest = {
        "apiVersion": JOB.api_version,
        "kind": JOB.name,
        "metadata": {
            "name": name,
            "labels": labels,
            "annotations": {EDITION: str(max(editions, default=0) + 1)},
        },
        "spec": spec,
    }
    return [Child(JOB, manifest, follows)]
