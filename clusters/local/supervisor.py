"""Keeps containerd and the kubelet running; outlives the command that started it.

Run as `python -m clusters.local.supervisor`: imports only the standard library and its own folder.
"""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from .paths import LOGS, RUN
from .processes import Process

PID_FILE = RUN / "supervisor.json"
SERVICES = RUN / "services"
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
STEADY_SECONDS = 60.0
LOG_BYTES = 32 << 20
LOOK_AT_LOG_SECONDS = 60.0
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


@dataclass(frozen=True)
class Service:
    """One program to keep running."""

    name: str
    argv: tuple[str, ...]
    after: str | None = None
    """A file that must exist before it can start."""


def wait_before_restart(last_wait: float, ran_seconds: float) -> float:
    """Seconds until the next start: doubling while it keeps dying, short after a steady run."""
    if ran_seconds >= STEADY_SECONDS or last_wait == 0:
        return FIRST_WAIT_SECONDS
    return min(last_wait * 2, LONGEST_WAIT_SECONDS)


class Supervisor:
    def __init__(self, services: Sequence[Service]) -> None:
        self._services = services
        self._ending = threading.Event()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> None:
        """Return after SIGTERM, when every service is gone."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        threads = [threading.Thread(target=self._keep, args=(s,)) for s in self._services]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _end(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._ending.set()
        for running in list(self._running.values()):
            with contextlib.suppress(ProcessLookupError):
                running.terminate()

    def _keep(self, service: Service) -> None:
        wait, restarts = 0.0, 0
        while service.after and not Path(service.after).exists():
            if self._ending.wait(0.1):
                return
        while not self._ending.is_set():
            began = time.monotonic()
            self._once(service, restarts)
            restarts += 1
            wait = wait_before_restart(wait, time.monotonic() - began)
            self._ending.wait(wait)

    def _once(self, service: Service, restarts: int) -> None:
        log = LOGS / f"{service.name}.log"
        with log.open("ab") as said:
            # preexec_fn is safe: nothing but one system call happens between fork and exec.
            running = subprocess.Popen(
                service.argv,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                preexec_fn=_bound,  # noqa: PLW1509 - for this reason
            )
        self._running[service.name] = running
        if self._ending.is_set():
            running.terminate()
        note(service.name, running.pid, restarts)
        while running.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(LOOK_AT_LOG_SECONDS)
            shorten(log)
        SERVICES.joinpath(f"{service.name}.json").unlink(missing_ok=True)


def shorten(log: Path) -> None:
    """Set a long log aside. Its writer appends, so it goes on at the new beginning."""
    if log.stat().st_size > LOG_BYTES:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def note(name: str, pid: int, restarts: int) -> None:
    """Leave word of a service, for `status`."""
    SERVICES.mkdir(parents=True, exist_ok=True)
    process = Process.numbered(pid)
    if process:
        process.write(SERVICES / f"{name}.json")
        (SERVICES / f"{name}.restarts").write_text(str(restarts))


def _bound() -> None:
    """The service goes when its supervisor does, however that one ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> None:
    """Take the services from stdin (a JSON list), and keep them until SIGTERM."""
    services = [Service(**{**s, "argv": tuple(s["argv"])}) for s in json.load(sys.stdin)]
    LOGS.mkdir(parents=True, exist_ok=True)
    me = Process.numbered(os.getpid())
    if me:
        me.write(PID_FILE)
    try:
        Supervisor(services).run()
    finally:
        PID_FILE.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
