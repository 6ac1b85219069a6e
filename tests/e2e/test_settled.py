"""Story: what is finished is left alone."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from cli.demo.install import TENANT
from cli.endpoints import OPERATOR, OPERATOR_LEASE, SYSTEM
from cli.kinds import DEPLOYMENT, ENCODING_PROFILE, JOB, LEASE, MEDIA_ASSET, TRANSCODE_JOB
from crds.v1alpha1.meta import Manifest
from tests.e2e import node
from tests.e2e.platform import Platform

LONGEST = timedelta(minutes=10)
"""Of what is watched here."""
QUIET = (MEDIA_ASSET, TRANSCODE_JOB, ENCODING_PROFILE, JOB)


def versions(platform: Platform, *, since: datetime) -> dict[str, str]:
    """The resourceVersion of every object of the demo that the operator might write to."""
    return {
        f"{place.kind} {m['metadata'].get('namespace', '')}/{m['metadata']['name']}": m["metadata"][
            "resourceVersion"
        ]
        for place in QUIET
        for m in platform.all_of(place, TENANT)
        if not expires(m, since)
    }


def expires(manifest: Manifest, since: datetime) -> bool:
    """A finished Job that Kubernetes itself removes while we watch, its time to live being over."""
    done = manifest.get("status", {}).get("completionTime")
    lives = manifest["spec"].get("ttlSecondsAfterFinished")
    if manifest["kind"] != JOB.kind or not done or lives is None:
        return False
    return datetime.fromisoformat(done) + timedelta(seconds=lives) < since + LONGEST


def stays_quiet(platform: Platform, seconds: float) -> None:
    since = datetime.now(UTC)
    before = versions(platform, since=since)
    assert before, "there is nothing that could be written to"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(5)  # between two looks; what is watched is that nothing happens
        # A profile is nobody's: somebody else on the cluster may bring one.
        seen = versions(platform, since=since)
        now = {k: v for k, v in seen.items() if k in before or "Profile" not in k}
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
