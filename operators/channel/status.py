"""What is said of a Channel: what its pods told, and what of its wishes could be met. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crds.v1alpha1 import ChannelStatus
from crds.v1alpha1.channelstatus import (
    MOST_SWITCHES,
    DroppedRung,
    InputStatus,
    OnAirStatus,
    Refusals,
    Restarts,
    Switch,
    TimelineStatus,
)
from crds.v1alpha1.observed import Playback
from operators.channel.conditions import Scene, conditions
from operators.channel.recordings import recordings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crds.live import ChannelState, InputState
    from crds.v1alpha1 import Channel
    from crds.v1alpha1.channelinput import Input
    from operators.channel.platform import Addresses, Platform

SLATE = "slate"
_ADDRESSED = {"RTMP", "SRT", "WHIP"}


def status(scene: Scene, platform: Platform) -> ChannelStatus:
    """Everything as it is now; whether it is worth being written is decided elsewhere."""
    channel, state = scene.channel, scene.state
    before = channel.status or ChannelStatus()
    kept = scene.on_air or scene.seen.airs
    found: dict[str, object] = {
        "observed_generation": channel.metadata.generation,
        "observed_at": scene.seen.now,
        "conditions": tuple(conditions(scene)),
        "inputs": _inputs(channel, state, platform.addresses),
        "endpoints": _endpoints(channel) if scene.on_air else None,
        "switches": switches(before, state),
        "refusals": refusals(before, state),
        "restarts": restarts(before, state),
        "recordings": recordings(before, scene.seen.state, scene.seen.assets, channel),
        "profile_name": scene.found.profile_name if kept else None,
        "profile": scene.found.profile if kept else None,
        "profile_hash": scene.found.profile_hash if kept else None,
        "refreshed": scene.found.refreshed if kept else None,
        "slate": scene.found.slate if kept else None,
    }
    if state is not None:
        found |= _told(state)
    return ChannelStatus.model_validate(found)


def _told(state: ChannelState) -> dict[str, object]:
    well = sum(one.state in {"Receiving", "OnAir"} for one in state.inputs)
    on_air, line = state.on_air, state.timeline
    source = SLATE if on_air.kind == "Slate" else on_air.input or SLATE
    return {
        "on_air": OnAirStatus(
            kind=on_air.kind, source=source, since=on_air.since, reason=on_air.reason
        ),
        "active_input": None if source == SLATE else source,
        "receiving": f"{well}/{len(state.inputs)}",
        "timeline": TimelineStatus.model_validate(line.model_dump()) if line else None,
        "stale": state.stale,
        "rungs": state.rungs,
        "dropped": tuple(DroppedRung.model_validate(one.model_dump()) for one in state.dropped),
        "audio": state.audio,
    }


def _inputs(
    channel: Channel, state: ChannelState | None, addresses: Addresses
) -> tuple[InputStatus, ...]:
    told = {one.name: one for one in state.inputs} if state else {}
    return tuple(
        _input(channel, one, told.get(one.name), addresses)
        for one in sorted(channel.spec.inputs, key=lambda i: (i.priority, i.name))
    )


def _input(
    channel: Channel, one: Input, told: InputState | None, addresses: Addresses
) -> InputStatus:
    return InputStatus(
        name=one.name,
        protocol=one.protocol,
        priority=one.priority,
        address=publish_address(channel, one, addresses),
        state=told.state if told else "Unknown",
        fault=told.fault if told else None,
        problem=told.problem if told else "",
        format=told.format if told else "",
        alerts=tuple(sorted(set(told.alerts)))[:16] if told else (),
    )


def publish_address(channel: Channel, one: Input, addresses: Addresses) -> str | None:
    """Where an encoder connects to, without the key; None where none does."""
    base = getattr(addresses, one.protocol.lower()) if one.protocol in _ADDRESSED else ""
    if not base or not one.is_pushed:
        return None
    meta = channel.metadata
    path = {"RTMP": "/live", "WHIP": f"/whip/{meta.namespace}.{meta.name}.{one.name}"}
    return f"{base}{path.get(one.protocol, '')}"


def _endpoints(channel: Channel) -> Playback:
    base = f"/live/{channel.metadata.namespace}.{channel.metadata.name}"
    return Playback(hls=f"{base}/master.m3u8", dash=f"{base}/manifest.mpd")


def switches(before: ChannelStatus, state: ChannelState | None) -> tuple[Switch, ...]:
    """Those that were known, and those that came since; a new pod knows only its own."""
    newest = max((one.at for one in before.switches), default=None)
    came = [
        Switch(
            name=one.at.strftime("%Y%m%d-%H%M%S-%f"),
            at=one.at,
            before=one.before,
            after=one.after,
            reason=one.reason,
        )
        for one in (state.switches if state else ())
        if newest is None or one.at > newest
    ]
    by_name = {one.name: one for one in (*before.switches, *came)}
    return tuple(by_name.values())[-MOST_SWITCHES:]


def refusals(before: ChannelStatus, state: ChannelState | None) -> Refusals | None:
    """Counted from what the pods still remember, so it may be fewer than there were."""
    known = before.refusals
    came = [
        one for one in (state.refusals if state else ()) if known is None or one.at > known.last_at
    ]
    if not came:
        return known
    last = max(came, key=lambda one: one.at)
    return Refusals(
        count=(known.count if known else 0) + len(came),
        last_at=last.at,
        last_input=last.input,
        last_peer=_host(last.peer),
        last_reason=last.reason,
    )


def restarts(before: ChannelStatus, state: ChannelState | None) -> Restarts | None:
    """Counted by when the one began that runs now: of some that follow at once it is the last."""
    known, told = before.restarts, state.restarted if state else None
    if state is None or told is None or (known is not None and state.started_at <= known.last_at):
        return known
    count = known.count if known else 0
    return Restarts(count=count + 1, last_at=state.started_at, last_reason=told.reason)


def _host(peer: str) -> str:
    """Without the port, which is another each time."""
    return peer.rpartition(":")[0].strip("[]") or peer


def new_switches(before: ChannelStatus | None, now: ChannelStatus) -> Sequence[Switch]:
    known = {one.name for one in before.switches} if before else set()
    return [one for one in now.switches if one.name not in known]
