"""Story: whatever is killed, the film is finished, and only what was lost is done again.

All the while a witness looks at what players are told: nothing early, nothing that is not there.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.endpoints import OPERATOR_LEASE, STORE, SYSTEM
from cli.exits import Stop
from cli.kinds import LEASE, POD, TRANSCODE_JOB
from crds.v1alpha1 import TranscodeJob
from crds.v1alpha1.meta import Manifest
from tests.e2e import media, node, work
from tests.e2e.clips import noise
from tests.e2e.platform import Platform, condition, transcode_job
from tests.e2e.silence import listened_to
from tests.e2e.witness import Witness, witnessed

LIMIT_SECONDS = 300
BUFFER_SECONDS = 5
"""A little less than players hold: what lasts no longer is seen by no viewer of a film."""
GONE_SECONDS = 90
"""Another operator may have to take over first."""
SECONDS = 20
CHUNKING = {"targetSeconds": 4, "parallelism": 2}
INDEX = "batch.kubernetes.io/job-completion-index"


@dataclass(frozen=True)
class Title:
    """A job that has just been applied: a film of its own, nothing of which was encoded before."""

    platform: Platform
    tenant: str
    name: str
    uid: str
    seen: Witness

    def now(self) -> TranscodeJob:
        return self.platform.job(self.name, self.tenant)

    def done(self) -> int:
        """Tasks of its encoding."""
        status = self.now().status
        return status.progress.chunks_done if status and status.progress else 0

    def until_done(self, count: int) -> None:
        what = f"{count} tasks of {self.name} done"
        self.platform.wait(what, lambda: self.done() >= count, LIMIT_SECONDS, every=0.2)

    def pods(self) -> list[Manifest]:
        return self.platform.pods(self.tenant, self.name)

    def encoders(self) -> list[Manifest]:
        """Running pods that encode a chunk."""
        return [
            pod
            for pod in self.pods()
            if pod["status"]["phase"] == "Running" and INDEX in _labels(pod) and node.of_pod(pod)
        ]


def _labels(pod: Manifest) -> dict[str, str]:
    return dict(pod["metadata"].get("labels") or {})


@pytest.fixture
def title(
    platform: Platform, tenant: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Title]:
    name = request.node.originalname.removeprefix("test_").replace("_", "-")[:40].strip("-")
    film = tmp_path / f"{name}.mp4"
    noise(film, SECONDS, seed=sum(name.encode()))
    uri = platform.upload(film, tenant)
    (made,) = platform.apply(transcode_job(name, tenant, uri, chunking=CHUNKING))
    uid = made["metadata"]["uid"]

    def verified() -> bool:
        try:
            return platform.bucket.size(f"{tenant}/titles/{uid}/index.json") is not None
        except Stop:
            return True  # the store is away, by our own doing: another look will tell

    url = f"{platform.endpoints.origin_url}/vod/{tenant}.{name}/master.m3u8"
    with witnessed(url, SECONDS, verified) as seen:
        found = Title(platform, tenant, name, uid, seen)
        yield found
    deleted(found)


def deleted(title: Title) -> None:
    """It goes, and leaves nothing: neither in the store, nor a Job that goes on."""
    platform, tenant = title.platform, title.tenant
    platform.delete(TRANSCODE_JOB, title.name, tenant)
    platform.until_gone(TRANSCODE_JOB, title.name, tenant, GONE_SECONDS)
    assert work.stored(platform, tenant) == set()
    assert all("-retire-" in name for name in work.jobs(platform, tenant))


def finished_well(title: Title, *, lost: int) -> None:
    """Complete, playable to the last rung, nothing twice but what was lost, nothing orphaned."""
    platform, tenant = title.platform, title.tenant
    job = platform.until_job_ended(title.name, tenant, LIMIT_SECONDS)
    assert condition(job, "Complete")[0] == "True", job.status
    assert job.metadata.uid == title.uid
    for url in media.playlists(platform.url(job)).all:
        assert media.complaints(url) == ""
    tasks = work.encoded_tasks(platform, tenant)
    assert sum(count - 1 for count in tasks.values()) <= lost, tasks
    pods = Counter(_labels(pod)[INDEX] for pod in title.pods() if INDEX in _labels(pod))
    assert sum(count - 1 for count in pods.values()) <= lost, pods
    # The Job that swept up after an earlier story goes by itself.
    names = [n for n in work.jobs(platform, tenant) if "-retire-" not in n]
    assert not [n for n in names if not n.startswith(title.name)], f"orphans among {names}"
    assert len(names) == 3, f"one Job a step, not {names}"
    assert work.uncounted(platform, tenant, title.uid) == set()
    title.seen.conclude()
    assert title.seen.grown, "it was never seen to grow: the witness proves nothing"


def test_a_worker_killed_at_forty_percent(title: Title) -> None:
    title.until_done(3)

    def one_killed() -> bool:
        return any(node.killed(node.of_pod(pod)) for pod in title.encoders())

    title.platform.wait("an encoder killed at its work", one_killed, 60, every=0.1)
    finished_well(title, lost=1)


def leader(platform: Platform) -> Manifest | None:
    """The pod that holds the operator's lease, while it runs."""
    lease = platform.do(platform.kube.find(LEASE, OPERATOR_LEASE, SYSTEM))
    holder = lease["spec"].get("holderIdentity") or ""
    for pod in platform.all_of(POD, SYSTEM):
        if pod["metadata"]["name"] in holder and node.of_pod(pod):
            return pod
    return None


