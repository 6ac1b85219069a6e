"""A kind cluster named streamverse, for machines that have a Docker engine."""

import os
import shutil
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import yaml

from clusters import oci
from clusters.cache import Cache
from clusters.existing.provider import ExistingProvider
from clusters.image_builds import Built
from clusters.programs import KIND, build, missing
from clusters.progress import Progress
from clusters.provider import ProviderName, Status
from clusters.refusal import Refusal
from clusters.shell import run, succeeds

CLUSTER = "streamverse"
NODE = f"{CLUSTER}-control-plane"
NODE_PORTS = {30080: "TCP", 30900: "TCP", 31935: "TCP", 31888: "UDP", 31889: "TCP"}
"""The origin's, the store's, and those for encoders: RTMP, SRT and WHIP. Kind must be told at
creation which ports this machine answers."""


class KindProvider:
    def __init__(self, cache: Cache) -> None:
        state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
        self._kubeconfig = Path(state, "streamverse", "kind.kubeconfig")
        self._cache = cache
        self._inside = ExistingProvider(cache, self._kubeconfig)

    def kubeconfig(self) -> Path:
        return self._kubeconfig

    def up(self, progress: Progress) -> None:
        _need_docker()
        self._kubeconfig.parent.mkdir(parents=True, exist_ok=True)
        if missing(self._cache, (KIND,)):
            with progress.step("Build kind"):
                build(self._cache, KIND)
        if CLUSTER not in run([self._kind(), "get", "clusters"]).split():
            with progress.step("Create the kind cluster"):
                run(
                    [
                        *(self._kind(), "create", "cluster", "--name", CLUSTER, "--wait", "180s"),
                        *("--kubeconfig", self._kubeconfig, "--config", "-"),
                    ],
                    stdin=yaml.safe_dump(configuration()),
                )
        run(["docker", "start", NODE])  # Docker may have been restarted since.
        export = (self._kind(), "export", "kubeconfig", "--name", CLUSTER)
        run([*export, "--kubeconfig", self._kubeconfig])
        self._inside.up(progress)

    def down(self, progress: Progress, *, keep_volumes: bool) -> None:
        if keep_volumes:
            raise Refusal("kind keeps volumes inside its node: they go with it")
        _need_docker()
        with progress.step("Delete the kind cluster"):
            run([self._kind(), "delete", "cluster", "--name", CLUSTER])
            self._kubeconfig.unlink(missing_ok=True)

    def status(self) -> Status:
        found = self._inside.status()
        return Status(ProviderName.KIND, found.up, found.kubeconfig, found.parts)

    def lacking(self, images: Sequence[Built]) -> list[Built]:
        listing = run(["docker", "exec", NODE, "ctr", "-n", "k8s.io", "images", "list", "-q"])
        return [built for built in images if built.reference not in listing.split()]

    def load(self, layout: Path, images: Collection[Built]) -> None:
        if images:
            with tempfile.NamedTemporaryFile(suffix=".tar") as archive:
                oci.write_archive(layout, [b.reference for b in images], {}, archive)
                archive.flush()
                run([self._kind(), "load", "image-archive", archive.name, "--name", CLUSTER])

    def _kind(self) -> Path:
        return build(self._cache, KIND) / "kind"


def configuration() -> dict[str, Any]:
    """Kind's own configuration: the platform's NodePorts answer on this machine only. Pure."""
    ports = [
        {
            "containerPort": port,
            "hostPort": port,
            "listenAddress": "127.0.0.1",
            "protocol": protocol,
        }
        for port, protocol in NODE_PORTS.items()
    ]
    return {
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "kind": "Cluster",
        "nodes": [{"role": "control-plane", "extraPortMappings": ports}],
    }


def _need_docker() -> None:
    if not shutil.which("docker") or not succeeds(["docker", "info"]):
        raise Refusal(
            "kind needs a Docker engine, and none answers here",
            "streamverse cluster up --provider local needs none",
        )
