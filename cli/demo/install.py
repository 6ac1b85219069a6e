"""Put the platform onto a cluster: its images, its namespaces, its chart."""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.endpoints import SYSTEM
from cli.exits import Exit, Stop
from cli.kinds import POD
from cli.kube import Kube
from cli.output import err
from clusters.cache import ROOT, Cache
from crds.v1alpha1.meta import Manifest

RELEASE = "streamverse"
CHART = ROOT / "charts" / "streamverse"
DEMO_VALUES = ROOT / "samples" / "values-demo.yaml"
TENANT = "demo"
INSTALL_MINUTES = 5
LOOK_SECONDS = 2
RESTARTS = 4
"""Fewer may be a pod that came before what it needs."""
MORE = f"`streamverse doctor` says more; so does `kubectl -n {SYSTEM} describe pods`"


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


async def install_chart(kube: Kube, cache: Cache, kubeconfig: str, images: dict[str, Any]) -> None:
    """Install or upgrade the release, and wait until its pods are ready.

    Raises Stop as soon as a pod cannot become ready by waiting.
    """
    await _take_up(cache, kubeconfig)
    with tempfile.NamedTemporaryFile("w", suffix=".json", prefix="streamverse-") as values:
        json.dump(images, values)
        values.flush()
        process = await asyncio.create_subprocess_exec(
            *(helm(cache), "upgrade", "--install", RELEASE, CHART),
            *("--kubeconfig", kubeconfig, "--namespace", SYSTEM),
            *("--values", DEMO_VALUES, "--values", values.name),
            *("--wait", "--wait-for-jobs", "--timeout", f"{INSTALL_MINUTES}m"),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        talking = asyncio.create_task(process.communicate())
        try:
            while not (await asyncio.wait({talking}, timeout=LOOK_SECONDS))[0]:
                said = hopeless(await kube.all_of(POD, SYSTEM))
                if said:
                    raise Stop(Exit.UNWELL, f"the platform does not come up: {said}", MORE)
        finally:
            if process.returncode is None:
                process.terminate()
        _, complaint = await talking
    if process.returncode:
        told = complaint.decode(errors="replace").strip()
        late = "context deadline exceeded" in told
        raise Stop(
            Exit.TIMED_OUT if late else Exit.REFUSED,
            f"not all was ready after {INSTALL_MINUTES} minutes"
            if late
            else f"helm could not install the chart: {told}",
            MORE,
        )


async def _take_up(cache: Cache, kubeconfig: str) -> None:
    """Helm refuses every upgrade of a release that one left half done as it was killed."""
    code, told = await _helm(cache, kubeconfig, "history", RELEASE, "--output", "json")
    # none yet, or no cluster: the upgrade itself will tell
    found = remedy(json.loads(told)) if code == 0 else None
    if found is None:
        return
    sentence, arguments = found
    err.print(f"  an earlier installation was cut off: {sentence}")
    code, told = await _helm(cache, kubeconfig, *arguments)
    if code:
        raise Stop(Exit.REFUSED, f"helm could not {arguments[0]} {RELEASE}: {told}", MORE)


async def _helm(cache: Cache, kubeconfig: str, *arguments: str) -> tuple[int, str]:
    """Its exit code, and what it printed: the answer, or the complaint."""
    process = await asyncio.create_subprocess_exec(
        helm(cache),
        *(*arguments, "--kubeconfig", kubeconfig, "--namespace", SYSTEM),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    answer, complaint = await process.communicate()
    told = complaint if process.returncode else answer
    return process.returncode or 0, told.decode(errors="replace").strip()


def remedy(history: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[str, ...]] | None:
    """What helm must do before it can upgrade: a sentence, and its arguments. Pure.

    `history` is what `helm history` prints, the oldest revision first; None if nothing is in the
    way.
    """
    if not history or not str(history[-1]["status"]).startswith("pending-"):
        return None
    deployed = [str(one["revision"]) for one in history if one["status"] == "deployed"]
    if deployed:
        said = f"back to revision {deployed[-1]} before the upgrade"
        return said, ("rollback", RELEASE, deployed[-1])
    # the chart keeps its kinds, and with them all objects, and the store's key
    wait = ("--wait", "--timeout", f"{INSTALL_MINUTES}m")
    return "it is taken away and made anew", ("uninstall", RELEASE, *wait)


def hopeless(pods: Sequence[Manifest]) -> str:
    """Why a pod will not become ready however long one waits; empty if none is such. Pure."""
    for pod in pods:
        for container in (pod.get("status") or {}).get("containerStatuses") or ():
            waiting = container.get("state", {}).get("waiting", {})
            again = container.get("restartCount", 0) >= RESTARTS
            lost = waiting.get("reason") in {"ErrImageNeverPull", "InvalidImageName"}
            if lost or (again and waiting.get("reason") == "CrashLoopBackOff"):
                name = pod["metadata"]["name"]
                return f"{name} is in {waiting['reason']} ({container['restartCount']} restarts)"
    return ""
