"""What the pods' network left behind, told from other networks' by its own records."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .network import CNI
from .paths import CNI_STATE, CONTAINERD_STATE

NETWORK = str(CNI["name"])
LOOPBACK = "cni-loopback"
"""Every containerd has a network of this name: a record of it is ours if its container is."""
RESULTS = CNI_STATE / "results"
NAMESPACES = Path("/run/netns")
_BUNDLES = CONTAINERD_STATE / "io.containerd.runtime.v2.task" / "k8s.io"

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Leftovers:
    """Names of files in RESULTS, and of network namespaces."""

    results: frozenset[str] = frozenset()
    namespaces: frozenset[str] = frozenset()


def leftovers(results: Mapping[str, Content], bundles: Mapping[str, Content]) -> Leftovers:
    """What is ours. Pure.

    `results` are the plugins' records by file name, `bundles` the OCI configurations that our own
    containerd wrote, by container: either may lack what the other knows.
    """
    containers = {r["containerId"] for r in results.values() if r["networkName"] == NETWORK}
    containers |= bundles.keys()
    ours = {
        name: result
        for name, result in results.items()
        if result["containerId"] in containers and result["networkName"] in {NETWORK, LOOPBACK}
    }
    paths = [
        interface.get("sandbox", "")
        for result in ours.values()
        for interface in (result.get("result") or {}).get("interfaces") or ()
    ]
    paths += [
        namespace.get("path", "")
        for bundle in bundles.values()
        for namespace in bundle["linux"]["namespaces"]
        if namespace["type"] == "network"
    ]
    named = (Path(path) for path in paths)
    places = {NAMESPACES, Path("/var/run/netns")}
    return Leftovers(
        results=frozenset(ours),
        namespaces=frozenset(path.name for path in named if path.parent in places),
    )


def observe() -> Leftovers:
    """Look at this host."""
    results = {path.name: _read(path) for path in RESULTS.glob("*")}
    bundles = {path.parent.name: _read(path) for path in _BUNDLES.glob("*/config.json")}
    return leftovers(
        {name: r for name, r in results.items() if {"containerId", "networkName"} <= r.keys()},
        {name: b for name, b in bundles.items() if b.get("linux")},
    )


def remove_records() -> None:
    """Remove the plugins' records of our network, and their folders once they are empty."""
    for name in observe().results:
        RESULTS.joinpath(name).unlink(missing_ok=True)
    addresses = CNI_STATE / "networks" / NETWORK
    for path in addresses.glob("*"):
        path.unlink(missing_ok=True)
    for folder in (RESULTS, addresses, addresses.parent, CNI_STATE):
        with contextlib.suppress(OSError):  # Somebody else's are in it, or it is not there.
            folder.rmdir()


def _read(path: Path) -> Content:
    """A record; nothing where it was cut short or has just gone."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
