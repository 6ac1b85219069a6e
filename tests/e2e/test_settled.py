"""Story: what is finished is left alone, by a new operator too.

That nothing is written to it for a minute is part of the film's story, which takes that long.
"""

import time
from datetime import UTC, datetime

import pytest

from cli.endpoints import OPERATOR, OPERATOR_LEASE, SYSTEM
from cli.kinds import DEPLOYMENT, LEASE
from tests.e2e import node
from tests.e2e.platform import Platform
from tests.e2e.quiet import unchanged, versions


def stays_quiet(platform: Platform, seconds: float) -> None:
    since = datetime.now(UTC)
    before = versions(platform, since=since)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(5)  # between two looks; what is watched is that nothing happens
        unchanged(platform, before, since=since)


@pytest.mark.soak
@pytest.mark.usefixtures("film")
def test_nothing_is_written_to_settled_objects_for_five_minutes(platform: Platform) -> None:
    stays_quiet(platform, 300)


@pytest.mark.usefixtures("film")
def test_a_new_operator_writes_nothing_to_finished_objects(platform: Platform) -> None:
    since = datetime.now(UTC)
    before = versions(platform, since=since)
    lease = platform.do(platform.kube.find(LEASE, OPERATOR_LEASE, SYSTEM))
    holder = lease["spec"]["holderIdentity"]
    for pod in platform.pods(SYSTEM, OPERATOR):
        node.kill(node.of_pod(pod))

    def taken_over() -> bool:
        spec = platform.do(platform.kube.find(LEASE, OPERATOR_LEASE, SYSTEM))["spec"]
        return bool(spec["leaseTransitions"] > lease["spec"].get("leaseTransitions", 0))

    platform.wait(f"another than {holder} leads", taken_over, 60)
    platform.wait("the operator is ready again", lambda: _ready(platform), 90)
    time.sleep(5)
    assert versions(platform, since=since) == before


def _ready(platform: Platform) -> bool:
    found = platform.do(platform.kube.find(DEPLOYMENT, OPERATOR, SYSTEM))
    status = found["status"]
    return bool(status.get("readyReplicas") == found["spec"]["replicas"])
