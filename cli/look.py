"""Typed objects of ours, read from the cluster, with what a picture of them needs beside them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from rich.console import RenderableType

from crds.v1alpha1 import Channel, EncodingProfile, MediaAsset, Resource, TranscodeJob
from crds.v1alpha1.meta import Manifest

from .endpoints import NOT_INSTALLED, endpoints
from .exits import Exit, Stop
from .kinds import MODELS, OURS, TRANSCODE_JOB, Place, Target
from .kube import Kube
from .picture.asset import asset_picture
from .picture.channel import channel_picture
from .picture.job import job_picture
from .picture.overview import overview
from .picture.profile import profile_picture

AnyResource = Resource[Any, Any]


def typed(place: Place, manifest: Manifest) -> AnyResource:
    """The object as our model of its kind; Stop if it was written by a version we do not know."""
    try:
        return MODELS[place].model_validate(manifest)
    except ValidationError as e:
        name = manifest["metadata"]["name"]
        raise Stop(
            Exit.UNWELL,
            f"{place.kind.lower()}/{name} cannot be read by this command: {e.errors()[0]['msg']}",
            "the cluster's StreamVerse is probably newer than this command",
        ) from e


@dataclass(frozen=True)
class Seen:
    """One object at one moment."""

    resource: AnyResource
    manifest: Manifest
    job: TranscodeJob | None
    """A MediaAsset's current job."""
    origin_url: str

    def picture(self) -> RenderableType:
        match self.resource:
            case Channel():
                return channel_picture(self.resource, datetime.now(UTC), self.origin_url)
            case MediaAsset():
                return asset_picture(self.resource, self.job, self.origin_url)
            case TranscodeJob():
                return job_picture(self.resource, self.origin_url)
            case EncodingProfile():
                return profile_picture(self.resource)
        raise TypeError(self.resource.kind)


async def look(kube: Kube, target: Target, namespace: str) -> Seen:
    """The object and what belongs to it. Raises Stop when there is none."""
    manifest, origin_url = await asyncio.gather(
        kube.find(target.place, target.name, namespace), _origin_url(kube)
    )
    resource = typed(target.place, manifest)
    job = None
    if isinstance(resource, MediaAsset) and resource.status and resource.status.current_job:
        found = await kube.get(TRANSCODE_JOB, resource.status.current_job, namespace)
        job = TranscodeJob.model_validate(found) if found else None
    return Seen(resource, manifest, job, origin_url)


async def _origin_url(kube: Kube) -> str:
    """Where the origin is; empty where that is not known or not to be read."""
    try:
        return (await endpoints(kube)).origin_url
    except Stop:
        return ""


async def everything(kube: Kube, namespace: str | None) -> list[Manifest]:
    """All objects of ours, of one tenant or of all, kind by kind."""
    try:
        found = await asyncio.gather(*(kube.all_of(place, namespace) for place in OURS))
    except Stop as stop:
        if stop.code is not Exit.NOT_FOUND:
            raise
        raise Stop(
            Exit.NOT_FOUND, "this cluster does not know StreamVerse's kinds", NOT_INSTALLED
        ) from stop
    return [
        manifest
        for of_kind in found
        for manifest in sorted(
            of_kind, key=lambda m: (m["metadata"].get("namespace", ""), m["metadata"]["name"])
        )
    ]


def page(manifests: list[Manifest]) -> RenderableType:
    places = {place.kind: place for place in OURS}
    return overview([typed(places[m["kind"]], m) for m in manifests], datetime.now(UTC))
