"""Containerd and the kubelet, started under their supervisor with what they need beneath them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from clusters.cache import ROOT
from clusters.refusal import Refusal
from clusters.shell import PATH

from . import cgroups, containerd, kubeadm, network, ownership
from .paths import CONTAINERD, KUBELET, LOGS, RUN, STATE, VOLUMES
from .processes import Process
from .supervisor import PID_FILE, SERVICES, Service

CONTAINERD_SECONDS = 60


def running() -> bool:
    """True if a supervisor keeps them."""
    return Process.read(PID_FILE) is not None


def start(kubelet: Path, images: Mapping[str, str], *, anew: bool) -> None:
    """Have both run. `images` are references by name; `anew`: no container of before counts."""
    for folder in (STATE, RUN, LOGS, SERVICES, VOLUMES, CONTAINERD):
        folder.mkdir(parents=True, exist_ok=True)
    ownership.mark()
    network.set_up()
    cgroups.set_up()
    tags = {name: reference.rpartition(":")[2] for name, reference in images.items()}
    kubeadm.write_configuration(kubeadm.documents(etcd_tag=tags["etcd"], dns_tag=tags["coredns"]))
    changed = _write(containerd.CONFIGURATION, containerd.configuration(images["pause"]))
    if not running():
        _supervise(kubelet)
    elif changed:
        _restart_containerd()
    until(containerd.answers, CONTAINERD_SECONDS, "containerd does not answer", "containerd")
    if anew and containerd.forget_containers():
        _restart_containerd()


def _supervise(kubelet: Path) -> None:
    configured = str(KUBELET / "config.yaml")
    services = [
        Service("containerd", containerd.argv()),
        Service("kubelet", kubeadm.kubelet_argv(str(kubelet)), after=configured),
    ]
    with (LOGS / "supervisor.log").open("ab") as said:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "clusters.local.supervisor"],
            stdin=subprocess.PIPE,
            stdout=said,
            stderr=said,
            start_new_session=True,
            cwd="/",
            env={**os.environ, "PATH": PATH, "PYTHONPATH": str(ROOT)},
        )
    assert supervisor.stdin is not None  # noqa: S101 - PIPE was asked for
    with supervisor.stdin as stream:
        stream.write(json.dumps([asdict(s) for s in services]).encode())
    until(running, 10, "the supervisor did not start", "supervisor")


def _restart_containerd() -> None:
    """End it: its supervisor starts it anew."""
    process = Process.read(SERVICES / "containerd.json")
    if process:
        process.end(patience_seconds=20)
    until(containerd.answers, CONTAINERD_SECONDS, "containerd does not answer", "containerd")


def until(true: Callable[[], bool], seconds: float, otherwise: str, log: str) -> None:
    """Wait until something holds. Raises Refusal with the end of a log when it does not."""
    limit = time.monotonic() + seconds
    while not true():
        if time.monotonic() > limit:
            path = LOGS / f"{log}.log"
            tail = path.read_text(errors="replace").splitlines()[-8:] if path.exists() else []
            raise Refusal(f"{otherwise} after {seconds:.0f} s; its log is {path}", "\n".join(tail))
        time.sleep(0.2)


def _write(path: Path, text: str) -> bool:
    """True if that changed the file."""
    if path.exists() and path.read_text() == text:
        return False
    path.write_text(text)
    return True
