"""Who leads."""

from datetime import UTC, datetime
from typing import Any

import pytest

from operators.lease import Sighting, held_by, move, released

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def lease(holder: str, version: int = 1, transitions: int = 0) -> dict[str, Any]:
    meta = {"name": "l", "namespace": "n", "resourceVersion": str(version)}
    return {"metadata": meta, "spec": {"holderIdentity": holder, "leaseTransitions": transitions}}


@pytest.mark.parametrize(
    ("found", "seen_seconds_ago", "decision"),
    [
        (None, 0, "create"),
        (lease("me"), 0, "renew"),
        (lease("me"), 99, "renew"),
        (lease("other"), 9.9, "wait"),
        (lease("other"), 10, "take"),
        (lease(""), 0, "take"),
    ],
)
def test_the_lease_is_taken_when_it_is_free_or_its_holder_is_silent(
    found: dict[str, Any] | None, seen_seconds_ago: float, decision: str
) -> None:
    assert move("me", Sighting(found, 100), 100 + seen_seconds_ago, 10) == decision


def test_silence_is_counted_by_our_own_clock_from_the_last_change() -> None:
    seen = Sighting(lease("other", version=1), at=0)
    assert seen.seen_again(lease("other", version=1), 5).at == 0
    assert seen.seen_again(lease("other", version=2), 5).at == 5
    assert seen.seen_again(None, 5).lease is None


def test_a_change_of_hands_is_counted_and_a_renewal_is_not() -> None:
    def transitions(before: dict[str, Any] | None) -> int:
        made = held_by("me", name="l", namespace="n", before=before, term_seconds=10, now=NOON)
        return int(made["spec"]["leaseTransitions"])

    assert transitions(None) == 0
    assert transitions(lease("me", transitions=3)) == 3
    assert transitions(lease("other", transitions=3)) == 4


def test_it_is_written_over_what_was_seen_and_nothing_else() -> None:
    made = held_by(
        "me", name="l", namespace="n", before=lease("other", 7), term_seconds=10, now=NOON
    )
    assert made["metadata"]["resourceVersion"] == "7"
    assert released(lease("me", 8))["metadata"]["resourceVersion"] == "8"
    assert released(lease("me", 8))["spec"]["holderIdentity"] == ""
