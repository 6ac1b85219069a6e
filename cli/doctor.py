"""`streamverse doctor`: is the installation well, and if not, what to do."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiohttp
import typer
from rich.table import Table
from rich.text import Text

from crds.v1alpha1.meta import GROUP, Manifest

from .checks import Finding, Level, Observation, diagnose
from .endpoints import (
    CONTRIBUTION,
    OPERATOR,
    OPERATOR_LEASE,
    ORIGIN,
    SYSTEM,
    endpoints,
    store_address,
)
from .exits import Exit, Stop
from .kinds import CRD, DEPLOYMENT, LEASE, NODE, OURS, STORAGE_CLASS
from .kube import Kube
from .kubeconfig import Kubeconfig, with_cluster
from .output import Format, Output, out, print_json
from .s3 import Bucket

app = typer.Typer(add_completion=False)

SIGNS = {
    Level.WELL: Text("✓", "green"),
    Level.WARNING: Text("!", "yellow"),
    Level.UNWELL: Text("✗", "red"),
}


@app.command()
def doctor(output: Output = Format.TEXT, kubeconfig: Kubeconfig = None) -> None:
    """Examine the installation from where you sit; each line that is not well says what to do.

    Ends with 1 if anything is unwell; warnings alone end with 0.
    """
    findings = with_cluster(kubeconfig, examine)
    if output is Format.JSON:
        print_json([vars(f) for f in findings])
    else:
        out.print(table(findings))
    if any(f.level is Level.UNWELL for f in findings):
        raise typer.Exit(Exit.UNWELL)


async def examine(kube: Kube) -> list[Finding]:
    return diagnose(await observe(kube))


async def observe(kube: Kube) -> Observation:
    version = await kube.version()
    names = [f"{place.plural}.{GROUP}" for place in OURS]
    crds = await asyncio.gather(*(kube.get(CRD, name) for name in names))
    nodes, classes = await asyncio.gather(kube.all_of(NODE), kube.all_of(STORAGE_CLASS))
    operator, lease, origin, contribution = await asyncio.gather(
        kube.get(DEPLOYMENT, OPERATOR, SYSTEM),
        kube.get(LEASE, OPERATOR_LEASE, SYSTEM),
        kube.get(DEPLOYMENT, ORIGIN, SYSTEM),
        kube.get(DEPLOYMENT, CONTRIBUTION, SYSTEM),
    )
    rtmp_url = await _rtmp_url(kube)
    origin_problem, contribution_problem, store_problem = await asyncio.gather(
        _problem(_origin_answers(kube)),
        _problem(_connects(rtmp_url)),
        _problem(_store_answers(kube)),
    )
    served = [place for place, crd in zip(OURS, crds, strict=True) if crd is not None]
    objects: list[list[Manifest]] = await asyncio.gather(*(kube.all_of(place) for place in served))
    return Observation(
        now=datetime.now(UTC),
        version=version,
        nodes=nodes,
        crds=dict(zip(names, crds, strict=True)),
        storage_classes=classes,
        operator=operator,
        lease=lease,
        origin=origin,
        origin_problem=origin_problem,
        contribution=contribution,
        contribution_wanted=bool(rtmp_url),
        contribution_problem=contribution_problem,
        store_problem=store_problem,
        objects=[o for of_kind in objects for o in of_kind],
    )


async def _problem(look: Awaitable[None]) -> str:
    """The sentence of what went wrong; empty if nothing did."""
    try:
        await look
    except Stop as stop:
        return stop.sentence
    return ""


async def _origin_answers(kube: Kube) -> None:
    url = f"{(await endpoints(kube)).origin_url}/readyz"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session,
            session.get(url) as answer,
        ):
            if answer.status != 200:
                raise Stop(Exit.UNWELL, f"{url} answers {answer.status}")
    except (aiohttp.ClientError, TimeoutError, OSError) as e:
        raise Stop(Exit.UNREACHABLE, f"{url} does not answer: {e or type(e).__name__}") from e


async def _rtmp_url(kube: Kube) -> str:
    try:
        return (await endpoints(kube)).rtmp_url
    except Stop:
        return ""


async def _connects(url: str) -> None:
    """Somebody accepts connections there; what is said is not looked at."""
    where = urlsplit(url)
    if not where.hostname:
        return
    try:
        async with asyncio.timeout(5):
            _, writer = await asyncio.open_connection(where.hostname, where.port or 1935)
    except (TimeoutError, OSError) as e:
        raise Stop(Exit.UNREACHABLE, f"{url} does not answer: {e or type(e).__name__}") from e
    writer.close()


async def _store_answers(kube: Kube) -> None:
    address = await store_address(kube)
    await asyncio.to_thread(lambda: Bucket(address).reachable())


def table(findings: list[Finding]) -> Table:
    shown = Table.grid(padding=(0, 1))
    for finding in findings:
        advice = f"\n→ {finding.advice}" if finding.advice else ""
        told = Text.assemble(finding.message, (advice, "dim"))
        shown.add_row(SIGNS[finding.level], finding.about, told)
    return shown
