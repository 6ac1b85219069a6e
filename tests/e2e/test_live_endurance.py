"""Story: a channel that is watched for long; nothing drifts, fills up or stands still."""

import statistics
import time
from pathlib import Path

import pytest

from tests.e2e import node
from tests.e2e.live_auditor import Auditor
from tests.e2e.live_faults import FAULTS, backup_takes_over, both_gone
from tests.e2e.live_news import auditor, studio, viewers, watched
from tests.e2e.live_studio import Studio

__all__ = ["auditor", "studio", "viewers", "watched"]


@pytest.mark.soak
@pytest.mark.usefixtures("watched")
def test_with_both_gone_for_a_minute_there_is_a_slate(studio: Studio) -> None:
    both_gone(studio, seconds=60)


@pytest.mark.soak
@pytest.mark.usefixtures("watched")
def test_five_minutes_play_without_a_stall(studio: Studio) -> None:
    studio.both_well()
    time.sleep(300)  # what is watched is that nothing happens


@pytest.mark.soak
@pytest.mark.usefixtures("watched")
def test_five_minutes_of_faults_are_not_seen(studio: Studio) -> None:
    ends = time.monotonic() + 300
    while time.monotonic() < ends:
        for fault in FAULTS.values():
            backup_takes_over(studio, fault)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("watched")
def test_twenty_minutes_drift_nowhere_and_fill_no_memory(
    studio: Studio, auditor: Auditor, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.both_well()
    time.sleep(360)  # until the DVR window is full
    first = auditor.newest
    memory: list[dict[str, float]] = []
    for _ in range(240):
        memory.append(resident(node.of_pod(studio.pod())))
        time.sleep(5)  # between two readings
    late = [
        (auditor.dates[n].timestamp(), (seen - auditor.dates[n]).total_seconds())
        for n, seen in auditor.seen.items()
        if n > first
    ]
    drift = slope(late) * 1200
    growth = hourly([sum(reading.values()) for reading in memory])
    each = {
        name: round(hourly([reading[name] for reading in memory]), 1)
        for name in memory[0]
        if all(name in reading for reading in memory)
    }
    with capsys.disabled():
        print(f"\ndrift {1000 * drift:.0f} ms in 20 minutes, memory {growth:+.1f} MiB an hour")  # noqa: T201 - the figures are the point
    assert abs(drift) < 0.2
    assert growth < 12, f"by process: {each}; first {memory[0]}, last {memory[-1]}"


def resident(pids: list[int]) -> dict[str, float]:
    """MiB by process: its id and what it was started as."""
    found = {}
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            argv = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        except OSError:
            continue  # an ffmpeg that has just ended
        kib = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")]
        found[f"{pid} {' '.join(argv)[:60]}"] = sum(kib) / 1024
    return found


def hourly(mib: list[float]) -> float:
    return slope([(5.0 * at, one) for at, one in enumerate(mib)]) * 3600


def slope(points: list[tuple[float, float]]) -> float:
    """Of the line through them, by least squares."""
    return statistics.linear_regression(*zip(*points, strict=True)).slope
