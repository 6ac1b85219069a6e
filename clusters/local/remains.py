"""What a cluster leaves on a host when its processes are gone, and its removal."""

import contextlib
import shutil
import signal
import time
from pathlib import Path

from . import cgroups, mounts, network
from .containerd import CONFIGURATION as CONTAINERD_CONFIGURATION
from .kubeadm import NODE
from .paths import CNI_STATE, ETCD, KUBECONFIG, KUBELET, KUBERNETES, LOGS, RUN, SOCKET, STATE
from .processes import Process, commands
from .supervisor import PID_FILE

MADE = STATE / "made"
"""Written when a cluster is whole: what stands without it is the rest of an attempt."""
PATIENCE_SECONDS = 30.0
REAPED_SECONDS = 3.0
"""How long the host's init may take to collect what was killed."""


def any_left() -> bool:
    """True if a cluster, ours or a dead stranger's, left anything here."""
    places = (MADE, KUBERNETES, KUBELET, RUN, ETCD)
    return network.stands() or any(path.exists() for path in places)


def end_services() -> None:
    """End the supervisor with its services, and any of them that outlived theirs."""
    supervisor = Process.read(PID_FILE)
    if supervisor:
        supervisor.end(patience_seconds=PATIENCE_SECONDS)
    for pid, words in commands().items():
        if _is_service(words) and (stray := Process.numbered(pid)):
            stray.end(patience_seconds=5)


def end_pods() -> None:
    """End every container, with the shims that hold them, and free what they held."""
    limit, ended = time.monotonic() + PATIENCE_SECONDS, set[int]()
    while (left := _of_pods()) and time.monotonic() < limit:
        for process in left:
            process.send(signal.SIGKILL)
            ended.add(process.pid)
        time.sleep(0.05)
    limit = time.monotonic() + REAPED_SECONDS
    while any(Path(f"/proc/{pid}").exists() for pid in ended) and time.monotonic() < limit:
        time.sleep(0.05)
    mounts.unmount()
    mounts.remove_namespaces()


def forget_cluster(*, keep_volumes: bool) -> None:
    """Remove the state of the control plane and of the pods. Their processes are gone."""
    for path in (ETCD, KUBELET, KUBERNETES, LOGS / "pods"):
        _remove(path)
    if not keep_volumes:
        _remove(STATE / "volumes")
    for path in (MADE, KUBECONFIG, STATE / "kubeadm.yaml"):
        path.unlink(missing_ok=True)
    containers = Path("/var/log/containers")
    for link in containers.glob("*.log") if containers.is_dir() else ():
        if link.is_symlink() and str(link.readlink()).startswith(str(LOGS)):
            link.unlink()
    with contextlib.suppress(OSError):
        containers.rmdir()


def set_foreign_aside() -> str | None:
    """Move a dead stranger's configuration out of the way; the new place, if there was one."""
    files = [p for p in KUBERNETES.rglob("*") if p.is_file()] if KUBERNETES.is_dir() else []
    if not files or any(NODE in p.read_text(errors="replace") for p in files if _small(p)):
        return None
    stamp = time.strftime("%Y%m%d%H%M%S")
    aside = KUBERNETES.with_name(f"{KUBERNETES.name}.{stamp}")
    KUBERNETES.rename(aside)
    if KUBELET.is_dir():
        KUBELET.rename(KUBELET.with_name(f"{KUBELET.name}.{stamp}"))
    return str(aside)


def sweep() -> None:
    """The last of it: network, firewall, cgroups, run-time files."""
    network.take_down()
    cgroups.take_down()
    _remove(RUN)
    with contextlib.suppress(OSError):
        CNI_STATE.joinpath("networks").rmdir()
        CNI_STATE.rmdir()


def _small(path: Path) -> bool:
    return path.stat().st_size < 1 << 20


def _remove(path: Path) -> None:
    """Remove a folder, unless something is still mounted in it: then nothing is touched."""
    still = mounts.below(Path("/proc/self/mountinfo").read_text(), (path,))
    if not still:
        shutil.rmtree(path, ignore_errors=True)


def _of_pods() -> list[Process]:
    shims = [pid for pid, words in commands().items() if _is_shim(words)]
    found = map(Process.numbered, {*shims, *cgroups.processes()})
    return [process for process in found if process]


def _is_service(words: list[str]) -> bool:
    kubelet = Path(words[0]).name == "kubelet" and f"--hostname-override={NODE}" in words
    return kubelet or str(CONTAINERD_CONFIGURATION) in words


def _is_shim(words: list[str]) -> bool:
    return Path(words[0]).name.startswith("containerd-shim") and str(SOCKET) in words
