"""Which cluster the command speaks to, and how a connection to it is opened."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer
import yaml
from kubernetes.aio.client import ApiClient, Configuration
from kubernetes.aio.config import ConfigException, load_kube_config

from .exits import Exit, Stop
from .kube import Kube

LOCAL_KUBECONFIG = Path("/var/lib/streamverse/kubeconfig")
"""Where `streamverse cluster up` leaves it."""

Kubeconfig = Annotated[
    str | None,
    typer.Option(
        "--kubeconfig",
        envvar="KUBECONFIG",
        help="The cluster to speak to. Default: the local cluster, then ~/.kube/config.",
        show_default=False,
    ),
]
Namespace = Annotated[
    str,
    typer.Option("--namespace", "-n", envvar="STREAMVERSE_NAMESPACE", help="The tenant."),
]
DEFAULT_TENANT = "demo"

T = TypeVar("T")


def kubeconfig_path(given: str | None) -> str:
    """The kubeconfig to use. Raises Stop when there is none anywhere."""
    if given:
        if not any(Path(part).exists() for part in given.split(os.pathsep)):
            raise Stop(Exit.UNREACHABLE, f"the kubeconfig {given} does not exist")
        return given
    for path in (LOCAL_KUBECONFIG, Path.home() / ".kube" / "config"):
        if path.exists():
            return str(path)
    raise Stop(
        Exit.UNREACHABLE,
        "there is no cluster to speak to: no kubeconfig was found",
        "start one with `streamverse cluster up`, or name one with --kubeconfig",
    )


@asynccontextmanager
async def connected(kubeconfig: str | None) -> AsyncIterator[Kube]:
    """A door to the cluster that this kubeconfig names."""
    path = kubeconfig_path(kubeconfig)
    configuration = Configuration()
    try:
        await load_kube_config(  # type: ignore[no-untyped-call]
            path, client_configuration=configuration, persist_config=False
        )
    except (ConfigException, yaml.YAMLError, OSError) as e:
        raise Stop(Exit.UNREACHABLE, f"the kubeconfig {path} cannot be used: {e}") from e
    # The client would otherwise try a refused connection five times, over half a minute.
    configuration.retries = None
    async with ApiClient(configuration) as api:
        yield Kube(api)


def with_cluster(kubeconfig: str | None, work: Callable[[Kube], Awaitable[T]]) -> T:
    """Run a command's asynchronous half against the cluster."""

    async def run() -> T:
        async with connected(kubeconfig) as kube:
            return await work(kube)

    return asyncio.run(run())
