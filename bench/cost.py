"""What running a program costs: wall clock, CPU of it and all its children, greatest memory."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TAIL = 2000
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    wall_seconds: float
    cpu_seconds: float
    peak_mib: float = 0.0

    def beside(self, other: Cost) -> Cost:
        """Of two programs that ran at once."""
        return Cost(
            max(self.wall_seconds, other.wall_seconds),
            self.cpu_seconds + other.cpu_seconds,
            self.peak_mib + other.peak_mib,
        )


def cpu_of(costs: Iterable[Cost]) -> float:
    return sum(cost.cpu_seconds for cost in costs)


def run(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Cost:
    """To its end. Raises RuntimeError with the end of its log if that is not a good one."""
    started = time.monotonic()
    with log.open("wb") as said:
        process = subprocess.Popen(
            [str(word) for word in argv],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )
        # wait4 counts what the program itself has waited for, so its children's CPU is in it.
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - started
    if process.returncode:
        tail = log.read_text(errors="replace")[-_TAIL:]
        raise RuntimeError(f"{argv[0]} ended with {process.returncode}: {tail}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@dataclass(frozen=True)
class ProcessUse:
    """What a running process has used up to now."""

    cpu_seconds: float
    resident_mib: float
    peak_mib: float


def use_of(pid: int) -> ProcessUse:
    """From /proc: fields 14 and 15 of stat (proc(5)), VmRSS and VmHWM of status."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    return ProcessUse(
        (int(fields[11]) + int(fields[12])) / _TICKS,
        int(status["VmRSS"].split()[0]) / 1024,
        int(status["VmHWM"].split()[0]) / 1024,
    )
