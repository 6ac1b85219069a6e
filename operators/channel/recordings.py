"""Programmes that were recorded, and the MediaAssets that are made of them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crds.v1alpha1 import MediaAsset
from crds.v1alpha1.channelstatus import MOST_RECORDINGS, RecordingStatus
from operators.kinds import Kind
from operators.reconcile import Child

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crds.live import ChannelState, Recording
    from crds.v1alpha1 import Channel, ChannelStatus

ASSET = Kind.of(MediaAsset)


def asset_name(channel: Channel, one: Recording | RecordingStatus) -> str:
    """As news-20261123-081042; the channel and the second that it began in name a programme.

    Within a minute a channel can be stopped, started and stopped again.
    """
    return f"{channel.metadata.name[:36].rstrip('-')}-{one.began:%Y%m%d-%H%M%S}"


def recordings(
    before: ChannelStatus, state: ChannelState | None, there: Collection[str], channel: Channel
) -> tuple[RecordingStatus, ...]:
    """Those that were known, and those that came. An asset is noted once it is there: so it is made
    once, and stays deleted when somebody deletes it.
    """
    known = {one.name: one for one in before.recordings}
    for one in state.recordings if state else ():
        known.setdefault(
            one.name,
            RecordingStatus(name=one.name, uri=one.uri, began=one.began, ended=one.ended),
        )
    noted = [
        one.model_copy(update={"asset": asset_name(channel, one)})
        if not one.asset and asset_name(channel, one) in there
        else one
        for one in known.values()
    ]
    return tuple(sorted(noted, key=lambda one: one.began)[-MOST_RECORDINGS:])


def assets(channel: Channel, said: ChannelStatus) -> Sequence[Child]:
    """The assets that are still to be made. They are nobody's: a programme outlives its channel."""
    return [_asset(channel, one) for one in said.recordings if not one.asset]


def _asset(channel: Channel, one: RecordingStatus) -> Child:
    title = f"{channel.metadata.name}, {one.began:%d %B %Y, %H:%M} UTC"
    spec: dict[str, Any] = {
        "kind": "Programme",
        "title": {"en": title},
        "source": {"uri": one.uri},
        "profileRef": {"name": channel.spec.profile_ref.name},
    }
    manifest = {
        "apiVersion": ASSET.api_version,
        "kind": ASSET.name,
        "metadata": {"name": asset_name(channel, one)},
        "spec": spec,
    }
    return Child(ASSET, manifest, follows={}, owned=False)
