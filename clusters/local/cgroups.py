"""The cgroup below which every pod of ours runs, in all hierarchies of the kernel."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from .kubeadm import CGROUP

ROOT = Path("/sys/fs/cgroup")


def set_up() -> None:
    """Make the cgroup; the kubelet wants it to exist."""
    for parent in _hierarchies():
        ours = parent / CGROUP
        ours.mkdir(exist_ok=True)
        for name in ("cpuset.cpus", "cpuset.mems"):
            # cgroup v1 starts a cpuset empty, and nothing may run in an empty one.
            with contextlib.suppress(OSError):
                if not ours.joinpath(name).read_text().strip():
                    ours.joinpath(name).write_text(parent.joinpath(name).read_text())


def processes() -> Iterator[int]:
    """The number of every process in any pod."""
    for folder in _ours():
        for path, _, _ in os.walk(folder):
            with contextlib.suppress(OSError):
                yield from map(int, Path(path, "cgroup.procs").read_text().split())


def take_down() -> None:
    """Remove the cgroup, deepest folders first."""
    for folder in _ours():
        for path, _, _ in os.walk(folder, topdown=False):
            with contextlib.suppress(OSError):
                Path(path).rmdir()


def _hierarchies() -> list[Path]:
    """One folder on cgroup v2; one for each controller on v1 (and v2's beside them)."""
    if ROOT.joinpath("cgroup.controllers").exists():
        return [ROOT]
    return [p for p in ROOT.iterdir() if p.is_dir() and not p.is_symlink()]


def _ours() -> list[Path]:
    return [p / CGROUP for p in _hierarchies() if p.joinpath(CGROUP).is_dir()]
