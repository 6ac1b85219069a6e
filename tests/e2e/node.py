"""The node's processes, to kill: found by the pod or by the program that they are."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from crds.v1alpha1.meta import Manifest

PROC = Path("/proc")
SANDBOXES = {"pause", "catatonit"}
"""They hold a pod's network; killing them is another story."""


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _processes() -> Iterator[tuple[int, str, str]]:
    """Id, name and control groups of every process there is."""
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            yield int(folder.name), _read(folder / "comm").strip(), _read(folder / "cgroup")


def of_pod(pod: Manifest) -> list[int]:
    """The ids of a pod's processes, its sandbox left out."""
    group = f"pod{pod['metadata']['uid']}"
    return [pid for pid, name, groups in _processes() if group in groups and name not in SANDBOXES]


def of_program(name: str, *, in_pod: bool) -> list[int]:
    """The ids of the cluster's processes of that name.

    A test elsewhere may run an API server of its own: ours is the one inside a pod.
    """
    return [
        pid
        for pid, comm, groups in _processes()
        if comm == name[:15] and ("kubepods" in groups) is in_pod
    ]


def kill(pids: list[int]) -> None:
    """Kill -9: no last word, no clean-up."""
    assert killed(pids), "nothing to kill: the story did not happen"


def killed(pids: list[int]) -> bool:
    """The same, and whether it met anybody: who was found may have ended by itself since."""
    met = 0
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            met += 1
    return met > 0
