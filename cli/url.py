"""`streamverse url KIND/NAME`: the address that a player on this machine opens."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import typer

from crds.v1alpha1 import MediaAsset, TranscodeJob

from .endpoints import Endpoints, endpoints
from .exits import Exit, Stop
from .kinds import Target, target
from .kube import Kube
from .kubeconfig import DEFAULT_TENANT, Kubeconfig, Namespace, with_cluster
from .look import AnyResource, typed
from .output import Format, Output, print_json, print_plain
from .picture.words import address, condition

app = typer.Typer(add_completion=False)


class Manifest(StrEnum):
    HLS = "hls"
    DASH = "dash"
    WATCH = "watch"


@app.command()
def url(
    what: Annotated[str, typer.Argument(metavar="KIND/NAME", help="As mediaasset/film.")],
    namespace: Namespace = DEFAULT_TENANT,
    manifest: Annotated[
        Manifest, typer.Option("--format", help="A playlist, a manifest, or the watch page.")
    ] = Manifest.HLS,
    output: Output = Format.TEXT,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Print the address to play a MediaAsset or a TranscodeJob from.

    Ends with 1, and says why, while there is nothing to play yet.
    """
    named = target(what)
    resource, where = with_cluster(kubeconfig, lambda kube: _read(kube, named, namespace))
    address = address_of(resource, where.origin_url, manifest)
    if output is Format.JSON:
        print_json({"url": address, "format": manifest.value})
    else:
        print_plain(address)


async def _read(kube: Kube, named: Target, namespace: str) -> tuple[AnyResource, Endpoints]:
    found = await kube.find(named.place, named.name, namespace)
    return typed(named.place, found), await endpoints(kube)


def address_of(resource: AnyResource, origin_url: str, manifest: Manifest) -> str:
    """The full address. Raises Stop when the object plays nothing, or not in that format."""
    name = f"{resource.kind.lower()}/{resource.metadata.name}"
    if not isinstance(resource, MediaAsset | TranscodeJob):
        raise Stop(Exit.USAGE, f"{name} is nothing that plays", "name a mediaasset/… or tj/…")
    playback = resource.status.playback if resource.status else None
    if playback is None or not (playback.hls or playback.dash):
        ready = condition(resource, "Ready")
        why = f": {ready.reason}, {ready.message}" if ready else ""
        raise Stop(
            Exit.UNWELL,
            f"{name} cannot be played yet{why}",
            f"`streamverse status {name} -n {resource.metadata.namespace} --watch` shows it come",
        )
    path = {
        Manifest.HLS: playback.hls,
        Manifest.DASH: playback.dash,
        Manifest.WATCH: watch_path(playback.hls or playback.dash or ""),
    }[manifest]
    if path is None:
        raise Stop(Exit.UNWELL, f"{name} has no {manifest.upper()}: its packaging leaves it out")
    return address(origin_url, path)


def watch_path(playlist_path: str) -> str:
    """The page that plays /vod/{asset}/… is /watch/{asset}."""
    asset = urlsplit(playlist_path).path.removeprefix("/vod/").partition("/")[0]
    return f"/watch/{asset}"
