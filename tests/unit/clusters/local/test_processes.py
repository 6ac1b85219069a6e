"""Processes are told apart by their start, and services restarted with patience."""

from clusters.local.processes import start_of
from clusters.local.supervisor import LONGEST_WAIT_SECONDS, wait_before_restart

FIELDS = "1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 {start} 0 0"


def test_a_start_time_is_found_behind_any_name() -> None:
    assert start_of(f"7 (tmux: (server) x) S {FIELDS.format(start=4711)}") == 4711


def test_a_zombie_does_not_live() -> None:
    assert start_of(f"7 (kubelet) Z {FIELDS.format(start=4711)}") is None


def test_a_service_that_keeps_dying_is_started_ever_more_slowly() -> None:
    waits = [0.0]
    for _ in range(10):
        waits.append(wait_before_restart(waits[-1], ran_seconds=0.1))
    assert waits[1:5] == [0.5, 1.0, 2.0, 4.0]
    assert waits[-1] == LONGEST_WAIT_SECONDS


def test_a_service_that_ran_long_is_started_at_once() -> None:
    assert wait_before_restart(30.0, ran_seconds=3600) == 0.5
