"""The chart, rendered by the helm that the cluster's toolchain builds."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from clusters.cache import Cache

ROOT = Path(__file__).parents[3]
CHART = ROOT / "charts" / "streamverse"

Manifest = dict[str, Any]
Render = Callable[..., list[Manifest]]
Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def helm(*arguments: str) -> Done:
    program = Cache.here().programs / "helm"
    assert program.exists(), f"no {program}: build it first, with `make up`"
    environment = {**os.environ, "KUBECONFIG": "/dev/null"}
    return subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, check=False, env=environment
    )


@pytest.fixture(scope="session")
def lint() -> Run:
    """`helm lint --strict`, with --set arguments."""

    def run(*settings: str) -> Done:
        return helm("lint", "--strict", str(CHART), *_set(settings))

    return run


@pytest.fixture(scope="session")
def template() -> Run:
    """`helm template`, with --set arguments; served: onto a cluster that has our kinds."""

    def run(*settings: str, served: bool = False) -> Done:
        api = ["--api-versions", "streamverse.io/v1alpha1/EncodingProfile"] if served else []
        return helm(
            *("template", "streamverse", str(CHART), "--namespace", "streamverse-system"),
            *("--kube-version", "1.34.4", *api, *_set(settings)),
        )

    return run


@pytest.fixture(scope="session")
def render(template: Run) -> Render:
    """The objects that `template` writes."""

    def run(*settings: str, served: bool = False) -> list[Manifest]:
        done = template(*settings, served=served)
        assert done.returncode == 0, done.stderr
        return [manifest for manifest in yaml.safe_load_all(done.stdout) if manifest]

    return run


def _set(settings: tuple[str, ...]) -> list[str]:
    return [part for setting in settings for part in ("--set", setting)]
