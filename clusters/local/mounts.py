"""Mounts and network namespaces that pods left behind, and their removal."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from .cni import NAMESPACES


def below(mountinfo: str, places: Iterable[Path]) -> list[str]:
    r"""Mount points in these folders, the deepest and newest first. Pure.

    `mountinfo` is /proc/self/mountinfo: the mount point is its fifth field, spaces as \040.
    """
    points = [line.split()[4].replace("\\040", " ") for line in mountinfo.splitlines()]
    folders = list(places)
    inside = [p for p in points if any(Path(p).is_relative_to(f) for f in folders)]
    newest_first = inside[::-1]
    return sorted(newest_first, key=lambda p: p.count("/"), reverse=True)


def unmount(places: Iterable[Path]) -> None:
    """Detach every mount in folders of ours; one in use goes when its last user does."""
    for point in below(Path("/proc/self/mountinfo").read_text(), places):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)


def remove_namespaces(names: Iterable[str]) -> None:
    """Remove network namespaces, and with each its interfaces."""
    for name in names:
        subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
        NAMESPACES.joinpath(name).unlink(missing_ok=True)
