"""Who begins, of jobs that would publish under one name."""

from typing import Any

import pytest

from crds.work import Order
from operators.kinds import FINALIZER
from operators.transcodejob.order import edition, order, rank
from operators.transcodejob.rivals import rival_of
from tests.unit.operators.titles import LADDER, PLATFORM, SOURCE, pilot

NOON, LATER = "2026-06-01T12:00:00Z", "2026-06-01T12:00:01Z"


def job(
    uid: str, created: str = NOON, *conditions: str, begun: bool = False, asset: str = ""
) -> dict[str, Any]:
    owners = [{"uid": asset, "controller": True}] if asset else []
    return {
        "metadata": {
            "name": uid,
            "uid": uid,
            "creationTimestamp": created,
            "finalizers": [FINALIZER] if begun else [],
            "ownerReferences": owners,
        },
        "status": {"conditions": [{"type": c, "status": "True"} for c in conditions]},
    }


@pytest.mark.parametrize(
    ("mine", "other", "waits"),
    [
        (job("b", LATER), job("a", NOON), True),
        (job("a", NOON), job("b", LATER), False),
        # Made in one second: whoever was seen first has begun, whatever its uid.
        (job("a"), job("z", begun=True), True),
        (job("z", begun=True), job("a"), False),
        (job("a"), job("z"), False),
        (job("b", LATER), job("a", NOON, "Failed", begun=True), False),
        (job("b", LATER), job("a", NOON, "Complete", "Published", begun=True), True),
        (job("b", LATER), job("a", NOON, "Complete", begun=True), False),
        (job("b", LATER, asset="x"), job("a", NOON, begun=True, asset="x"), False),
        (job("b", LATER, asset="x"), job("a", NOON, begun=True, asset="y"), True),
    ],
)
def test_one_goes_first(mine: dict[str, Any], other: dict[str, Any], *, waits: bool) -> None:
    assert rival_of(mine, [other]) == (other["metadata"]["name"] if waits else None)


def ranked(uid: str, created: str, number: int = 0) -> Order:
    found = pilot()
    meta = {
        **found.metadata.model_dump(),
        "uid": uid,
        "creation_timestamp": created,
        "annotations": {"streamverse.io/edition": str(number)} if number else {},
    }
    made = found.model_copy(update={"metadata": type(found.metadata).model_validate(meta)})
    return order(made, LADDER, SOURCE, PLATFORM)


def test_the_later_wished_title_has_the_greater_rank() -> None:
    assert ranked("z", NOON).rank < ranked("a", LATER).rank
    # An asset that is edited twice in one second.
    assert ranked("z", NOON, 9).rank < ranked("a", NOON, 10).rank


def test_an_edition_that_somebody_wrote_by_hand_does_no_harm() -> None:
    for said in ("", "-1", "first", "9" * 100, "\u0661"):
        assert edition({"streamverse.io/edition": said}) == 0
    assert rank(pilot()).endswith("/u1")
