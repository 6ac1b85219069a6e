"""One cluster, one installation, one browser for all stories; a tenant for each file of them."""

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, TypeVar

import pytest
import yaml
from playwright.async_api import Browser, async_playwright

from cli.demo.command import install
from cli.demo.film import SAMPLE, bring_film
from cli.demo.footage import long_film
from cli.demo.install import TENANT
from cli.endpoints import endpoints, store_address
from cli.kinds import CHANNEL, MEDIA_ASSET, NAMESPACE
from cli.kubeconfig import connected
from cli.output import err
from cli.s3 import Bucket
from clusters.cache import Cache
from clusters.progress import Progress
from crds.v1alpha1 import MediaAsset
from tests.e2e import viewer
from tests.e2e.platform import ROOT, Platform, tiny_ladder

T = TypeVar("T")
FILM_SECONDS = 400
"""A minute of 720p in three rungs, on two cores that do other things too."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Faults last: what they break must not colour what the other stories see.

    After them only the story that takes the cluster of all away.
    """
    items.sort(key=lambda item: "test_faults" in item.nodeid or "test_settled" in item.nodeid)
    items.sort(key=lambda item: "test_down_leaves_the_host_as_up_found_it" in item.nodeid)


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
    install(Cache.here(), kubeconfig, Progress(err))
    with own_loop() as loop:
        door = connected(kubeconfig)

        def do(work: Coroutine[Any, Any, T]) -> T:
            return asyncio.run_coroutine_threadsafe(work, loop).result(120)

        kube = do(_enter(door))
        where = do(endpoints(kube))
        bucket = Bucket(do(store_address(kube)))
        town = Platform(kubeconfig, loop, kube, bucket, where)
        # They would load the machine through all of this run; `tenant` waits for its own.
        town.forsake_namespaces()
        town.apply(tiny_ladder())
        yield town
        do(_leave(door))


@contextmanager
def own_loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _enter(door: AbstractAsyncContextManager[T]) -> T:
    return await door.__aenter__()


async def _leave(door: AbstractAsyncContextManager[Any]) -> None:
    await door.__aexit__(None, None, None)


@pytest.fixture(scope="session")
def browser(platform: Platform) -> Iterator[Browser]:
    """One headless Chromium for all stories, on the platform's loop."""
    driver = async_playwright()
    playwright = platform.do(_enter(driver))
    chromium = platform.do(
        playwright.chromium.launch(executable_path=viewer.CHROMIUM, args=viewer.FLAGS)
    )
    yield chromium
    platform.do(chromium.close())
    platform.do(_leave(driver))


@pytest.fixture(scope="session")
def film(platform: Platform) -> MediaAsset:
    """samples/film.yaml, applied, with the film of the demo behind it; ready."""
    uri = platform.do(bring_film(platform.kube, long_film(Cache.here())))
    asset = yaml.safe_load(SAMPLE.read_text())
    assert asset["spec"]["source"]["uri"] == uri, "the sample names what the demo uploads"
    platform.apply(asset)
    asset = platform.until_settled(MEDIA_ASSET, "film", TENANT, FILM_SECONDS)
    assert isinstance(asset, MediaAsset)
    return asset


@pytest.fixture(scope="session")
def leaving(platform: Platform) -> Iterator[list[str]]:
    """Namespaces that are on their way out; it must be possible to take each away."""
    names: list[str] = []
    yield names
    for name in names:
        platform.drop_namespace(name)


@pytest.fixture(scope="module")
def tenant(platform: Platform, leaving: list[str], request: pytest.FixtureRequest) -> Iterator[str]:
    """A namespace named after the file of stories; it must be possible to take it away again."""
    story = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    name = "e2e-" + re.sub(r"[^a-z0-9]+", "-", story.lower())
    assert name != TENANT
    platform.drop_namespace(name)
    yield platform.new_namespace(name)
    before, leaving[:] = [*leaving], [name]
    if platform.all_of(CHANNEL, name):
        # It ends in order, which takes half a minute and next to no work: the next file's time.
        platform.delete(NAMESPACE, name)
    else:
        platform.drop_namespace(leaving.pop())
    for earlier in before:
        platform.drop_namespace(earlier)
