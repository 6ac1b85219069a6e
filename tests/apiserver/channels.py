"""For tests of channels: an operator that listens where their pods talk, and a channel on air."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.apiserver.awaiting import condition, eventually, until
from tests.apiserver.objects import channel, encoding_profile
from tests.apiserver.operator_processes import Operator, Operators, operator_rights, operators
from tests.apiserver.ports import free_port
from tests.apiserver.server import ApiServer, Json, address
from tests.apiserver.studio import Player, Studio, studio

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def port() -> int:
    """Of every pod's state; each pod has an address of its own."""
    return free_port()


@pytest.fixture(scope="module")
def settings(port: int) -> dict[str, str]:
    return {
        "STREAMVERSE_CHANNEL_STATE_PORT": str(port),
        "STREAMVERSE_RTMP_URL": "rtmp://127.0.0.1:31935",
        "STREAMVERSE_NUDGE_URL": "http://streamverse-operator.streamverse-system.svc:8080",
    }


@pytest.fixture(scope="module")
def fleet(
    api: ApiServer, tmp_path_factory: pytest.TempPathFactory, settings: dict[str, str]
) -> Iterator[Operators]:
    home: Path = tmp_path_factory.mktemp("channels")
    with operators(api, home, operator_rights(api, home)) as found:
        assert api.apply(encoding_profile("ladder-small")).ok
        found.leading(settings=settings)
        yield found


@pytest.fixture
def leader(fleet: Operators) -> Operator:
    return fleet.replicas[-1]


@pytest.fixture
def stage(api: ApiServer, fleet: Operators, namespace: str, port: int) -> Iterator[Studio]:
    assert fleet.replicas
    with studio(api, namespace, port) as found:
        yield found


def aired(api: ApiServer, stage: Studio, manifest: Json | None = None) -> tuple[Json, Player]:
    """A channel that is on air and settled, with the pod that plays it."""
    news = manifest or channel(stage.namespace)
    assert api.create(news).ok
    player = stage.pod(news["metadata"]["name"])
    until(api, news, "Ready", "True", "OnAir")
    eventually(lambda: not condition(api.get(address(news)), "Reconciling"), what="settled")
    return news, player
