"""One replica acts: when it dies, another does; when it comes back late, it is refused."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.apiserver.awaiting import condition, eventually, until
from tests.apiserver.objects import encoding_profile, transcode_job
from tests.apiserver.operator_processes import Operators, operator_rights, operators
from tests.apiserver.server import ApiServer, address
from tests.apiserver.stagehand import Stagehand
from tests.apiserver.wire import wire

QUICK = {"STREAMVERSE_LEASE_SECONDS": "5", "STREAMVERSE_RENEW_SECONDS": "1"}
"""Where the time of a takeover is not what is tested."""


@pytest.fixture
def fleet(api: ApiServer, tmp_path: Path) -> Iterator[Operators]:
    """No replica yet; a Lease of the test's own."""
    with operators(api, tmp_path, operator_rights(api, tmp_path)) as found:
        assert api.apply(encoding_profile("ladder-small")).ok
        yield found


def conflicts(api: ApiServer) -> float:
    """How many changes of TranscodeJobs the API server has refused with 409."""
    counters = api.call("GET", "/metrics").message.splitlines()
    found = [
        line
        for line in counters
        if line.startswith("apiserver_request_total{")
        and 'code="409"' in line
        and 'resource="transcodejobs"' in line
    ]
    return sum(float(line.rpartition(" ")[2]) for line in found)


def test_when_the_leader_is_killed_another_leads_within_15_seconds(
    api: ApiServer, fleet: Operators, namespace: str
) -> None:
    first, second = fleet.leading(), fleet.start()
    eventually(lambda: second.ready)
    assert not second.leads
    first.kill()
    died = time.monotonic()
    job = transcode_job(namespace)
    assert api.create(job).ok
    eventually(lambda: second.leads, seconds=15, what="a leader")
    until(api, job, "Ready", "False", "Probing")
    assert time.monotonic() - died < 15


def test_a_leader_that_ends_gives_the_lease_back(fleet: Operators) -> None:
    slow = {"STREAMVERSE_LEASE_SECONDS": "60"}
    first, second = fleet.leading(settings=slow), fleet.start(settings=slow)
    eventually(lambda: second.ready)
    first.end()
    eventually(lambda: second.leads, seconds=20, what="a leader, long before the term is up")


def test_a_leader_that_was_stopped_and_wakes_late_writes_nothing(
    api: ApiServer, fleet: Operators, namespace: str
) -> None:
    first, second = fleet.leading(settings=QUICK), fleet.start(settings=QUICK)
    eventually(lambda: second.ready)
    wrote = first.gauge("streamverse_api_writes_total")
    first.pause()
    job = transcode_job(namespace)
    assert api.create(job).ok
    eventually(lambda: second.leads, seconds=15, what="a leader")
    stage = Stagehand(api, namespace)
    stage.probe()
    seen = until(api, job, "Ready", "False", "Encoding")
    first.wake()
    # It hears of all that happened meanwhile, and leaves it be.
    eventually(lambda: f'name="{job["metadata"]["name"]}"' in first.ask("/metrics")[1])
    eventually(lambda: "Encoding" in str(first.samples("streamverse_condition")))
    assert first.samples("streamverse_leader") == {"": 0}
    assert first.gauge("streamverse_api_writes_total") == wrote
    assert (
        api.get(address(job))["metadata"]["resourceVersion"]
        == (seen["metadata"]["resourceVersion"])
    )


def test_a_write_that_an_old_leader_sent_arrives_too_late(
    api: ApiServer, fleet: Operators, namespace: str, tmp_path: Path
) -> None:
    with wire(api.url) as between:
        slow = between.kubeconfig(fleet.kubeconfig, tmp_path / "slow.kubeconfig")
        # Audits keep away, so that a connection is open for the write that is to be held up.
        rare = {**QUICK, "STREAMVERSE_AUDIT_SECONDS": "600"}
        first = fleet.leading(kubeconfig=slow, settings=rare)
        second = fleet.start(settings=QUICK)
        eventually(lambda: second.ready)
        between.hold_requests()
        job = transcode_job(namespace)
        assert api.create(job).ok
        # The watch still tells it, and what it writes then is on its way for very long.
        wrote = '{kind="TranscodeJob",verb="amend"}'
        eventually(lambda: wrote in first.samples("streamverse_api_writes_total"))
        eventually(lambda: second.leads, seconds=20, what="a leader")
        stage = Stagehand(api, namespace)
        stage.probe()
        seen = until(api, job, "Ready", "False", "Encoding")
        refused = conflicts(api)
        between.let_requests_go()
        eventually(lambda: conflicts(api) > refused, what="a refusal of what came late")
        eventually(lambda: first.ready and not first.leads)
        eventually(lambda: "Encoding" in str(first.samples("streamverse_condition")))
        after = api.get(address(job))
    assert after["metadata"]["resourceVersion"] == seen["metadata"]["resourceVersion"]
    assert after["metadata"]["finalizers"] == ["streamverse.io/retire"]
    assert len(stage.jobs("probe")) == 1


@pytest.mark.parametrize("stage_name", ["created", "probed", "encoded", "published"])
def test_killed_at_any_step_it_ends_the_same(
    api: ApiServer, fleet: Operators, namespace: str, stage_name: str
) -> None:
    first = fleet.leading(settings=QUICK)
    stage = Stagehand(api, namespace)
    job = transcode_job(namespace)
    assert api.create(job).ok
    steps: dict[str, Callable[[], object]] = {
        "created": lambda: stage.job("probe"),
        "probed": stage.probe,
        "encoded": stage.encode,
        "published": lambda: stage.publish("pilot"),
    }
    for name, step in steps.items():
        step()
        if name == stage_name:
            first.kill()
            fleet.leading(settings=QUICK)
    seen = until(api, job, "Complete", "True")
    assert condition(seen, "Ready")["reason"] == "Complete"
    assert seen["metadata"]["finalizers"] == ["streamverse.io/retire"]
    assert [len(stage.jobs(step)) for step in ("probe", "encode", "publish")] == [1, 1, 1]
