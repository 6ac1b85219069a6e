"""A cluster that somebody else keeps: it is looked at, and never started or stopped."""

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from clusters.cache import Cache
from clusters.image_builds import Built
from clusters.kubectl import Kubectl
from clusters.progress import Progress
from clusters.provider import Part, ProviderName, Status
from clusters.refusal import Refusal

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


class ExistingProvider:
    def __init__(self, cache: Cache, kubeconfig: Path | None = None) -> None:
        self._path = kubeconfig or named(os.environ.get("KUBECONFIG", ""))
        self._kubectl = Kubectl(cache, self._path)

    def kubeconfig(self) -> Path:
        return self._path

    def up(self, progress: Progress) -> None:
        with progress.step(f"Look at the cluster of {self._path}"):
            found = self.status()
            if not found.up:
                raise Refusal(
                    f"the cluster of {self._path} does not answer",
                    "set KUBECONFIG to one that does",
                )
        for part in found.parts:
            if not part.well:
                progress.note(f"{part.name}: {part.says}")

    def down(self, progress: Progress, *, keep_volumes: bool) -> None:
        del progress, keep_volumes
        raise Refusal(
            "this cluster is not ours to stop",
            "helm uninstall streamverse -n streamverse-system removes the platform from it",
        )

    def status(self) -> Status:
        if not self._path.exists() or not self._kubectl.ready():
            return Status(ProviderName.EXISTING, up=False)
        nodes = [ready(node) for node in self._kubectl.get("nodes")["items"]]
        volumes = volume_part(self._kubectl.get("storageclasses")["items"])
        return Status(
            ProviderName.EXISTING, up=True, kubeconfig=str(self._path), parts=(*nodes, volumes)
        )

    def lacking(self, images: Sequence[Built]) -> list[Built]:
        held = self._kubectl.images_of_nodes()
        return [built for built in images if not all(built.reference in node for node in held)]

    def load(self, layout: Path, images: Collection[Built]) -> None:
        copies = (
            f"skopeo copy oci:{layout}:{built.reference} docker://REGISTRY/{built.name}:TAG"
            for built in images
        )
        raise Refusal(
            "images cannot be put on this cluster's nodes from here",
            "push them to a registry that it pulls from, and name them in the chart's `images`:\n  "
            + "\n  ".join(copies),
        )


def named(variable: str) -> Path:
    """The kubeconfig that $KUBECONFIG names first, or the usual one. Pure but for the home."""
    first = next((part for part in variable.split(os.pathsep) if part), None)
    return Path(first) if first else Path.home() / ".kube" / "config"


def ready(node: dict[str, Any]) -> Part:
    """How a node says it is. Pure."""
    conditions = {c["type"]: c for c in node["status"].get("conditions", ())}
    told = conditions.get("Ready", {"status": "Unknown", "reason": "never heard of"})
    return Part(node["metadata"]["name"], told["status"] == "True", told.get("reason", ""))


def volume_part(classes: Sequence[dict[str, Any]]) -> Part:
    """Whether claims without a class get a volume. Pure."""
    for found in classes:
        if found["metadata"].get("annotations", {}).get(DEFAULT_CLASS) == "true":
            return Part("volumes", well=True, says=found["metadata"]["name"])
    return Part(
        "volumes",
        well=False,
        says="no StorageClass is the default: set store.persistence.storageClass",
    )
