"""`streamverse cluster …`: the cluster that StreamVerse runs on."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.text import Text

from clusters.cache import Cache
from clusters.choice import provider
from clusters.compilers import compilers, present
from clusters.image_builds import Builder
from clusters.local import packages
from clusters.programs import CHECK_SETS, CLUSTER_SETS, PLATFORM_SETS, ProgramSet, build, missing
from clusters.progress import Progress
from clusters.provider import ProviderName
from clusters.recipes import PLATFORM_IMAGES
from clusters.refusal import Refusal

from .exits import Exit, Stop
from .output import Format, Output, err, out, print_json, print_plain

app = typer.Typer(no_args_is_help=True, help="Start, stop and look at the cluster.")

Where = Annotated[
    ProviderName,
    typer.Option(
        "--provider",
        envvar="STREAMVERSE_PROVIDER",
        help="local: Kubernetes on this machine; kind: in Docker; existing: $KUBECONFIG.",
    ),
]


@app.command()
def up(where: Where = ProviderName.LOCAL) -> None:
    """Start the cluster, or repair it. Changes nothing that is right."""
    with _sentences():
        cluster = provider(where, Cache.here())
        cluster.up(Progress(err))
        err.print(f"The cluster is up: export KUBECONFIG={cluster.kubeconfig()}")


@app.command()
def down(
    where: Where = ProviderName.LOCAL,
    *,
    keep_volumes: Annotated[
        bool, typer.Option(help="Leave the volumes' folders; otherwise their data is deleted.")
    ] = False,
) -> None:
    """Stop the cluster and remove it with its volumes. Caches and images stay."""
    with _sentences():
        provider(where, Cache.here()).down(Progress(err), keep_volumes=keep_volumes)


@app.command()
def status(where: Where = ProviderName.LOCAL, output: Output = Format.TEXT) -> None:
    """Say how the cluster is. Ends with 1 if it is not well."""
    with _sentences():
        found = provider(where, Cache.here()).status()
    if output is Format.JSON:
        print_json(
            {
                "provider": found.provider,
                "up": found.up,
                "well": found.well,
                "kubeconfig": found.kubeconfig,
                "parts": [{"name": p.name, "well": p.well, "says": p.says} for p in found.parts],
            }
        )
    else:
        for part in found.parts:
            mark = ("✓", "green") if part.well else ("✗", "red")
            out.print(Text.assemble(mark, f" {part.name}: {part.says}"))
        out.print("The cluster is well." if found.well else "The cluster is not well.")
    raise typer.Exit(Exit.OK if found.well else Exit.UNWELL)


@app.command()
def kubeconfig(where: Where = ProviderName.LOCAL) -> None:
    """Print the path of a kubeconfig."""
    with _sentences():
        print_plain(str(provider(where, Cache.here()).kubeconfig()))


@app.command()
def images(where: Where = ProviderName.LOCAL, output: Output = Format.TEXT) -> None:
    """Build and load what is missing of the platform's images, and print their references."""
    with _sentences():
        progress, cache = Progress(err), Cache.here()
        _install(progress, packages.BUILDERS)
        _build(progress, cache, PLATFORM_SETS)
        builder = Builder(cache)
        for name in builder.missing(PLATFORM_IMAGES):
            with progress.step(f"Make the image {name}"):
                builder.build(name)
        wanted = builder.wanted(PLATFORM_IMAGES)
        place = provider(where, cache)
        absent = place.lacking(wanted)
        if absent:
            with progress.step(f"Load {', '.join(image.name for image in absent)}"):
                place.load(builder.layout, absent)
    if output is Format.JSON:
        print_json({"images": {image.name: image.reference for image in wanted}})
    else:
        for image in wanted:
            print_plain(image.reference)


@app.command()
def tools() -> None:
    """Build every program that the tests use, and install the Debian packages they need."""
    with _sentences():
        progress, cache = Progress(err), Cache.here()
        _install(progress, packages.TEST_PACKAGES)
        _build(progress, cache, (*CLUSTER_SETS, *PLATFORM_SETS, *CHECK_SETS))


def _install(progress: Progress, needed: Mapping[str, str]) -> None:
    lacking = packages.missing(needed)
    if lacking:
        with progress.step(f"Install {', '.join(lacking)}"):
            packages.install(lacking)


def _build(progress: Progress, cache: Cache, sets: tuple[ProgramSet, ...]) -> None:
    if not present(cache):
        with progress.step("Fetch Go and Node"):
            compilers(cache)
    for programs in missing(cache, sets):
        with progress.step(f"Build {', '.join(programs.packages)}"):
            build(cache, programs)
    for programs in sets:
        build(cache, programs)  # Only its links are looked at.


@contextmanager
def _sentences() -> Iterator[None]:
    """A cluster's refusal ends the command with its sentence."""
    try:
        yield
    except Refusal as refusal:
        raise Stop(Exit.REFUSED, refusal.sentence, refusal.hint) from refusal
