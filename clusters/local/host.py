"""What must be true of a host before a cluster is started on it. Observing here, judging pure."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from clusters.refusal import Refusal

from .kubeadm import CGROUP, NODE
from .network import BRIDGE, PODS
from .paths import SOCKET, STATE
from .processes import commands

DISK_BYTES = 15 * 10**9
MEMORY_BYTES = 4 * 10**9
PORTS = (6443, 10250, 2379)
KUBERNETES_PROGRAMS = frozenset({"kubelet", "k3s", "k0s", "rke2", "microk8s", "kubelite"})


@dataclass(frozen=True)
class Host:
    """Facts about this machine."""

    root: bool
    apt: bool
    free_bytes: int
    memory_bytes: int
    foreign: Sequence[str]
    """Another Kubernetes: its programs that run, and ports that others hold, as words."""
    taken: Sequence[str]
    """What the cluster needs and somebody else has, as words."""
    routes: Sequence[tuple[str, str]]
    """(network, interface) of this machine's routes."""
    started: bool
    """True if a cluster of ours is here already, which has its disk and memory."""


def objection(host: Host) -> Refusal | None:  # noqa: PLR0911 - a list, read from the top
    """The first reason not to start here; None if there is none. Pure."""
    if not host.root:
        return Refusal("only root can start a cluster here", "run it as root, or with sudo")
    if not host.apt:
        return Refusal(
            "this is not a Debian machine: apt-get is not here",
            "use --provider kind with Docker, or --provider existing with a cluster of yours",
        )
    if host.foreign:
        return Refusal(
            f"another Kubernetes runs on this machine: {', '.join(host.foreign)}",
            "stop it, or use it: streamverse cluster up --provider existing",
        )
    if host.taken:
        return Refusal(
            f"somebody else's, and needed by the cluster: {', '.join(host.taken)}",
            "remove it (another Kubernetes goes with `kubeadm reset`), or use that cluster:"
            " streamverse cluster up --provider existing",
        )
    pods = IPv4Network(PODS)
    for network, interface in host.routes:
        if interface != BRIDGE and IPv4Network(network).overlaps(pods):
            return Refusal(
                f"the network {network} of {interface} overlaps {PODS}, which the pods need",
                "remove that route, or use another machine",
            )
    if host.started:
        return None
    if host.free_bytes < DISK_BYTES:
        return Refusal(
            f"there is too little disk: {host.free_bytes / 1e9:.1f} GB are free where"
            f" {STATE} will be, {DISK_BYTES / 1e9:.0f} GB are needed",
            "free some space, or mount a larger disk there",
        )
    if host.memory_bytes < MEMORY_BYTES:
        return Refusal(
            f"there is too little memory: this machine has {host.memory_bytes / 1e9:.1f} GB,"
            f" {MEMORY_BYTES / 1e9:.0f} GB are needed"
        )
    return None


def observe(*, started: bool, taken: Sequence[str]) -> Host:
    """Look at this machine."""
    below = next(p for p in (STATE, *STATE.parents) if p.exists())
    return Host(
        root=os.geteuid() == 0,
        apt=shutil.which("apt-get") is not None,
        free_bytes=shutil.disk_usage(below).free,
        memory_bytes=memory(Path("/proc/meminfo").read_text()),
        foreign=[*foreign_programs(commands()), *_foreign_ports()],
        taken=taken,
        routes=routes(Path("/proc/net/route").read_text()),
        started=started,
    )


def memory(meminfo: str) -> int:
    """Bytes of memory in the text of /proc/meminfo. Pure."""
    total = next(line for line in meminfo.splitlines() if line.startswith("MemTotal:"))
    return int(total.split()[1]) * 1024


def routes(table: str) -> list[tuple[str, str]]:
    """(network, interface) of /proc/net/route, but for the default. Pure."""
    found = []
    for line in table.splitlines()[1:]:
        fields = line.split()
        address, mask = (int.from_bytes(bytes.fromhex(f)[::-1]) for f in (fields[1], fields[7]))
        if mask:
            found.append((str(IPv4Network((address, mask.bit_count()))), fields[0]))
    return found


def foreign_programs(running: Mapping[int, Sequence[str]]) -> list[str]:
    """Programs of a Kubernetes that is not ours, from command lines by process number. Pure."""
    found = []
    for pid, words in sorted(running.items()):
        name = Path(words[0]).name
        if name in KUBERNETES_PROGRAMS and f"--hostname-override={NODE}" not in words:
            found.append(f"{name} (process {pid})")
    return found


def listeners(tables: Iterable[str], ports: Sequence[int]) -> dict[int, int]:
    """Socket inode → port, of those ports that somebody listens on. Pure.

    `tables` are the texts of /proc/net/tcp and tcp6, whose state 0A is LISTEN.
    """
    found = {}
    for table in tables:
        for line in table.splitlines()[1:]:
            fields = line.split()
            port = int(fields[1].rpartition(":")[2], 16)
            if fields[3] == "0A" and port in ports:
                found[int(fields[9])] = port
    return found


def _foreign_ports() -> list[str]:
    tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
    held = listeners((t.read_text() for t in tables if t.exists()), PORTS)
    found = []
    for folder in Path("/proc").glob("[0-9]*") if held else ():
        try:
            inodes = {str(fd.readlink()) for fd in folder.joinpath("fd").iterdir()}
            cgroups = folder.joinpath("cgroup").read_text()
            words = folder.joinpath("cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        ours = f"/{CGROUP}/" in cgroups or f"--hostname-override={NODE}" in words
        for inode, port in held.items():
            if f"socket:[{inode}]" in inodes and not ours and str(SOCKET) not in words:
                found.append(f"port {port} (process {folder.name}, {Path(words[0]).name})")
    return found
