"""Processes told apart by number *and* start time, so that a recycled number is never signalled."""

import contextlib
import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process of this boot."""

    pid: int
    started: int
    """Clock ticks from boot to its start: field 22 of /proc/<pid>/stat."""
    boot: str

    @classmethod
    def numbered(cls, pid: int) -> "Process | None":
        """The living process with this number; a zombie does not count."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        started = start_of(stat)
        return None if started is None else cls(pid, started, _boot())

    @classmethod
    def read(cls, path: Path) -> "Process | None":
        """The process that a file names, if that one still lives."""
        try:
            written = cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return written if written.alive() else None

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(self)))
        fresh.rename(path)

    def alive(self) -> bool:
        return Process.numbered(self.pid) == self

    def send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.alive():
                os.kill(self.pid, number)

    def end(self, patience_seconds: float) -> None:
        """SIGTERM, and SIGKILL when patience is over. Returns once it is gone."""
        self.send(signal.SIGTERM)
        limit = time.monotonic() + patience_seconds
        while self.alive():
            if time.monotonic() > limit:
                self.send(signal.SIGKILL)
            time.sleep(0.05)


def start_of(stat: str) -> int | None:
    """The start time in the text of /proc/<pid>/stat; None for a zombie. Pure.

    The name in parentheses may hold anything, so fields are counted from its end.
    """
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def commands() -> dict[int, list[str]]:
    """The command line of every process, by number; kernel threads have none."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
            if words:
                found[int(folder.name)] = words
    return found


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
