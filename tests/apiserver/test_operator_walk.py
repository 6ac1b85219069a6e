"""A title from kubectl apply to Complete, and away again, against a real API server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apiserver.awaiting import condition, eventually, until
from tests.apiserver.objects import changed, encoding_profile, media_asset, transcode_job
from tests.apiserver.operator_processes import SYSTEM, Operators, operator_rights, operators
from tests.apiserver.server import ApiServer, Json, address
from tests.apiserver.stagehand import RETIRED, Stagehand, published


@pytest.fixture(scope="module")
def fleet(api: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operators]:
    home: Path = tmp_path_factory.mktemp("operators")
    with operators(api, home, operator_rights(api, home)) as found:
        assert api.apply(encoding_profile("ladder-small")).ok
        found.leading()
        yield found


@pytest.fixture
def stage(api: ApiServer, fleet: Operators, namespace: str) -> Stagehand:
    assert fleet.replicas
    return Stagehand(api, namespace)


def test_a_profile_is_named_by_its_hash(api: ApiServer, fleet: Operators) -> None:
    assert fleet.replicas
    seen = until(api, encoding_profile("ladder-small"), "Ready", "True")
    assert len(seen["status"]["hash"]) == 64


def test_a_job_walks_from_probe_to_complete(api: ApiServer, stage: Stagehand) -> None:
    job = transcode_job(stage.namespace)
    assert api.create(job).ok
    until(api, job, "Ready", "False", "Probing")
    stage.probe()
    seen = until(api, job, "Ready", "False", "Encoding")
    assert seen["status"]["probe"]["width"] == 1280
    assert seen["status"]["progress"]["chunksTotal"] == 3
    stage.encode()
    until(api, job, "Encoded", "True")
    stage.publish("pilot")
    seen = until(api, job, "Complete", "True")
    assert condition(seen, "Ready")["status"] == "True"
    assert seen["status"]["playback"]["hls"] == f"/vod/{stage.namespace}.pilot/master.m3u8"
    assert seen["status"]["progress"]["percent"] == 100
    assert seen["status"]["timing"]["completedAt"]
    secret = api.get(f"/api/v1/namespaces/{stage.namespace}/secrets/streamverse-store")
    assert set(secret["data"]) >= {"STREAMVERSE_STORE_ENDPOINT"}


def test_an_asset_is_ready_once_its_job_is_complete(api: ApiServer, stage: Stagehand) -> None:
    asset = changed(media_asset(stage.namespace), {"spec.rights": []})
    assert api.create(asset).ok
    stage.probe()
    stage.encode()
    stage.publish("film")
    seen = until(api, asset, "Ready", "True")
    assert seen["status"]["playback"]["dash"].endswith("manifest.mpd")
    assert seen["status"]["currentJob"].startswith("film-")
    assert seen["status"]["renditions"][0]["name"] == "240p"


def test_a_refused_source_is_told_with_its_reason(api: ApiServer, stage: Stagehand) -> None:
    asset = changed(media_asset(stage.namespace), {"spec.rights": []})
    assert api.create(asset).ok
    stage.refuse("probe", "InputCorrupt", "moov atom not found")
    seen = until(api, asset, "Ready", "False", "InputCorrupt")
    assert condition(seen, "Ready")["message"] == "moov atom not found"
    assert condition(seen, "Stalled")["status"] == "True"


def test_a_deleted_job_stops_its_pods_and_then_removes_its_output(
    api: ApiServer, stage: Stagehand
) -> None:
    job = transcode_job(stage.namespace)
    assert api.create(job).ok
    pod = stage.pod(stage.job("probe"))
    stage.run(pod)
    until(api, job, "Ready", "False", "Probing")
    assert api.delete(address(job)).ok
    eventually(lambda: not stage.jobs("probe"), what="the probe Job removed")
    assert not stage.jobs("retire")
    stage.collect_garbage()
    retire = stage.job("retire")
    assert "ownerReferences" not in retire["metadata"]
    stage.end(stage.pod(retire), RETIRED)
    stage.complete(retire)
    eventually(lambda: api.call("GET", address(job)).code == 404, what="the job gone")


def test_an_edited_profile_encodes_anew_while_the_old_title_plays_on(
    api: ApiServer, stage: Stagehand
) -> None:
    ladder = encoding_profile("edited")
    assert api.apply(ladder).ok
    asset = changed(
        media_asset(stage.namespace), {"spec.rights": [], "spec.profileRef.name": "edited"}
    )
    assert api.create(asset).ok
    stage.probe()
    stage.encode()
    stage.publish("film")
    first = until(api, asset, "Ready", "True")["status"]
    assert api.apply(changed(ladder, {"spec.renditions.0.bitrateKbps": 500})).ok
    until(api, asset, "Ready", "False", "Encoding")
    jobs = eventually(lambda: two(stage.jobs("probe")), what="a second probe")
    assert api.get(address(asset))["status"]["playback"] == first["playback"]
    titles = {job["metadata"]["labels"]["streamverse.io/owner"] for job in jobs}
    newer = Stagehand(api, stage.namespace, (titles - {first["currentJob"]}).pop())
    newer.probe()
    newer.encode()
    newer.publish("film")
    seen = until(api, asset, "Ready", "True")
    assert seen["status"]["currentJob"] == newer.owner
    # Who watches the old one sees it to its end.
    old = api.get(f"{address(transcode_job(stage.namespace, first['currentJob']))}")
    assert "deletionTimestamp" not in old["metadata"]
    ranks = [
        rank_of(Stagehand(api, stage.namespace, job))
        for job in (old["metadata"]["name"], newer.owner)
    ]
    assert ranks[0] < ranks[1]
    # What was wished first is wished again: another job, which has the name from then on.
    assert api.apply(ladder).ok
    until(api, asset, "Ready", "False")
    again = eventually(lambda: three(stage.jobs("probe")), what="a third probe")
    titles = {job["metadata"]["labels"]["streamverse.io/owner"] for job in again}
    third = Stagehand(api, stage.namespace, (titles - {first["currentJob"], newer.owner}).pop())
    assert ranks[1] < rank_of(third)


def rank_of(stage: Stagehand) -> str:
    (container,) = stage.job("probe")["spec"]["template"]["spec"]["containers"]
    order = next(e["value"] for e in container["env"] if e["name"] == "STREAMVERSE_ORDER")
    return str(json.loads(order)["rank"])


def three(found: list[Json]) -> list[Json]:
    return found if len(found) == 3 else []


def two(found: list[Json]) -> list[Json]:
    return found if len(found) == 2 else []


def anew(found: list[Json], before: str) -> list[Json]:
    return [] if before in {job["metadata"]["uid"] for job in found} else found


def test_what_was_lost_is_encoded_again(api: ApiServer, stage: Stagehand) -> None:
    job = transcode_job(stage.namespace)
    assert api.create(job).ok
    probed = stage.probe()["metadata"]["uid"]
    stage.encode()
    first = stage.job("publish")["metadata"]["uid"]
    stage.refuse("publish", "ChunksLost", "1 of 3 is no longer in the store")
    eventually(lambda: not stage.jobs("encode"), what="what was done before removed")
    until(api, job, "Encoded", "False")
    stage.collect_garbage()
    eventually(lambda: anew(stage.jobs("probe"), probed), what="another probe Job")
    stage.probe()
    stage.encode()
    assert stage.job("publish")["metadata"]["uid"] != first
    stage.publish("pilot")
    until(api, job, "Complete", "True")


def test_a_title_whose_name_another_one_has_says_so(api: ApiServer, stage: Stagehand) -> None:
    job = transcode_job(stage.namespace)
    assert api.create(job).ok
    stage.probe()
    stage.encode()
    late = published(stage.namespace, "pilot").model_copy(update={"superseded_by": "another"})
    publish = stage.job("publish")
    stage.end(stage.pod(publish), late)
    stage.complete(publish)
    seen = until(api, job, "Ready", "False", "Superseded")
    assert condition(seen, "Complete")["status"] == "True"
    assert "playback" not in seen["status"]


def test_a_suspended_job_stops_and_goes_on(api: ApiServer, stage: Stagehand) -> None:
    job = transcode_job(stage.namespace)
    assert api.create(job).ok
    stage.probe()
    stage.job("encode")
    assert api.merge(job, {"spec": {"suspend": True}}).ok
    eventually(lambda: stage.job("encode")["spec"]["suspend"], what="the Job suspended")
    until(api, job, "Ready", "False", "Suspended")
    assert api.merge(job, {"spec": {"suspend": False}}).ok
    eventually(lambda: not stage.job("encode")["spec"]["suspend"], what="the Job goes on")
    stage.encode()
    stage.publish("pilot")
    until(api, job, "Complete", "True")


def test_a_full_namespace_is_told_and_waited_for(api: ApiServer, stage: Stagehand) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "full", "namespace": stage.namespace},
        "spec": {"hard": {"count/jobs.batch": "0"}},
    }
    assert api.create(quota).ok
    full = {"status": {"hard": quota["spec"]["hard"], "used": {"count/jobs.batch": "0"}}}  # type: ignore[index]
    merge = "application/merge-patch+json"
    assert api.call("PATCH", f"{address(quota)}/status", full, content_type=merge).ok
    job = transcode_job(stage.namespace)
    assert api.create(job).ok
    seen = until(api, job, "Ready", "False", "QuotaExceeded")
    assert "exceeded quota: full" in condition(seen, "Ready")["message"]


def test_a_namespace_that_goes_is_swept_from_where_the_platform_is(
    api: ApiServer, stage: Stagehand
) -> None:
    jobs = [transcode_job(stage.namespace, name) for name in ("one", "two")]
    for job in jobs:
        assert api.create(job).ok
    eventually(lambda: two(stage.jobs("probe")), what="two probe Jobs")
    pod = stage.pod(stage.jobs("probe")[0])
    stage.run(pod)
    until(api, jobs[0], "Ready", "False", "Probing")
    assert api.delete(f"/api/v1/namespaces/{stage.namespace}").ok
    for job in jobs:
        assert api.delete(address(job)).ok
    eventually(lambda: not stage.jobs("probe"), what="the probe Jobs removed")
    home = Stagehand(api, SYSTEM, owner=stage.namespace)
    assert not home.jobs(), "swept while a pod still writes"
    stage.collect_garbage()
    sweep = home.job("sweep")
    assert api.get(address(jobs[0]))["metadata"]["finalizers"] == ["streamverse.io/retire"]
    home.end(home.pod(sweep), RETIRED)
    home.complete(sweep)
    for job in jobs:
        eventually(lambda: api.call("GET", address(job)).code == 404, what="the job let go")  # noqa: B023 - called at once
    assert len(home.jobs()) == 1


def test_in_a_namespace_that_goes_no_pod_is_waited_for(api: ApiServer, stage: Stagehand) -> None:
    job = transcode_job(stage.namespace)
    assert api.create(job).ok
    stage.probe()
    pod = stage.pod(stage.job("encode"))
    stage.run(pod)
    until(api, job, "Ready", "False", "Encoding")
    assert api.delete(f"/api/v1/namespaces/{stage.namespace}").ok
    # Pods go before anything else does; this one waits until its Job has made another.
    held = {"metadata": {"finalizers": ["batch.kubernetes.io/job-tracking"]}}
    assert api.merge(pod, held).ok
    assert api.delete(f"{stage.pods_path}/{pod['metadata']['name']}").ok
    eventually(lambda: not stage.jobs(), what="its Jobs removed")
    assert "deletionTimestamp" not in api.get(address(job))["metadata"]


def test_where_the_platform_goes_as_well_a_job_is_let_go(
    api: ApiServer, fleet: Operators, namespace: str, tmp_path: Path
) -> None:
    # One that is at home elsewhere would sweep, and the job would wait for that.
    fleet.replicas[-1].end()
    try:
        with operators(api, tmp_path, api.kubeconfig) as going:
            going.leading(settings={"POD_NAMESPACE": namespace})
            job, stage = transcode_job(namespace), Stagehand(api, namespace)
            assert api.create(job).ok
            stage.job("probe")
            until(api, job, "Ready", "False", "Probing")
            assert api.delete(f"/api/v1/namespaces/{namespace}").ok
            assert api.delete(address(job)).ok
            eventually(lambda: api.call("GET", address(job)).code == 404, what="the job let go")
    finally:
        fleet.leading()
    said = api.get("/apis/events.k8s.io/v1/namespaces/default/events")["items"]
    assert any(namespace in e["note"] for e in said if e["reason"] == "TitleLeft")


def test_people_are_told_of_the_beginning_and_of_the_end(api: ApiServer, stage: Stagehand) -> None:
    job = transcode_job(stage.namespace)
    assert api.create(job).ok
    stage.probe()
    stage.encode()
    stage.publish("pilot")
    until(api, job, "Complete", "True")
    path = f"/apis/events.k8s.io/v1/namespaces/{stage.namespace}/events"
    told = [e["reason"] for e in api.get(path)["items"]]
    assert sorted(told) == ["Complete", "Playable"]
