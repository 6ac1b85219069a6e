"""Put the platform onto a cluster: its images, its namespaces, its chart."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cli.endpoints import SYSTEM
from cli.exits import Exit, Stop
from cli.kube import Kube
from clusters.cache import ROOT, Cache
from clusters.refusal import Refusal
from clusters.shell import run
from crds.v1alpha1.meta import Manifest

RELEASE = "streamverse"
CHART = ROOT / "charts" / "streamverse"
DEMO_VALUES = ROOT / "samples" / "values-demo.yaml"
TENANT = "demo"
INSTALL_MINUTES = 5


def restricted(name: str) -> Manifest:
    """A namespace in which only pods that pass `restricted` Pod Security may run."""
    level = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn")}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": level}}


async def make_namespace(kube: Kube) -> None:
    """The platform's own; the chart makes its tenants'."""
    await kube.apply(restricted(SYSTEM))


def load_images() -> dict[str, Any]:
    """Build and load what the cluster lacks; the chart's values that name them."""
    argv = [sys.executable, "-m", "cli.main", "cluster", "images", "-o", "json"]
    # Its progress is the person's to see; only the answer is ours.
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Stop(Exit(done.returncode), "the images could not be built and loaded")
    return dict(json.loads(done.stdout))


def helm(cache: Cache) -> Path:
    program = cache.programs / "helm"
    if not program.exists():
        raise Stop(
            Exit.NOT_FOUND,
            f"helm is not in {cache.programs}",
            "`streamverse cluster images` builds it",
        )
    return program


def install_chart(cache: Cache, kubeconfig: str, images: dict[str, Any]) -> None:
    """Install or upgrade the release, and wait until its pods are ready."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", prefix="streamverse-") as values:
        json.dump(images, values)
        values.flush()
        try:
            run(
                [
                    *(helm(cache), "upgrade", "--install", RELEASE, CHART),
                    *("--kubeconfig", kubeconfig, "--namespace", SYSTEM),
                    *("--values", DEMO_VALUES, "--values", values.name),
                    *("--wait", "--wait-for-jobs", "--timeout", f"{INSTALL_MINUTES}m"),
                ]
            )
        except Refusal as refusal:
            raise Stop(
                Exit.TIMED_OUT if "timed out" in refusal.hint else Exit.REFUSED,
                f"the chart could not be installed: {refusal.sentence}",
                f"{refusal.hint}\n  `streamverse doctor` and `kubectl -n {SYSTEM} get pods,events`"
                " say more",
            ) from refusal
