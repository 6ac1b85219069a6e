"""A title from kubectl apply to Complete, and away again, against a real API server."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.apiserver.objects import changed, encoding_profile, media_asset, transcode_job
from tests.apiserver.operator_processes import Operators, eventually, operator_rights, operators
from tests.apiserver.server import ApiServer, Json, address
from tests.apiserver.stagehand import RETIRED, Stagehand

if TYPE_CHECKING:
    from pathlib import Path


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


def condition(manifest: Json, type_: str) -> Json:
    said = manifest.get("status", {}).get("conditions", [])
    return next((c for c in said if c["type"] == type_), {})


def until(api: ApiServer, manifest: Json, type_: str, status: str, reason: str = "") -> Json:
    """The object once it says so."""
    seen: Json = {}

    def look() -> bool:
        nonlocal seen
        seen = api.get(address(manifest))
        said = condition(seen, type_)
        return said.get("status") == status and (not reason or said["reason"] == reason)

    eventually(look, what=f"{type_}={status}")
    return seen


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
