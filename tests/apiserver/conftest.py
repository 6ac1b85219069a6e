"""One API server for the session, our CRDs in it, and a namespace for each test."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.apiserver.awaiting import eventually
from tests.apiserver.server import Answer, ApiServer, Json, running

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """A real API server that serves our kinds."""
    with running(tmp_path_factory.mktemp("apiserver")) as server:
        files = sorted((ROOT / "crds").glob("*.yaml"))
        server.install([yaml.safe_load(file.read_text()) for file in files])
        yield server


@pytest.fixture
def namespace(api: ApiServer) -> Iterator[str]:
    """A namespace of the test's own; nothing runs that would empty it, so it is left, but without
    the titles and channels that the operators of later tests would go on looking at.
    """
    name = f"test-{uuid.uuid4().hex[:10]}"
    made = api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    assert made.ok, made.message
    yield name
    # Assets first: they would make their jobs anew.
    for plural in ("mediaassets", "transcodejobs", "channels"):
        clear(api, f"/apis/streamverse.io/v1alpha1/namespaces/{name}/{plural}")


def clear(api: ApiServer, kinds: str) -> None:
    """Nobody is left who would take the finalizers off."""
    for one in listed(api, kinds):
        api.delete(f"{kinds}/{one['metadata']['name']}")
    finalizers: Json = {"metadata": {"finalizers": []}}
    for one in listed(api, kinds):
        where = f"{kinds}/{one['metadata']['name']}"
        api.call("PATCH", where, finalizers, content_type="application/merge-patch+json")


def listed(api: ApiServer, kinds: str) -> list[Json]:
    """A server that has just begun to serve a kind may say 429 of its list for a while."""
    answer = eventually(lambda: listing(api.call("GET", kinds)), what=f"a list of {kinds}")
    found: list[Json] = answer["items"]
    return found


def listing(answer: Answer) -> Json:
    return answer.body if answer.ok else {}
