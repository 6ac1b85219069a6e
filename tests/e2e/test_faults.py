"""Story: whatever is killed, the film is finished, and only what was lost is done again."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.endpoints import OPERATOR_LEASE, STORE, SYSTEM
from cli.kinds import LEASE, POD, TRANSCODE_JOB
from crds.v1alpha1 import TranscodeJob
from crds.v1alpha1.meta import Manifest
from tests.e2e import media, node, work
from tests.e2e.clips import noise
from tests.e2e.platform import Platform, condition, transcode_job

LIMIT_SECONDS = 300
SECONDS = 20
CHUNKING = {"targetSeconds": 4, "parallelism": 2}


@pytest.fixture
def job(
    platform: Platform, tenant: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A job that has just been applied: a film of its own, nothing of which was encoded before."""
    name = request.node.originalname.removeprefix("test_").replace("_", "-")[:40].strip("-")
    film = tmp_path / f"{name}.mp4"
    noise(film, SECONDS, seed=sum(name.encode()))
    uri = platform.upload(film, tenant)
    platform.apply(transcode_job(name, tenant, uri, chunking=CHUNKING))
    yield name
    platform.delete(TRANSCODE_JOB, name, tenant)
    platform.until_gone(TRANSCODE_JOB, name, tenant, 60)


def done(platform: Platform, name: str, tenant: str) -> int:
    status = platform.job(name, tenant).status
    return status.progress.chunks_done if status and status.progress else 0


def until_done(platform: Platform, name: str, tenant: str, count: int) -> None:
    platform.wait(
        f"{count} tasks of {name} done",
        lambda: done(platform, name, tenant) >= count,
        LIMIT_SECONDS,
        every=0.2,
    )


def finished_well(platform: Platform, name: str, tenant: str, *, lost: int) -> TranscodeJob:
    """Complete, playable to the last rung, nothing twice but what was lost, nothing orphaned."""
    job = platform.until_job_ended(name, tenant, LIMIT_SECONDS)
    assert condition(job, "Complete")[0] == "True", job.status
    for url in media.playlists(platform.url(job)).all:
        assert media.complaints(url) == ""
    tasks = work.encoded_tasks(platform, tenant)
    again = sum(count - 1 for count in tasks.values())
    assert again <= lost, tasks
    # The Job that swept up after an earlier story goes by itself.
    names = [n for n in work.jobs(platform, tenant) if "-retire-" not in n]
    assert not [n for n in names if not n.startswith(name)], f"orphans among {names}"
    assert len(names) == 3, f"one Job a step, not {names}"
    plan = work.document(platform, f"{tenant}/titles/{job.metadata.uid}/plan.json")
    assert plan["title"] == job.metadata.uid
    return job


def encoders(platform: Platform, name: str, tenant: str) -> list[Manifest]:
    """Running pods that encode a chunk."""
    return [
        pod
        for pod in platform.pods(tenant, name)
        if pod["status"]["phase"] == "Running"
        and any("encode" in (c.get("args") or []) for c in pod["spec"]["containers"])
        and node.of_pod(pod)
    ]


def test_a_worker_killed_at_forty_percent(platform: Platform, tenant: str, job: str) -> None:
    until_done(platform, job, tenant, 3)
    victim = platform.wait(
        "an encoder at work", lambda: encoders(platform, job, tenant), 60, every=0.1
    )[0]
    node.kill(node.of_pod(victim))
    finished_well(platform, job, tenant, lost=1)


def leader(platform: Platform) -> Manifest | None:
    """The pod that holds the operator's lease, while it runs."""
    lease = platform.do(platform.kube.find(LEASE, OPERATOR_LEASE, SYSTEM))
    holder = lease["spec"].get("holderIdentity") or ""
    for pod in platform.all_of(POD, SYSTEM):
        if pod["metadata"]["name"] in holder and node.of_pod(pod):
            return pod
    return None


def test_the_operator_killed_at_every_step(platform: Platform, tenant: str, job: str) -> None:
    killed: list[str] = []

    def ended() -> bool:
        found = platform.job(job, tenant)
        _, step = condition(found, "Ready")
        if step and step not in killed and step != "Complete":
            pod = leader(platform)
            if pod is not None:
                node.kill(node.of_pod(pod))
                killed.append(step)
        return condition(found, "Complete")[0] == "True" or condition(found, "Failed")[0] == "True"

    platform.wait(f"{job} ended", ended, LIMIT_SECONDS, every=0.2)
    assert {"Probing", "Encoding"} <= set(killed), killed
    finished_well(platform, job, tenant, lost=0)


def test_the_store_killed(platform: Platform, tenant: str, job: str) -> None:
    until_done(platform, job, tenant, 2)
    pod = next(p for p in platform.all_of(POD, SYSTEM) if p["metadata"]["name"].startswith(STORE))
    node.kill(node.of_pod(pod))
    finished_well(platform, job, tenant, lost=2)


def scale(platform: Platform, replicas: int) -> None:
    platform.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": {"name": STORE, "namespace": SYSTEM},
            "spec": {"replicas": replicas},
        }
    )


@pytest.mark.soak
def test_the_store_away_for_a_minute(platform: Platform, tenant: str, job: str) -> None:
    until_done(platform, job, tenant, 2)
    scale(platform, 0)
    platform.wait(
        "the store gone",
        lambda: (
            not [p for p in platform.all_of(POD, SYSTEM) if p["metadata"]["name"].startswith(STORE)]
        ),
        60,
    )
    time.sleep(60)  # the fault itself: this is how long it lasts
    scale(platform, 1)
    finished_well(platform, job, tenant, lost=4)


def test_the_kubelet_killed(platform: Platform, tenant: str, job: str) -> None:
    until_done(platform, job, tenant, 2)
    node.kill(node.of_program("kubelet", in_pod=False))
    finished_well(platform, job, tenant, lost=0)
    assert node.of_program("kubelet", in_pod=False), "nobody started the kubelet again"


def test_the_api_server_killed(platform: Platform, tenant: str, job: str) -> None:
    until_done(platform, job, tenant, 2)
    node.kill(node.of_program("kube-apiserver", in_pod=True))
    platform.wait("the API server answers again", platform.answers, 90)
    finished_well(platform, job, tenant, lost=0)
