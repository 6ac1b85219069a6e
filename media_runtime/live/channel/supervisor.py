"""The first process of a channel's pod: starts the channel, and starts it again when it dies.

It has read all programs before, and only forks: the next one need not read them. Whatever a dead
one left (programs that it ran, files) is gone before the next begins.
"""

from __future__ import annotations

import ctypes
import gc
import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from .restarts import Restarts, after_death, exit_code, in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

log = structlog.get_logger()

_STOPS = frozenset({signal.SIGTERM, signal.SIGINT})
_HEEDED = _STOPS | {signal.SIGCHLD}
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36
"""Of prctl(2)."""


def supervised(run: Callable[[Restarts], int]) -> int:
    """The exit code. `run` is told of its restarts so far; it runs in a process of its own,
    in which this returns what it returns.
    """
    _prctl(_SET_CHILD_SUBREAPER, 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, _HEEDED)
    # what was read is not looked through for garbage, so the processes go on sharing its memory
    gc.freeze()
    us, so_far = os.getpid(), Restarts()
    while True:
        scratch = tempfile.mkdtemp(prefix="life-")
        child = os.fork()
        if child == 0:
            _become(us, scratch)
            return run(so_far)
        code, stopped = _watched(child)
        _end_orphans()
        shutil.rmtree(scratch, ignore_errors=True)
        died = not stopped and not in_order(code)
        again = after_death(so_far, time.monotonic(), code) if died else None
        if again is None:
            log.info("channel ended", code=code, stopped=stopped, restarts=so_far.count)
            return exit_code(code)
        so_far, pause = again
        log.error("channel died and is started again", code=code, nth=so_far.count, pause=pause)
        if signal.sigtimedwait(_STOPS, pause) is not None:
            return exit_code(code)


def _become(parent: int, scratch: str) -> None:
    """A process of its own, that does not outlive its parent."""
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
    tempfile.tempdir = scratch
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEEDED)


def _watched(child: int) -> tuple[int, bool]:
    """How it ended, as waitpid says (negative is the signal); and whether it was told to."""
    stopped = False
    while True:
        heard = signal.sigwaitinfo(_HEEDED).si_signo
        if heard in _STOPS:
            stopped = True
            os.kill(child, heard)
            continue
        for pid, code in _reaped():
            if pid == child:
                return code, stopped


def _reaped() -> Iterator[tuple[int, int]]:
    """All children that have ended: of several, one signal may tell."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, os.waitstatus_to_exitcode(status)


def _end_orphans() -> None:
    """What the dead one ran is ours now. It may hang, and would hold what the next one needs."""
    while True:
        for pid in _children():
            os.kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children() -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = entry.read_text().rpartition(")")[2].split()
        except OSError:  # gone meanwhile
            continue
        if int(after_name[1]) == os.getpid():
            yield int(entry.parent.name)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
