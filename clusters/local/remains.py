"""What a cluster leaves on a host when its processes are gone, and its removal."""

import contextlib
import shutil
import signal
import time
from pathlib import Path

from . import cgroups, cni, mounts, network, ownership
from .containerd import CONFIGURATION as CONTAINERD_CONFIGURATION
from .holdings import Holdings
from .kubeadm import NODE
from .ownership import Owner
from .paths import KUBECONFIG, LOGS, MADE, RUN, SOCKET, STATE
from .processes import Process, commands
from .supervisor import PID_FILE

PATIENCE_SECONDS = 30.0
REAPED_SECONDS = 3.0
"""How long the host's init may take to collect what was killed."""


def end_services() -> None:
    """End the supervisor with its services, and any of them that outlived theirs."""
    supervisor = Process.read(PID_FILE)
    if supervisor:
        supervisor.end(patience_seconds=PATIENCE_SECONDS)
    for pid, words in commands().items():
        if _is_service(words) and (stray := Process.numbered(pid)):
            stray.end(patience_seconds=5)


def end_pods(found: Holdings) -> None:
    """End every container, with the shims that hold them, and free what they held."""
    left = cni.observe()
    limit, ended = time.monotonic() + PATIENCE_SECONDS, set[int]()
    while (running := _of_pods()) and time.monotonic() < limit:
        for process in running:
            process.send(signal.SIGKILL)
            ended.add(process.pid)
        time.sleep(0.05)
    limit = time.monotonic() + REAPED_SECONDS
    while any(Path(f"/proc/{pid}").exists() for pid in ended) and time.monotonic() < limit:
        time.sleep(0.05)
    mounts.unmount(found.mounted())
    mounts.remove_namespaces(left.namespaces)


def forget_cluster(found: Holdings, *, keep_volumes: bool) -> None:
    """Remove the state of the control plane and of the pods. Their processes are gone."""
    for path in found.folders(keep_volumes=keep_volumes):
        remove(path)
    for path in (MADE, KUBECONFIG, STATE / "kubeadm.yaml"):
        path.unlink(missing_ok=True)
    containers = Path("/var/log/containers")
    for link in containers.glob("*.log") if containers.is_dir() else ():
        if link.is_symlink() and str(link.readlink()).startswith(str(LOGS)):
            link.unlink()
    with contextlib.suppress(OSError):
        containers.rmdir()


def disconnect(found: Holdings) -> None:
    """Remove the pods' network, the firewall's rules for it, and the plugins' records."""
    network.take_down(bridge=found.bridge is Owner.OURS, alone=found.alone)
    cni.remove_records()


def sweep(found: Holdings) -> None:
    """The last of it: network, firewall, cgroups, run-time files."""
    disconnect(found)
    cgroups.take_down()
    remove(RUN)


def remove(path: Path) -> None:
    """Remove a folder, unless something is still mounted in it: then nothing is touched.

    Its mark goes last: what could not be removed stays ours.
    """
    if mounts.below(Path("/proc/self/mountinfo").read_text(), (path,)) or not path.is_dir():
        return
    for child in path.iterdir():
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child, ignore_errors=True)
        elif child.name != ownership.MARK:
            child.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        if not any(child.name != ownership.MARK for child in path.iterdir()):
            path.joinpath(ownership.MARK).unlink(missing_ok=True)
            path.rmdir()


def _of_pods() -> list[Process]:
    shims = [pid for pid, words in commands().items() if _is_shim(words)]
    found = map(Process.numbered, {*shims, *cgroups.processes()})
    return [process for process in found if process]


def _is_service(words: list[str]) -> bool:
    kubelet = Path(words[0]).name == "kubelet" and f"--hostname-override={NODE}" in words
    return kubelet or str(CONTAINERD_CONFIGURATION) in words


def _is_shim(words: list[str]) -> bool:
    return Path(words[0]).name.startswith("containerd-shim") and str(SOCKET) in words
