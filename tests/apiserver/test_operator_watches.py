"""What the operator sees: watches are cut, go deaf, and miss removals, and it knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apiserver.awaiting import eventually, until
from tests.apiserver.objects import changed, encoding_profile, transcode_job
from tests.apiserver.operator_processes import Operators, operator_rights, operators
from tests.apiserver.server import ApiServer, address
from tests.apiserver.stagehand import Stagehand
from tests.apiserver.wire import Wire, wire


@pytest.fixture
def fleet(api: ApiServer, tmp_path: Path) -> Iterator[Operators]:
    with operators(api, tmp_path, operator_rights(api, tmp_path)) as found:
        assert api.apply(encoding_profile("ladder-small")).ok
        yield found


@pytest.fixture
def between(api: ApiServer) -> Iterator[Wire]:
    with wire(api.url) as found:
        yield found


def test_a_cut_watch_misses_nothing_that_comes_and_nothing_that_goes(
    api: ApiServer, fleet: Operators, between: Wire, namespace: str, tmp_path: Path
) -> None:
    through = between.kubeconfig(fleet.kubeconfig, tmp_path / "through.kubeconfig")
    leader = fleet.leading(kubeconfig=through)
    gone = changed(transcode_job(namespace, "gone"), {"spec.suspend": True})
    assert api.create(gone).ok
    until(api, gone, "Ready", "False", "Suspended")
    leader.pause()
    between.cut()
    assert api.delete(address(gone)).ok
    come = transcode_job(namespace, "come")
    assert api.create(come).ok
    leader.wake()
    until(api, come, "Ready", "False", "Probing")
    Stagehand(api, namespace).probe()
    until(api, come, "Ready", "False", "Encoding")
    eventually(lambda: 'name="gone"' not in leader.ask("/metrics")[1], what="gone forgotten")
    assert leader.ask("/healthz") == (200, "ok")


def test_a_deaf_watch_is_found_out(
    api: ApiServer, fleet: Operators, between: Wire, namespace: str, tmp_path: Path
) -> None:
    through = between.kubeconfig(fleet.kubeconfig, tmp_path / "through.kubeconfig")
    leader = fleet.leading(
        kubeconfig=through,
        settings={"STREAMVERSE_DEAD_WATCH_SECONDS": "4", "STREAMVERSE_AUDIT_SECONDS": "1"},
    )
    assert leader.ask("/healthz")[0] == 200
    between.deafen()
    job = transcode_job(namespace)
    assert api.create(job).ok

    def complains() -> bool:
        code, said = leader.ask("/healthz")
        return code == 503 and "the watch on TranscodeJob is dead" in said

    eventually(complains, seconds=60, what="a complaint of the watch on TranscodeJob")
    # Meanwhile the audit brings what the watch does not.
    until(api, job, "Ready", "False", "Probing")


def test_what_a_tenant_annotates_for_kopf_is_not_read(
    api: ApiServer, fleet: Operators, namespace: str
) -> None:
    # Audits keep away: what is not heard of by the watch would not be heard of at all.
    fleet.leading(settings={"STREAMVERSE_AUDIT_SECONDS": "600"})
    job = transcode_job(namespace)
    noted = {
        "kopf.zalando.org/last-handled-configuration": "no JSON",
        "kopf.zalando.org/reconcile": "neither",
    }
    job["metadata"]["annotations"] = noted
    assert api.create(job).ok
    until(api, job, "Ready", "False", "Probing")
    Stagehand(api, namespace).probe()
    seen = until(api, job, "Ready", "False", "Encoding")
    assert seen["metadata"]["annotations"] == noted, "nor is anything noted there"
