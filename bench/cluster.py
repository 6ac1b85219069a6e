"""The cluster that a job runs on: tenants of a benchmark's own, and what is seen of a job."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cli.demo.install import restricted
from cli.endpoints import Endpoints, endpoints, store_address
from cli.kinds import NAMESPACE, POD, TRANSCODE_JOB
from cli.kubeconfig import LOCAL_KUBECONFIG
from cli.s3 import Bucket
from cli.upload import bring
from crds.v1alpha1 import TranscodeJob

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from cli.kube import Kube
    from crds.v1alpha1.encodingprofile import EncodingProfileSpec
    from crds.v1alpha1.meta import Manifest

KUBECONFIG = str(LOCAL_KUBECONFIG)
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class PodTimes:
    """When a pod of a step was made, began and ended, to the second, as Kubernetes keeps it."""

    step: str
    made: datetime
    began: datetime
    ended: datetime


@dataclass(frozen=True)
class Tenant:
    """A namespace of one round: nothing that was made before can be found in it."""

    name: str
    kube: Kube
    bucket: Bucket
    endpoints: Endpoints

    async def upload(self, film: Path) -> str:
        return (await asyncio.to_thread(bring, self.bucket, film, self.name, None)).uri

    async def apply(self, title: str, uri: str, profile: EncodingProfileSpec, **spec: Any) -> float:  # noqa: ANN401
        """When it was asked for, on the monotonic clock."""
        manifest = {
            "apiVersion": "streamverse.io/v1alpha1",
            "kind": "TranscodeJob",
            "metadata": {"name": title, "namespace": self.name},
            "spec": {
                "input": {"uri": uri},
                "profile": profile.model_dump(by_alias=True, exclude_none=True, mode="json"),
                **spec,
            },
        }
        asked = time.monotonic()
        await self.kube.apply(manifest)
        return asked

    async def until_complete(self, title: str, limit_seconds: float) -> TranscodeJob:
        """Raises RuntimeError if it fails, TimeoutError at the limit."""
        async with asyncio.timeout(limit_seconds):
            while True:
                found = await self.kube.find(TRANSCODE_JOB, title, self.name)
                job = TranscodeJob.model_validate(found)
                for said in job.status.conditions if job.status else ():
                    if said.type == "Complete" and said.status == "True":
                        return job
                    if said.type == "Failed" and said.status == "True":
                        raise RuntimeError(f"{title} failed: {said.reason}, {said.message}")
                await asyncio.sleep(_LOOK_SECONDS)

    async def pods(self, title: str) -> list[PodTimes]:
        """Of the steps that ended, in the order they were made."""
        pods = await self.kube.all_of(POD, self.name, labels=f"streamverse.io/owner={title}")
        found = [times for pod in pods if (times := pod_times(pod))]
        return sorted(found, key=lambda times: times.made)


def pod_times(pod: Manifest) -> PodTimes | None:
    meta, status = pod["metadata"], pod.get("status") or {}
    for container in status.get("containerStatuses", ()):
        ended = container["state"].get("terminated")
        if ended:
            step = str(meta["labels"]["streamverse.io/step"])
            moments = (meta["creationTimestamp"], ended["startedAt"], ended["finishedAt"])
            return PodTimes(step, *(datetime.fromisoformat(moment) for moment in moments))
    return None


@asynccontextmanager
async def tenant(kube: Kube, name: str) -> AsyncIterator[Tenant]:
    """Made, and taken away with all that is in it, here and in the store."""
    bucket = Bucket(await store_address(kube))
    await kube.apply(restricted(name))
    try:
        yield Tenant(name, kube, bucket, await endpoints(kube))
    finally:
        await kube.delete(NAMESPACE, name)
        async with asyncio.timeout(180):
            while await kube.get(NAMESPACE, name) is not None:  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.5)
        bucket.delete(bucket.names(f"{name}/"))
