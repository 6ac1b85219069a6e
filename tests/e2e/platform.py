"""The platform under test, as the stories speak to it: apply, wait for what a person waits for."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cli.endpoints import Endpoints
from cli.exits import Exit, Stop
from cli.kinds import MODELS, NAMESPACE, POD, TRANSCODE_JOB, Place
from cli.kube import Kube
from cli.picture.words import address, settled
from cli.s3 import Bucket
from cli.upload import bring
from crds.v1alpha1 import MediaAsset, Resource, TranscodeJob
from crds.v1alpha1.meta import Manifest

ROOT = Path(__file__).parents[2]
AnyResource = Resource[Any, Any]
T = TypeVar("T")
OURS = {"streamverse.io/test": "e2e"}
"""The label of every namespace that a story makes."""
STUCK_SECONDS = 400
"""Longer than any one thing that is asked of the cluster or of a browser takes."""


@dataclass(frozen=True)
class Ended:
    """How a command of ours ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Platform:
    kubeconfig: str
    loop: asyncio.AbstractEventLoop
    """Runs on a thread of its own, so that a story may do other things meanwhile."""
    kube: Kube
    bucket: Bucket
    endpoints: Endpoints

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(STUCK_SECONDS)

    def apply(self, *manifests: Manifest) -> list[Manifest]:
        return [self.do(self.kube.apply(manifest)) for manifest in manifests]

    def refusal(self, manifest: Manifest) -> str:
        """The sentence with which the API server refuses it."""
        try:
            self.apply(manifest)
        except Stop as stop:
            return stop.sentence
        raise AssertionError(f"{manifest['metadata']['name']} was accepted")

    def answers(self) -> bool:
        """Whether the API server does."""
        try:
            self.do(self.kube.version())
        except Stop:
            return False
        return True

    def delete(self, place: Place, name: str, namespace: str | None = None) -> None:
        self.do(self.kube.delete(place, name, namespace))

    def all_of(
        self, place: Place, namespace: str | None = None, labels: str = ""
    ) -> list[Manifest]:
        return self.do(self.kube.all_of(place, namespace, labels=labels))

    def job(self, name: str, namespace: str) -> TranscodeJob:
        found = self.do(self.kube.find(TRANSCODE_JOB, name, namespace))
        return TranscodeJob.model_validate(found)

    def upload(self, film: Path, namespace: str, name: str | None = None) -> str:
        """Its s3:// address."""
        return bring(self.bucket, film, namespace, name).uri

    def wait(
        self, what: str, look: Callable[[], T | None], seconds: float, every: float = 0.5
    ) -> T:
        """What `look` finds, as soon as that is something. Fails with `what` at the limit.

        That the cluster does not answer is no failure: stories kill its API server.
        """
        deadline = time.monotonic() + seconds
        while True:
            try:
                found = look()
            except Stop as stop:
                if stop.code is not Exit.UNREACHABLE:
                    raise
                found = None
            if found:
                return found
            assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
            time.sleep(every)

    def until_settled(self, place: Place, name: str, namespace: str, seconds: float) -> AnyResource:
        """The object once it is Ready, or waits for a person."""
        last: list[str] = []

        def look() -> AnyResource | None:
            found = self.do(self.kube.find(place, name, namespace))
            resource = MODELS[place].model_validate(found)
            last[:] = [_state(resource)]
            return resource if settled(resource) else None

        try:
            return self.wait("settled", look, seconds)
        except AssertionError as e:
            raise AssertionError(f"{place.kind} {name}: {e}; {last}") from e

    def until_job_ended(self, name: str, namespace: str, seconds: float) -> TranscodeJob:
        found = self.until_settled(TRANSCODE_JOB, name, namespace, seconds)
        assert isinstance(found, TranscodeJob)
        return found

    def until_gone(self, place: Place, name: str, namespace: str | None, seconds: float) -> None:
        self.wait(
            f"{place.kind} {name} gone",
            lambda: self.do(self.kube.get(place, name, namespace)) is None,
            seconds,
        )

    def pods(self, namespace: str, of: str) -> list[Manifest]:
        """The pods whose name begins with that of the object."""
        return [p for p in self.all_of(POD, namespace) if p["metadata"]["name"].startswith(of)]

    def url(self, resource: AnyResource, manifest: str = "hls") -> str:
        assert isinstance(resource, MediaAsset | TranscodeJob)
        playback = resource.status.playback if resource.status else None
        path = getattr(playback, manifest, None)
        assert path, f"{resource.metadata.name} does not play: {_state(resource)}"
        return address(self.endpoints.origin_url, path)

    def command(self, *arguments: str, within: float = 120) -> Ended:
        """Run `streamverse …` as a person would."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            cwd=ROOT,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "KUBECONFIG": self.kubeconfig},
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def new_namespace(self, name: str) -> str:
        """An empty tenant of the story's own, restricted as the demo's is."""
        level = {f"pod-security.kubernetes.io/{m}": "restricted" for m in ("enforce", "warn")}
        level |= OURS | {"streamverse.io/tenant": "true"}
        metadata = {"name": name, "labels": level}
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        return name

    def forsake_namespaces(self) -> None:
        """Let go of what a run that was cut off left behind, without waiting until it is gone."""
        ours = ",".join(f"{label}={value}" for label, value in OURS.items())
        for namespace in self.all_of(NAMESPACE, labels=ours):
            self.delete(NAMESPACE, namespace["metadata"]["name"])

    def drop_namespace(self, name: str, seconds: float = 90) -> None:
        """With all that is in it, here and in the store."""
        self.delete(NAMESPACE, name)
        self.wait(
            f"namespace {name} gone",
            lambda: self.do(self.kube.get(NAMESPACE, name)) is None,
            seconds,
        )
        self.bucket.delete(self.bucket.names(f"{name}/"))


def _state(resource: AnyResource) -> str:
    conditions = resource.status.conditions if resource.status else []
    return "; ".join(f"{c.type}={c.status} {c.reason} {c.message}" for c in conditions)


def condition(resource: AnyResource, type_: str) -> tuple[str, str]:
    """Status and reason of one condition; ("", "") where there is none."""
    found = resource.status.condition(type_) if resource.status else None
    return (found.status, found.reason) if found else ("", "")


def transcode_job(
    name: str,
    namespace: str,
    uri: str,
    profile: str = "e2e",
    **spec: Any,  # noqa: ANN401
) -> Manifest:
    return {
        "apiVersion": "streamverse.io/v1alpha1",
        "kind": "TranscodeJob",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"input": {"uri": uri}, "profileRef": {"name": profile}, **spec},
    }


def media_asset(name: str, namespace: str, uri: str, profile: str = "e2e") -> Manifest:
    return {
        "apiVersion": "streamverse.io/v1alpha1",
        "kind": "MediaAsset",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"source": {"uri": uri}, "profileRef": {"name": profile}},
    }


def tiny_ladder(name: str = "e2e", heights: Sequence[int] = (144, 240)) -> Manifest:
    """A ladder that two cores make in no time; two rungs, so that switching has somewhere to go."""
    return {
        "apiVersion": "streamverse.io/v1alpha1",
        "kind": "EncodingProfile",
        "metadata": {"name": name},
        "spec": {
            "segmentDurationMillis": 2000,
            "gopDurationMillis": 1000,
            "renditions": [
                {"name": f"{h}p", "maxHeight": h, "bitrateKbps": 2 * h} for h in heights
            ],
            "audio": [{"name": "stereo", "bitrateKbps": 96, "channels": 2}],
            "images": {"thumbnailsEverySeconds": 2},
        },
    }
