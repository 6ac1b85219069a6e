"""Mounts and network namespaces that pods left behind."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from .paths import CONTAINERD, CONTAINERD_STATE, KUBELET, RUN

PLACES = (KUBELET, CONTAINERD, CONTAINERD_STATE, RUN)
NETWORK_NAMESPACES = Path("/run/netns")


def below(mountinfo: str, places: Iterable[Path]) -> list[str]:
    r"""Mount points in these folders, the deepest and newest first. Pure.

    `mountinfo` is /proc/self/mountinfo: the mount point is its fifth field, spaces as \040.
    """
    points = [line.split()[4].replace("\\040", " ") for line in mountinfo.splitlines()]
    inside = [p for p in points if any(Path(p).is_relative_to(place) for place in places)]
    newest_first = inside[::-1]
    return sorted(newest_first, key=lambda p: p.count("/"), reverse=True)


def unmount() -> None:
    """Detach every mount of ours; one in use goes when its last user does."""
    for point in below(Path("/proc/self/mountinfo").read_text(), PLACES):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)


def pods_namespaces() -> list[str]:
    """Names of the network namespaces that container runtimes made (cni-…)."""
    if not NETWORK_NAMESPACES.is_dir():
        return []
    return [path.name for path in NETWORK_NAMESPACES.glob("cni-*")]


def remove_namespaces() -> None:
    """Remove the pods' network namespaces, and with each its interfaces."""
    for name in pods_namespaces():
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
        NETWORK_NAMESPACES.joinpath(name).unlink(missing_ok=True)
