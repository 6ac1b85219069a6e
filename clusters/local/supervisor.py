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
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

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
    """Nothing that fails here may end the care for a service: a full disk costs logs, no more."""

    def __init__(
        self, services: Sequence[Service], logs: Path = LOGS, words: Path = SERVICES
    ) -> None:
        self._services = services
        self._logs = logs
        self._words = words
        self._ending = threading.Event()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def run(self) -> None:
        """Return after SIGTERM, when every service is gone."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: self.end())
        self.attend()

    def attend(self) -> None:
        """Keep every service until `end`. Returns when all are gone."""
        threads = [threading.Thread(target=self._keep, args=(s,)) for s in self._services]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def end(self) -> None:
        """End all services, and start none again."""
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
            try:
                self._once(service, restarts)
            except Exception:  # noqa: BLE001 - whatever it was, the next start may do better
                say(traceback.format_exc())
            restarts += 1
            wait = wait_before_restart(wait, time.monotonic() - began)
            self._ending.wait(wait)

    def _once(self, service: Service, restarts: int) -> None:
        log = self._logs / f"{service.name}.log"
        with opened(log) as said:
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
        word = self._words / f"{service.name}.json"
        noted = False
        while running.poll() is None:
            # Where no word could be left, `status` does not see it: it is tried again.
            noted = noted or note(word, running.pid, restarts)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(LOOK_AT_LOG_SECONDS)
            shorten(log)
        with contextlib.suppress(OSError):
            word.unlink(missing_ok=True)


def opened(log: Path) -> IO[bytes]:
    """The log to append to; nowhere, where it cannot be opened."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        return log.open("ab")
    except OSError as e:
        say(f"{log} cannot be written: {e}")
        return Path(os.devnull).open("ab")


def shorten(log: Path, longest: int = LOG_BYTES) -> None:
    """Set a long log aside. Its writer appends, so it goes on at the new beginning.

    Where there is no room to set it aside, it is given up: the room is needed more.
    """
    aside = log.with_suffix(".log.1")
    try:
        if log.stat().st_size <= longest:
            return
        try:
            shutil.copyfile(log, aside)
        except OSError as e:
            say(f"{log} could not be set aside: {e}")
            aside.unlink()
        finally:
            os.truncate(log, 0)
    except OSError as e:
        say(f"{log} could not be shortened: {e}")


def note(word: Path, pid: int, restarts: int) -> bool:
    """Leave word of a service, for `status`. False if that could not be done."""
    process = Process.numbered(pid)
    try:
        word.parent.mkdir(parents=True, exist_ok=True)
        word.with_suffix(".restarts").write_text(str(restarts))
        if process:
            process.write(word)
    except OSError as e:
        say(f"{word} cannot be written: {e}")
        return False
    return True


def say(sentence: str) -> None:
    """A line in the supervisor's own log, if there is room for one."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{sentence.rstrip()}\n")
        sys.stderr.flush()


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
