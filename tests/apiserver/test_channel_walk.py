"""A channel from kubectl apply to on air, and off again, against a real API server."""

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from crds.live import KEYS_FOLDER
from tests.apiserver.awaiting import condition, eventually, until
from tests.apiserver.objects import channel, encoding_profile
from tests.apiserver.operator_processes import Operators, operator_rights, operators
from tests.apiserver.server import ApiServer, Json, address
from tests.apiserver.studio import Studio, studio

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def fleet(
    api: ApiServer, tmp_path_factory: pytest.TempPathFactory, port: int
) -> Iterator[Operators]:
    home: Path = tmp_path_factory.mktemp("channels")
    settings = {
        "STREAMVERSE_CHANNEL_STATE_PORT": str(port),
        "STREAMVERSE_RTMP_URL": "rtmp://127.0.0.1:31935",
        "STREAMVERSE_NUDGE_URL": "http://streamverse-operator.streamverse-system.svc:8080",
    }
    with operators(api, home, operator_rights(api, home)) as found:
        assert api.apply(encoding_profile("ladder-small")).ok
        found.leading(settings=settings)
        yield found


@pytest.fixture
def stage(api: ApiServer, fleet: Operators, namespace: str, port: int) -> Iterator[Studio]:
    assert fleet.replicas
    with studio(api, namespace, port) as found:
        yield found


def test_a_channel_becomes_a_deployment_and_a_service(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    deployment = stage.deployment()
    spec, pod = deployment["spec"], deployment["spec"]["template"]["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert spec["replicas"] == 1
    container = pod["containers"][0]
    assert container["args"] == ["channel"]
    assert container["envFrom"] == [{"secretRef": {"name": "streamverse-store"}}]
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts == {"/scratch", f"{KEYS_FOLDER}/primary"}
    order = stage.order()
    assert (order.tenant, order.channel) == (stage.namespace, "news")
    assert [one.name for one in order.inputs] == ["backup", "primary"]
    assert order.nudge_url is not None
    assert order.nudge_url.endswith(f"/nudge/channel/{stage.namespace}/news")
    service = eventually(lambda: stage.get("services", "channel-news"), what="its Service")
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["publishNotReadyAddresses"] is True
    assert service["spec"]["selector"].items() <= spec["template"]["metadata"]["labels"].items()
    until(api, news, "Ready", "False", "Starting")


def test_a_channel_is_ready_once_its_pod_tells_of_segments(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    stage.pod()
    seen = until(api, news, "Ready", "True", "OnAir")
    status = seen["status"]
    assert status["activeInput"] == "primary"
    assert status["endpoints"]["hls"] == f"/live/{stage.namespace}.news/master.m3u8"
    assert status["inputs"][0]["address"] == "rtmp://127.0.0.1:31935/live"
    assert status["receiving"] == "2/2"
    assert [rung["name"] for rung in status["rungs"]] == ["240p"]
    for type_ in ("InputAvailable", "Streaming", "OutputFresh", "ReferencesFound"):
        assert condition(seen, type_)["status"] == "True", type_
    assert not condition(seen, "Reconciling")


def off(api: ApiServer, news: Json) -> Json:
    assert api.merge(news, {"spec": {"desiredState": "Stopped"}}).ok
    return news


def test_a_stopped_channel_tells_its_players_and_then_goes(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    player = stage.pod()
    until(api, news, "Ready", "True")
    off(api, news)
    eventually(lambda: stage.deployment()["spec"]["replicas"] == 0, what="no pods wanted")
    assert player.ended
    stage.remove(player)
    seen = until(api, news, "Ready", "False", "Stopped")
    assert "profile" not in seen["status"]
    assert not condition(seen, "Reconciling")


def test_a_deleted_channel_ends_in_order(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    player = stage.pod()
    until(api, news, "Ready", "True")
    assert api.delete(address(news)).ok
    eventually(lambda: api.call("GET", address(news)).code == 404, what="the channel gone")
    assert player.ended
    assert not stage.get("deployments", "channel-news", "apis/apps/v1")
