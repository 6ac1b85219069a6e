"""A settled cluster is left in peace: by time, by a second look, by a restart and by an upgrade."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.apiserver.awaiting import eventually, until
from tests.apiserver.objects import changed, encoding_profile, media_asset, transcode_job
from tests.apiserver.operator_processes import Operator, Operators, operator_rights, operators
from tests.apiserver.server import ApiServer, Json, address
from tests.apiserver.stagehand import Stagehand

if TYPE_CHECKING:
    from pathlib import Path

OURS = ("mediaassets", "transcodejobs")


@pytest.fixture(scope="module")
def fleet(api: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operators]:
    home: Path = tmp_path_factory.mktemp("quiet")
    with operators(api, home, operator_rights(api, home)) as found:
        assert api.apply(encoding_profile("ladder-small")).ok
        found.leading()
        yield found


@pytest.fixture
def leader(fleet: Operators) -> Operator:
    return fleet.replicas[-1]


def reconciles(operator: Operator) -> float:
    return operator.gauge("streamverse_reconciles_total")


def settle(operator: Operator, *, more_than: float = 0) -> None:
    """Until it has looked at things and nothing waits."""
    eventually(
        lambda: reconciles(operator) > more_than and operator.gauge("streamverse_queue_depth") == 0
    )


def versions(api: ApiServer, namespace: str) -> dict[str, str]:
    """Of every object of a tenant that an operator may write."""
    group = f"/apis/streamverse.io/v1alpha1/namespaces/{namespace}"
    paths = [f"{group}/{plural}" for plural in OURS]
    paths += [f"/apis/batch/v1/namespaces/{namespace}/jobs"]
    paths += [f"/api/v1/namespaces/{namespace}/secrets"]
    paths += [f"/apis/events.k8s.io/v1/namespaces/{namespace}/events"]
    found: list[Json] = [item for path in paths for item in api.get(path)["items"]]
    return {item["metadata"]["uid"]: item["metadata"]["resourceVersion"] for item in found}


def finish(api: ApiServer, namespace: str) -> Json:
    """An asset with its title, complete."""
    stage = Stagehand(api, namespace)
    asset = changed(media_asset(namespace), {"spec.rights": []})
    assert api.create(asset).ok
    stage.probe()
    stage.encode()
    stage.publish("film")
    return until(api, asset, "Ready", "True")


def test_a_second_look_at_a_settled_title_writes_nothing(
    api: ApiServer, leader: Operator, namespace: str
) -> None:
    asset = finish(api, namespace)
    settle(leader)
    for look in ("first", "second"):
        before, looked = versions(api, namespace), reconciles(leader)
        edited = api.merge(asset, {"metadata": {"annotations": {"look": look}}})
        meta = edited.body["metadata"]
        settle(leader, more_than=looked)
        assert versions(api, namespace) == before | {meta["uid"]: meta["resourceVersion"]}


def test_an_upgraded_operator_writes_nothing_to_what_is_done(
    api: ApiServer, fleet: Operators, namespace: str
) -> None:
    asset = finish(api, namespace)
    stage = Stagehand(api, namespace)
    settle(fleet.replicas[-1])
    fleet.replicas[-1].end()
    # Kubernetes removes Jobs an hour after they ended.
    for job in stage.jobs():
        assert api.delete(f"{stage.jobs_path}/{job['metadata']['name']}").ok
    before = versions(api, namespace)
    newer = fleet.leading(settings={"STREAMVERSE_MEDIA_IMAGE": "docker.io/streamverse/media:newer"})
    settle(newer)
    assert versions(api, namespace) == before
    assert asset["status"]["currentJob"] in str(newer.samples("streamverse_condition"))


def test_a_suspended_job_costs_one_write(api: ApiServer, leader: Operator, namespace: str) -> None:
    jobs = [
        changed(transcode_job(namespace, f"waiting-{n}"), {"spec.suspend": True}) for n in range(20)
    ]
    settle(leader)
    wrote, looked = leader.gauge("streamverse_api_writes_total"), reconciles(leader)
    for job in jobs:
        assert api.create(job).ok
    for job in jobs:
        until(api, job, "Ready", "False", "Suspended")
    # Each of them is looked at again when it hears of its own status.
    settle(leader, more_than=looked + 2 * len(jobs) - 1)
    assert leader.gauge("streamverse_api_writes_total") - wrote == len(jobs)
    assert not any(api.get(address(job))["metadata"].get("finalizers") for job in jobs)


def test_a_title_costs_one_status_write_for_each_state(
    api: ApiServer, leader: Operator, namespace: str
) -> None:
    stage = Stagehand(api, namespace)
    job = transcode_job(namespace)
    label = '{kind="TranscodeJob",verb="publish"}'
    settle(leader)
    before = leader.samples("streamverse_api_writes_total").get(label, 0)
    assert api.create(job).ok
    stage.probe()
    until(api, job, "Ready", "False", "Encoding")
    stage.encode()
    until(api, job, "Ready", "False", "Verifying")
    stage.publish("pilot")
    until(api, job, "Complete", "True")
    looked = reconciles(leader)
    assert api.merge(job, {"metadata": {"labels": {"again": "please"}}}).ok
    settle(leader, more_than=looked)
    states = ("Probing", "Encoding", "Verifying", "Complete")
    assert leader.samples("streamverse_api_writes_total")[label] - before == len(states)
