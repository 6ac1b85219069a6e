"""One API server for the session, our CRDs in it, and a namespace for each test."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.apiserver.server import ApiServer, running

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """A real API server that serves our kinds."""
    with running(tmp_path_factory.mktemp("apiserver")) as server:
        files = sorted((ROOT / "crds").glob("*.yaml"))
        server.install([yaml.safe_load(file.read_text()) for file in files])
        yield server


@pytest.fixture
def namespace(api: ApiServer) -> str:
    """A namespace of the test's own; nothing runs that would empty it, so it is simply left."""
    name = f"test-{uuid.uuid4().hex[:10]}"
    made = api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    assert made.ok, made.message
    return name
