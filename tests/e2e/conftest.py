"""One cluster, one installation, one browser for all stories; a tenant for each file of them."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from rich.console import Console

from cli.demo.command import install
from cli.demo.install import TENANT
from cli.endpoints import endpoints, store_address
from cli.kubeconfig import connected
from cli.s3 import Bucket
from clusters.cache import Cache
from clusters.progress import Progress
from tests.e2e.platform import ROOT, Platform, tiny_ladder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Faults last: what they break must not colour what the other stories see."""
    items.sort(key=lambda item: "test_faults" in item.nodeid or "test_settled" in item.nodeid)


@pytest.fixture(scope="session")
def kubeconfig() -> str:
    """A cluster that answers, made by the command if there is none."""
    cluster = [sys.executable, "-m", "cli.main", "cluster"]
    subprocess.run([*cluster, "up"], cwd=ROOT, check=True)
    found = subprocess.run(
        [*cluster, "kubeconfig"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return found.stdout.strip()


@pytest.fixture(scope="session")
def platform(kubeconfig: str) -> Iterator[Platform]:
    """The platform, installed by the steps of the demo."""
    install(Cache.here(), kubeconfig, Progress(Console(stderr=True)))
    with asyncio.Runner() as runner:
        door = connected(kubeconfig)
        kube = runner.run(door.__aenter__())
        try:
            where = runner.run(endpoints(kube))
            bucket = Bucket(runner.run(store_address(kube)))
            town = Platform(kubeconfig, runner, kube, bucket, where)
            town.apply(tiny_ladder())
            yield town
        finally:
            runner.run(door.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def tenant(platform: Platform, request: pytest.FixtureRequest) -> Iterator[str]:
    """A namespace named after the file of stories; it must be possible to take it away again."""
    story = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    name = "e2e-" + re.sub(r"[^a-z0-9]+", "-", story.lower())
    assert name != TENANT
    platform.drop_namespace(name)
    yield platform.new_namespace(name)
    platform.drop_namespace(name)
