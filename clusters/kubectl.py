"""A cluster's API server, asked by kubectl."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .cache import Cache
from .programs import CONTROL_PLANE, build, program
from .shell import run

FIELD_MANAGER = "streamverse-cluster"


class Kubectl:
    def __init__(self, cache: Cache, kubeconfig: Path) -> None:
        self._cache = cache
        self._kubeconfig = kubeconfig

    def ready(self) -> bool:
        """True if the API server says that it is."""
        asked = subprocess.run(
            self._argv("get", "--raw", "/readyz", "--request-timeout=3s"),
            capture_output=True,
            check=False,
        )
        return asked.returncode == 0

    def get(self, *words: str) -> dict[str, Any]:
        return dict(json.loads(run(self._argv("get", *words, "--output=json"))))

    def images_of_nodes(self) -> list[set[str]]:
        """For each node, the names of the images it says it holds (it tells of fifty at most)."""
        nodes = self.get("nodes")["items"]
        return [
            {name for image in node["status"].get("images", ()) for name in image.get("names", ())}
            for node in nodes
        ]

    def apply(self, manifests: Iterable[Mapping[str, Any]]) -> None:
        """Server-side apply: what is so already is not written."""
        document = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})
        options = ("--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}")
        run(self._argv("apply", *options, "--filename=-"), stdin=document)

    def scale(self, namespace: str, target: str, replicas: int) -> None:
        run(self._argv("scale", f"--namespace={namespace}", target, f"--replicas={replicas}"))

    def wait_rolled_out(self, namespace: str, target: str, seconds: int) -> None:
        words = (f"--namespace={namespace}", target, f"--timeout={seconds}s")
        run(self._argv("rollout", "status", *words))

    def wait(
        self, namespace: str, target: str, seconds: int, *, until: str = "condition=Ready"
    ) -> None:
        """Return when a node or a pod is so."""
        words = (f"--for={until}", target, f"--timeout={seconds}s")
        run(self._argv("wait", f"--namespace={namespace}", *words))

    def _argv(self, verb: str, *words: str) -> list[str]:
        return [_kubectl(self._cache), f"--kubeconfig={self._kubeconfig}", verb, *words]


def _kubectl(cache: Cache) -> str:
    """Ours if it was built, else the machine's; built if there is none."""
    ours = program(cache, "kubectl")
    if not ours.exists():
        found = shutil.which("kubectl")
        if found:
            return found
        build(cache, CONTROL_PLANE)
    return str(ours)
