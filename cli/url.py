"""`streamverse url KIND/NAME`: the address that a player on this machine opens."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import typer

from crds.v1alpha1 import Channel, MediaAsset, TranscodeJob
from crds.v1alpha1.observed import Playback

from .endpoints import Endpoints, endpoints
from .exits import Exit, Stop
from .kinds import CHANNEL, Target, target
from .kube import Kube
from .kubeconfig import DEFAULT_TENANT, Kubeconfig, Namespace, with_cluster
from .look import AnyResource, typed
from .output import Format, Output, err, print_json, print_plain
from .picture.words import address, condition
from .publish import Publishing, publishing

app = typer.Typer(add_completion=False)


class Manifest(StrEnum):
    HLS = "hls"
    DASH = "dash"
    WATCH = "watch"


@app.command()
def url(
    what: Annotated[
        str, typer.Argument(metavar="KIND/NAME", help="As mediaasset/film or channel/news.")
    ],
    namespace: Namespace = DEFAULT_TENANT,
    *,
    manifest: Annotated[
        Manifest, typer.Option("--format", help="A playlist, a manifest, or the watch page.")
    ] = Manifest.HLS,
    publish: Annotated[
        str | None,
        typer.Option(
            metavar="INPUT",
            help="Of a channel: where an encoder publishes this input to, key included.",
            show_default=False,
        ),
    ] = None,
    output: Output = Format.TEXT,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Print the address to play a MediaAsset, a TranscodeJob or a Channel from.

    With --publish, print where to publish to instead: whoever reads it can go on air. Ends with 1,
    and says why, while there is nothing to play yet.
    """
    named = target(what)
    if publish is not None:
        if named.place is not CHANNEL:
            raise Stop(Exit.USAGE, f"nobody publishes to {named}", "name a channel/…")
        found = with_cluster(
            kubeconfig, lambda kube: publishing(kube, named.name, publish, namespace)
        )
        print_publishing(found, output)
        return
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
    if not isinstance(resource, MediaAsset | TranscodeJob | Channel):
        raise Stop(
            Exit.USAGE,
            f"{name} is nothing that plays",
            "name a mediaasset/…, a tj/… or a channel/…",
        )
    playback = _playback(resource)
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


def _playback(resource: MediaAsset | TranscodeJob | Channel) -> Playback | None:
    if resource.status is None:
        return None
    return resource.status.endpoints if isinstance(resource, Channel) else resource.status.playback


def watch_path(playlist_path: str) -> str:
    """The page that plays /vod/{asset}/… is /watch/{asset}; of /live/… it is /watch/live/…."""
    kind, _, rest = urlsplit(playlist_path).path.removeprefix("/").partition("/")
    asset = rest.partition("/")[0]
    return f"/watch/live/{asset}" if kind == "live" else f"/watch/{asset}"


def print_publishing(found: Publishing, output: Format) -> None:
    if output is Format.JSON:
        print_json({"url": found.url, "server": found.server, "key": found.key})
        return
    print_plain(found.url)
    if found.key not in found.url:
        err.print("and with it, as the encoder's bearer token:")
        print_plain(found.key)
