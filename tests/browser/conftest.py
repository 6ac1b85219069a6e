"""A real origin process over a folder, and a real browser before it."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from media_runtime.store import Store, StoreSettings

from .airing import on_air, order
from .footage import Footage, shoot

ROOT = Path(__file__).resolve().parents[2]
PLAYER = ROOT / "media_runtime" / "origin" / "player"
CHROMIUM = os.environ.get("STREAMVERSE_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]

Await = Callable[[Coroutine[Any, Any, None]], None]
Air = Callable[[str], AbstractContextManager[subprocess.Popen[bytes]]]


@pytest.fixture(scope="session")
def player() -> Path:
    """The built page: as it stands in STREAMVERSE_ORIGIN_PLAYER_DIR, or built here and now."""
    given = os.environ.get("STREAMVERSE_ORIGIN_PLAYER_DIR")
    if given:
        return Path(given)
    npm = shutil.which("npm")
    assert npm, "npm is needed to build the player page; `make` puts the toolchain's on PATH"
    if not (PLAYER / "node_modules").is_dir():
        subprocess.run([npm, "ci"], cwd=PLAYER, check=True, timeout=300)
    subprocess.run([npm, "run", "build"], cwd=PLAYER, check=True, timeout=60)
    return PLAYER / "dist"


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    return shoot(tmp_path_factory.mktemp("footage"))


@pytest.fixture(scope="session")
def store_settings(tmp_path_factory: pytest.TempPathFactory) -> StoreSettings:
    return StoreSettings(endpoint=tmp_path_factory.mktemp("store").as_uri())


@pytest.fixture(scope="session")
def store(store_settings: StoreSettings) -> Store:
    return Store.open(store_settings)


@pytest.fixture(scope="session")
def await_() -> Await:
    """Runs a coroutine to its end; on another thread, for playwright has a loop on this one."""
    pool = ThreadPoolExecutor(1)
    return lambda work: pool.submit(asyncio.run, work).result(timeout=60)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def pod_ports() -> dict[str, int]:
    """Where the pods of channels are, or will be."""
    names = (
        "news",
        "restarted",
        "long",
        "holed",
        "ending-hls",
        "ending-dash",
        "killed-hls",
        "killed-dash",
    )
    return {name: free_port() for name in names}


@pytest.fixture(scope="session")
def origin(store_settings: StoreSettings, player: Path, pod_ports: dict[str, int]) -> Iterator[str]:
    port = free_port()
    pods = {f"demo.{name}": f"127.0.0.1:{at}" for name, at in pod_ports.items()}
    environment = {
        "STREAMVERSE_ORIGIN_LIVE_PODS": json.dumps(pods),
        "STREAMVERSE_STORE_ENDPOINT": store_settings.endpoint,
        "STREAMVERSE_ORIGIN_HOST": "127.0.0.1",
        "STREAMVERSE_ORIGIN_PORT": str(port),
        "STREAMVERSE_ORIGIN_DEFAULT_TENANT": "demo",
        "STREAMVERSE_ORIGIN_PLAYER_DIR": str(player),
    }
    serve = "from media_runtime.origin.main import serve; serve()"
    argv = [sys.executable, "-c", serve]
    with subprocess.Popen(argv, cwd=ROOT, env=os.environ | environment) as process:
        url = f"http://127.0.0.1:{port}"
        _until_ready(url, process)
        yield url
        process.terminate()
        # An orderly end is part of the contract: requests drain, and the exit code says so.
        assert process.wait(timeout=30) == 0


@pytest.fixture(scope="session")
def air(
    pod_ports: dict[str, int],
    store_settings: StoreSettings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Air:
    """Puts a channel on air, by its name."""

    def aired(name: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
        what = order(name, f"uid-{name}")
        scratch = tmp_path_factory.mktemp(name)
        return on_air(what, pod_ports[name], store_settings.endpoint, scratch)

    return aired


def _until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the origin died while starting"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=1):  # noqa: S310 - our own
                return
        except (urllib.error.URLError, ConnectionError):
            try:
                process.wait(timeout=0.1)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError("the origin is not ready after 30 s")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert Path(CHROMIUM).exists(), f"no browser at {CHROMIUM}: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh profile; a test fails when its page logged an error, CSP's included.

    That a title is not there yet, or no more, is an answer.
    """
    context = browser.new_context(viewport={"width": 1280, "height": 1100})
    page = context.new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    yield page
    context.close()
    assert [c for c in complaints if not re.search("status of (404|410)", c)] == []
