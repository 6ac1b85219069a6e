"""When a status is news, and since when its conditions hold."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from crds.v1alpha1.guides import CHANNEL, TRANSCODEJOB, ConditionGuide
from crds.v1alpha1.meta import Condition, Status
from operators.converge import adopted, blocked, converge, same, stamped
from operators.failures import KeyMissing, OverQuota, Permanent, StoreAway
from operators.kinds import OWNER, OWNER_UID
from operators.reconcile import Desired, Notice
from tests.unit.operators.titles import decide, pilot, seen

if TYPE_CHECKING:
    from operators.engine import Engine
    from operators.kinds import Kind
    from operators.transcodejob.stages import Seen

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def status(truth: str, reason: str, since: datetime | None = None) -> Status:
    said = Condition(
        type="Ready",
        status="True" if truth == "True" else "False",
        reason=reason,
        last_transition_time=since,
    )
    return Status(observed_generation=1, conditions=(said,))


def since(said: dict[str, object]) -> object:
    conditions = said["conditions"]
    assert isinstance(conditions, list)
    return conditions[0]["lastTransitionTime"]


def test_when_a_condition_changed_is_no_news_by_itself() -> None:
    assert same(status("True", "Complete"), status("True", "Complete", NOON))
    assert not same(status("True", "Complete"), status("True", "Available", NOON))
    assert not same(status("True", "Complete"), None)


def test_the_order_of_conditions_is_no_news() -> None:
    one, other = Condition.ready("True", "A", ""), Condition(type="B", status="True", reason="B")
    assert same(Status(conditions=(one, other)), Status(conditions=(other, one)))


def test_a_condition_holds_since_its_truth_changed_and_not_its_reason() -> None:
    before, now = status("False", "Probing", NOON), NOON + timedelta(hours=1)
    assert since(stamped(status("False", "Encoding"), before, now)) == "2026-06-01T12:00:00Z"
    assert since(stamped(status("True", "Complete"), before, now)) == "2026-06-01T13:00:00Z"
    assert since(stamped(status("True", "Complete"), None, NOON)) == "2026-06-01T12:00:00Z"


@pytest.mark.parametrize(
    ("refused", "reason"),
    [
        (OverQuota, "QuotaExceeded"),
        (StoreAway, "StoreAway"),
        (KeyMissing, "StoreKeyMissing"),
        (Permanent, "PodBlocked"),
    ],
)
@pytest.mark.parametrize("guide", [TRANSCODEJOB, CHANNEL], ids=["job", "channel"])
def test_why_a_child_was_refused_is_told_by_a_reason_that_the_reference_explains(
    guide: dict[str, ConditionGuide], refused: type[Permanent], reason: str
) -> None:
    said = blocked(status("False", "Probing"), refused("create", "Job", "pilot", "the why"))
    assert said is not None
    ready = said.condition("Ready")
    assert ready is not None
    assert (ready.status, ready.reason) == ("False", reason)
    assert "the why" in ready.message
    assert reason in guide["Ready"].reasons


def test_a_child_finds_back_to_its_owner() -> None:
    observed: Seen = seen()
    (child,) = decide(pilot(), observed).children
    meta = adopted(pilot(), child)["metadata"]
    assert (meta["labels"][OWNER], meta["labels"][OWNER_UID]) == ("pilot", "u1")
    assert meta["namespace"] == "demo"
    assert meta["ownerReferences"][0]["uid"] == "u1"


@dataclass
class Listening:
    """Of an engine what tells people, and what they were told."""

    told: list[dict[str, Any]] = field(default_factory=list)
    refusals: dict[str, Exception] = field(default_factory=dict)
    me: str = "operator-0"

    @property
    def cluster(self) -> "Listening":
        return self

    async def create(self, _: "Kind", manifest: dict[str, Any]) -> None:
        self.told.append(manifest)


def test_people_are_told_of_what_goes_and_has_no_status_any_more() -> None:
    engine, notice = Listening(), Notice("Warning", "NotRemoved", "it stays")
    wanted = Desired[Any](notices=[notice])
    job = pilot()
    manifest = {"metadata": {"name": "pilot", "namespace": "demo", "uid": "u1"}}
    asyncio.run(converge(cast("Engine", engine), job, manifest, wanted))
    (event,) = engine.told
    assert (event["type"], event["reason"], event["note"]) == ("Warning", "NotRemoved", "it stays")
    assert event["regarding"]["name"] == "pilot"
