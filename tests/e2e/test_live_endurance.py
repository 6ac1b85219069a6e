"""Story: a channel that is watched for long; nothing drifts, fills up or stands still."""

import statistics
import time
from pathlib import Path

import pytest

from tests.e2e import node
from tests.e2e.live_auditor import Auditor
from tests.e2e.live_faults import FAULTS, backup_takes_over, both_gone
from tests.e2e.live_news import auditor, studio, viewers, watched
from tests.e2e.live_station import now
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
    late: list[tuple[float, float]] = []
    memory: list[tuple[float, float]] = []
    began = time.monotonic()
    while time.monotonic() - began < 1200:
        seconds = time.monotonic() - began
        newest = auditor.newest
        late.append((seconds, (now() - auditor.dates[newest]).total_seconds()))
        memory.append((seconds, sum(map(resident_mib, node.of_pod(studio.pod())))))
        time.sleep(5)  # between two readings
    drift, growth = slope(late) * 1200, slope(memory) * 3600
    with capsys.disabled():
        print(f"\ndrift {1000 * drift:.0f} ms in 20 minutes, memory {growth:+.1f} MiB an hour")  # noqa: T201 - the figures are the point
    assert abs(drift) < 0.5
    assert growth < 12


def resident_mib(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0  # an ffmpeg that has just ended
    found = [line for line in text.splitlines() if line.startswith("VmRSS:")]
    return int(found[0].split()[1]) / 1024 if found else 0.0


def slope(points: list[tuple[float, float]]) -> float:
    """Of the line through them, by least squares."""
    return statistics.linear_regression(*zip(*points, strict=True)).slope
