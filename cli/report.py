"""`streamverse report`: one archive for a bug report, with the secrets struck out."""

import asyncio
import io
import tarfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.console import Console

from crds.v1alpha1.meta import Manifest

from .checks import diagnose
from .doctor import observe, table
from .endpoints import CONTRIBUTION, SYSTEM, store_address
from .exits import Exit, Stop
from .kinds import (
    CLAIM,
    CONFIG_MAP,
    DEPLOYMENT,
    EVENT,
    JOB,
    LEASE,
    NODE,
    POD,
    SECRET,
    STATEFUL_SET,
    STORAGE_CLASS,
    Place,
)
from .kube import Kube
from .kubeconfig import Kubeconfig, with_cluster
from .look import everything, page
from .output import Format, Output, err, print_json, print_plain
from .publish import value_of
from .redact import plain, redacted

app = typer.Typer(add_completion=False)

OF_THE_PLATFORM = (DEPLOYMENT, STATEFUL_SET, JOB, POD, CLAIM, CONFIG_MAP, LEASE, EVENT)
OF_A_TENANT = (DEPLOYMENT, JOB, POD, EVENT)
OF_THE_CLUSTER = (NODE, STORAGE_CLASS)
MOST_PODS = 60
"""Logs of more than these tell nothing new and make an archive that nobody can send."""


@app.command()
def report(
    file: Annotated[
        Path | None, typer.Argument(help="Where to write it; a name with the time if absent.")
    ] = None,
    output: Output = Format.TEXT,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Gather status, events, logs and versions into one archive for a bug report.

    Keys, tokens, passwords and the values of environment variables are struck out; Secrets are
    not in it. Look it through all the same before you give it away.
    """
    path = file or Path(f"streamverse-report-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz")
    written = with_cluster(kubeconfig, lambda kube: _write(kube, path))
    if output is Format.JSON:
        print_json({"file": str(path), "entries": written})
    else:
        err.print(f"{len(written)} files; please look them through before you send them")
        print_plain(str(path))


async def _write(kube: Kube, path: Path) -> list[str]:
    secrets = await _known_secrets(kube)
    written = []
    with tarfile.open(path, "w:gz") as archive:
        async for name, text in contents(kube):
            content = redacted(text, secrets).encode()
            entry = tarfile.TarInfo(f"streamverse-report/{name}")
            entry.size = len(content)
            entry.mtime = int(datetime.now(UTC).timestamp())
            archive.addfile(entry, io.BytesIO(content))
            written.append(name)
    return written


async def _known_secrets(kube: Kube) -> tuple[str, ...]:
    """The store's key and the encoders' passphrase, so that they can be struck out by value; none
    where they may not be read.
    """
    try:
        address = await store_address(kube)
        passphrase = value_of(await kube.get(SECRET, CONTRIBUTION, SYSTEM), "srtPassphrase")
    except Stop:
        return ()
    return address.access_key_id, address.secret_access_key, passphrase


async def contents(kube: Kube) -> AsyncIterator[tuple[str, str]]:
    """Every file of the report: its name and its text. What cannot be had says why instead."""
    yield "versions.txt", f"command {_own_version()}\ncluster {await kube.version()}\n"
    seen = await observe(kube)
    yield "doctor.txt", _drawn(table(diagnose(seen)))
    objects = await everything(kube, None)
    yield "status.txt", _drawn(page(objects))
    yield "objects.yaml", _yaml(objects)
    for place in OF_THE_CLUSTER:
        yield f"cluster/{place.plural}.yaml", await _listed(kube, place, None)
    tenants = {m["metadata"].get("namespace") for m in objects} - {None, SYSTEM}
    for namespace, places in [
        (SYSTEM, OF_THE_PLATFORM),
        *((str(tenant), OF_A_TENANT) for tenant in sorted(map(str, tenants))),
    ]:
        for place in places:
            yield f"{namespace}/{place.plural}.yaml", await _listed(kube, place, namespace)
        async for name, text in _logs(kube, namespace):
            yield name, text


async def _logs(kube: Kube, namespace: str) -> AsyncIterator[tuple[str, str]]:
    """Of each container, now and before its last restart; the youngest pods first."""
    pods = sorted(
        await kube.all_of(POD, namespace),
        key=lambda pod: str(pod["metadata"].get("creationTimestamp", "")),
        reverse=True,
    )
    for pod in pods[:MOST_PODS]:
        name = pod["metadata"]["name"]
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            now, before = await asyncio.gather(
                kube.log(namespace, name, container["name"], previous=False),
                kube.log(namespace, name, container["name"], previous=True),
            )
            for text, when in ((now, ""), (before, ".before")):
                if text:
                    yield f"{namespace}/logs/{name}.{container['name']}{when}.log", text


async def _listed(kube: Kube, place: Place, namespace: str | None) -> str:
    try:
        return _yaml(await kube.all_of(place, namespace))
    except Stop as stop:
        if stop.code is Exit.UNREACHABLE:
            raise
        return f"# {stop.sentence}\n"


def _yaml(manifests: list[Manifest]) -> str:
    return yaml.safe_dump_all([plain(m) for m in manifests], sort_keys=False)


def _drawn(picture: object) -> str:
    console = Console(width=120, markup=False, emoji=False, highlight=False, file=io.StringIO())
    with console.capture() as captured:
        console.print(picture)
    return captured.get()


def _own_version() -> str:
    try:
        return version("streamverse")
    except PackageNotFoundError:
        return "from a checkout"
