"""The machine in words, and whether anybody else is using it."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

QUIET_PERCENT = 25.0
"""Of one core: a settled cluster of ours takes about this."""
_TICKS = os.sysconf("SC_CLK_TCK")


def in_words() -> str:
    cpu = _field(Path("/proc/cpuinfo"), "model name") or platform.processor()
    memory = int((_field(Path("/proc/meminfo"), "MemTotal") or "0 kB").split()[0]) / 2**20
    system = _field(Path("/etc/os-release"), "PRETTY_NAME", "=").strip('"')
    return (
        f"{os.cpu_count()} cores ({cpu}), {memory:.0f} GiB of memory, {system}, "
        f"Linux {platform.release().split('-')[0]}"
    )


def _field(file: Path, name: str, mark: str = ":") -> str:
    for line in file.read_text().splitlines():
        key, _, value = line.partition(mark)
        if key.strip() == name:
            return value.strip()
    return ""


def busy_seconds() -> float:
    """CPU seconds that the machine has worked since it started, all cores together."""
    with Path("/proc/stat").open() as stat:
        user, nice, system, _idle, _wait, irq, softirq = map(int, stat.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / _TICKS


def busy_percent(seconds: float = 2.0) -> float:
    """Of one core, over so many seconds."""
    before, started = busy_seconds(), time.monotonic()
    time.sleep(seconds)
    return 100 * (busy_seconds() - before) / (time.monotonic() - started)


def wait_until_quiet(limit_seconds: float) -> float:
    """How busy the machine was in the last two seconds, once it is quiet or patience ends."""
    until = time.monotonic() + limit_seconds
    while (percent := busy_percent()) > QUIET_PERCENT and time.monotonic() < until:
        continue
    return percent
