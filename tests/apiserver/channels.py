"""Fixtures for tests of channels: an operator that listens where the tests' pods talk."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.apiserver.objects import encoding_profile
from tests.apiserver.operator_processes import Operator, Operators, operator_rights, operators
from tests.apiserver.ports import free_port
from tests.apiserver.server import ApiServer
from tests.apiserver.studio import Studio, studio

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
