"""`streamverse status`: one object, or all of them, as a person wants to see them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.live import Live

from .exits import Exit
from .kinds import Target, target
from .kube import Kube
from .kubeconfig import DEFAULT_TENANT, Kubeconfig, with_cluster
from .look import Seen, everything, look, page
from .output import Format, Output, out, print_json
from .picture.words import holds, settled

app = typer.Typer(add_completion=False)

EVERY_SECONDS = 1.0


@app.command()
def status(
    what: Annotated[
        str | None, typer.Argument(metavar="KIND/NAME", help="One object; all if absent.")
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            "-n",
            envvar="STREAMVERSE_NAMESPACE",
            help="The tenant. Default: all of them; demo for one object.",
            show_default=False,
        ),
    ] = None,
    *,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Go on until it is ready or stalled.")
    ] = False,
    output: Output = Format.TEXT,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Show how things are: state, ladder, progress, warnings, and what to do.

    Ends with 1 when the object that was named has stalled or failed.
    """
    if what is None:
        with_cluster(kubeconfig, lambda kube: _all(kube, namespace, output, watch=watch))
        return
    named = target(what)
    within = namespace or DEFAULT_TENANT
    seen = with_cluster(kubeconfig, lambda kube: _one(kube, named, within, output, watch=watch))
    if holds(seen.resource, "Stalled") or holds(seen.resource, "Failed"):
        raise typer.Exit(Exit.UNWELL)


async def _all(kube: Kube, namespace: str | None, output: Format, *, watch: bool) -> None:
    if output is Format.JSON:
        print_json(await everything(kube, namespace))
        return
    if watch:
        await live(lambda: _page(kube, namespace))
    out.print(await _page(kube, namespace))


async def _page(kube: Kube, namespace: str | None) -> RenderableType:
    return page(await everything(kube, namespace))


async def _one(kube: Kube, named: Target, namespace: str, output: Format, *, watch: bool) -> Seen:
    if watch:
        seen = await watched(kube, named, namespace)
    else:
        seen = await look(kube, named, namespace)
        if output is Format.TEXT:
            out.print(seen.picture())
    if output is Format.JSON:
        print_json(seen.manifest)
    return seen


async def watched(kube: Kube, named: Target, namespace: str) -> Seen:
    """Show the object until nothing more happens to it by itself."""
    seen = await look(kube, named, namespace)
    with Live(seen.picture(), console=out, refresh_per_second=4) as shown:
        while not settled(seen.resource):
            await asyncio.sleep(EVERY_SECONDS)
            seen = await look(kube, named, namespace)
            shown.update(seen.picture())
    return seen


async def live(draw: Callable[[], Awaitable[RenderableType]]) -> None:
    """Draw again and again until interrupted."""
    with Live(await draw(), console=out, refresh_per_second=4) as shown:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            shown.update(await draw())
