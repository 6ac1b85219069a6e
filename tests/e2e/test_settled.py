"""Story: what is finished is left alone."""

import time

import pytest

from cli.demo.install import TENANT
from cli.endpoints import OPERATOR, OPERATOR_LEASE, SYSTEM
from cli.kinds import DEPLOYMENT, ENCODING_PROFILE, JOB, LEASE, MEDIA_ASSET, TRANSCODE_JOB
from tests.e2e import node
from tests.e2e.platform import Platform

QUIET = (MEDIA_ASSET, TRANSCODE_JOB, ENCODING_PROFILE, JOB)


def versions(platform: Platform) -> dict[str, str]:
    """The resourceVersion of every object of the demo that the operator might write to."""
    return {
        f"{place.kind} {m['metadata'].get('namespace', '')}/{m['metadata']['name']}": m["metadata"][
            "resourceVersion"
        ]
        for place in QUIET
        for m in platform.all_of(place, TENANT)
    }


def stays_quiet(platform: Platform, seconds: float) -> None:
    before = versions(platform)
    assert before, "there is nothing that could be written to"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(5)
        # A profile is nobody's: somebody else on the cluster may bring one.
        now = {k: v for k, v in versions(platform).items() if k in before or "Profile" not in k}
        assert now == before, {k: (before.get(k), v) for k, v in now.items() if before.get(k) != v}


@pytest.mark.usefixtures("film")
def test_nothing_is_written_to_settled_objects(platform: Platform) -> None:
    stays_quiet(platform, 60)


@pytest.mark.soak
@pytest.mark.usefixtures("film")
def test_nothing_is_written_to_settled_objects_for_five_minutes(platform: Platform) -> None:
    stays_quiet(platform, 300)


@pytest.mark.usefixtures("film")
def test_a_new_operator_writes_nothing_to_finished_objects(platform: Platform) -> None:
    before = versions(platform)
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
    assert versions(platform) == before


def _ready(platform: Platform) -> bool:
    found = platform.do(platform.kube.find(DEPLOYMENT, OPERATOR, SYSTEM))
    status = found["status"]
    return bool(status.get("readyReplicas") == found["spec"]["replicas"])