def test_the_operator_killed_at_every_step(title: Title) -> None:
    platform, killed = title.platform, list[str]()

    def kill_at(step: str) -> bool:
        pod = leader(platform) if step not in killed else None
        if pod is not None and node.killed(node.of_pod(pod)):
            killed.append(step)
        return step in killed

    def ended() -> bool:
        found = title.now()
        _, step = condition(found, "Ready")
        if step and step != "Complete":
            kill_at(step)
        return "True" in {condition(found, "Complete")[0], condition(found, "Failed")[0]}

    platform.wait(f"{title.name} ended", ended, LIMIT_SECONDS, every=0.1)
    assert {"Probing", "Encoding", "Verifying"} <= set(killed), killed
    finished_well(title, lost=0)
    platform.delete(TRANSCODE_JOB, title.name, title.tenant)

    def retiring() -> bool:
        names = work.jobs(platform, title.tenant)
        mine = [n for n in names if n.startswith(f"{title.name[:40]}-retire-")]
        return bool(mine) and kill_at("retire")

    platform.wait("the operator killed while the title is retired", retiring, 60, every=0.05)
    deleted(title)


def store_pods(platform: Platform) -> list[Manifest]:
    return platform.pods(SYSTEM, STORE)


def test_the_store_killed(title: Title) -> None:
    title.until_done(2)
    node.kill(node.of_pod(store_pods(title.platform)[0]))
    finished_well(title, lost=2)


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
def test_the_store_away_for_a_minute(title: Title) -> None:
    title.until_done(2)
    scale(title.platform, 0)
    title.platform.wait("the store gone", lambda: not store_pods(title.platform), 60)
    time.sleep(60)  # the fault itself: this is how long it lasts
    scale(title.platform, 1)
    finished_well(title, lost=4)


def test_the_kubelet_and_then_the_api_server_killed(title: Title) -> None:
    title.until_done(2)
    done, killed = title.done(), node.of_program("kubelet", in_pod=False)
    with listened_to(f"{title.platform.endpoints.origin_url}/readyz") as silence:
        node.kill(killed)
        title.until_done(done + 1)
        title.platform.wait(
            "the kubelet was started again",
            lambda: set(node.of_program("kubelet", in_pod=False)) - set(killed),
            30,
        )
        node.kill(node.of_program("kube-apiserver", in_pod=True))
        title.platform.wait("the API server answers again", title.platform.answers, 90)
        finished_well(title, lost=0)
    assert silence.answers
    assert silence.longest_seconds < BUFFER_SECONDS
