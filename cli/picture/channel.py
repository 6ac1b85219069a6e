"""A Channel: its inputs, what is on air and how late, its rungs, and its last switches."""

from datetime import datetime

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from crds.v1alpha1 import Channel, ChannelStatus
from crds.v1alpha1.channelstatus import InputStatus, OnAirStatus, TimelineStatus
from crds.v1alpha1.observed import Playback

from .blocks import conditions, facts, given, headline, stack, what_to_do
from .job import playback
from .words import address, age, frame_rate, length

EMPTY = ChannelStatus()
SHOWN_SWITCHES = 6
_STYLES = {"OnAir": "green", "Receiving": "cyan", "Faulty": "red"}


def channel_picture(channel: Channel, now: datetime, origin_url: str = "") -> RenderableType:
    """The whole of one channel. `origin_url` makes its playback paths openable."""
    status = channel.status or EMPTY
    wished = {one.name: one for one in channel.spec.inputs}
    sources = {name: one.uri for name, one in wished.items() if one.uri}
    return stack(
        headline(channel),
        what_to_do(channel),
        facts(
            [
                ("on air", given(status.on_air, lambda on_air: on_air_line(on_air, now))),
                ("inputs", inputs(status.inputs, sources)),
                ("latency", given(status.timeline, lambda line: latency(line, channel, status))),
                ("dvr", given(status.timeline, lambda line: dvr(line, now))),
                ("plays at", given(status.endpoints, lambda p: playback(p, origin_url))),
                ("watch", given(status.endpoints, lambda p: _beside(p, origin_url, "watch"))),
                ("picture", given(status.endpoints, lambda p: _beside(p, origin_url, "thumbnail"))),
                ("profile", _profile(channel, status)),
                ("ladder", ladder(status)),
                ("sound", ", ".join(status.audio)),
                ("switches", switches(status, now)),
                ("refused", refused(status)),
                ("recorded", recorded(status)),
                ("seen", f"{age(status.observed_at, now)} ago, when it last changed")
                if status.observed_at
                else ("seen", ""),
                ("state", conditions(status.conditions)),
            ]
        ),
    )


def on_air_line(on_air: OnAirStatus, now: datetime) -> Text:
    style = {"Input": "green", "Repeat": "yellow", "Slate": "red"}[on_air.kind]
    repeated = " (its last picture)" if on_air.kind == "Repeat" else ""
    since = f"  for {age(on_air.since, now)}, {on_air.reason}"
    return Text.assemble((on_air.source + repeated, style), (since, "dim"))


def inputs(found: tuple[InputStatus, ...], sources: dict[str, str]) -> RenderableType | None:
    if not found:
        return None
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("input", "by", "state", "format", "from"):
        table.add_column(column)
    for one in found:
        state = f"{one.state} {one.fault or ''}".strip()
        where = sources.get(one.name) or one.address or ""
        style = _STYLES.get(one.state, "dim")
        table.add_row(one.name, one.protocol, Text(state, style), one.format, Text(where, "dim"))
        if one.problem:
            table.add_row("", "", "", Text(one.problem, "red"), "")
        for alert in one.alerts:
            table.add_row("", "", "", Text(f"! {alert}", "yellow"), "")
    return table


def latency(line: TimelineStatus, channel: Channel, status: ChannelStatus) -> Text:
    """How late the origin's newest part was, and what that makes for a player."""
    part = channel.spec.latency.part_duration_millis
    stale = f"  {status.stale}" if status.stale else ""
    return Text.assemble(
        f"{line.latency_millis} ms to the newest part, parts of {part} ms", (stale, "red")
    )


def dvr(line: TimelineStatus, now: datetime) -> str:
    if line.dvr_from is None:
        return ""
    millis = max(round((now - line.dvr_from).total_seconds() * 1000), 0)
    return f"{length(millis)} back, from {line.dvr_from:%Y-%m-%d %H:%M:%S} UTC"


def _beside(found: Playback, origin_url: str, what: str) -> str:
    channel = (found.hls or found.dash or "").removeprefix("/live/").partition("/")[0]
    path = f"/watch/live/{channel}" if what == "watch" else f"/live/{channel}/thumbnail.jpg"
    return address(origin_url, path)


def _profile(channel: Channel, status: ChannelStatus) -> str:
    return f"{status.profile_name or channel.spec.profile_ref.name}, {channel.spec.frame_rate} fps"


def ladder(status: ChannelStatus) -> RenderableType | None:
    if not status.rungs and not status.dropped:
        return None
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in ("rung", "codec", "picture", "rate", "kbps"):
        table.add_column(column)
    for rung in status.rungs:
        size = f"{rung.width}x{rung.height}"
        rate, kbps = frame_rate(rung.frame_rate), str(rung.bitrate_kbps)
        table.add_row(rung.name, rung.codec, size, rate, kbps)
    for drop in status.dropped:
        why = Text(drop.reason, "yellow")
        table.add_row(Text(drop.name, "strike dim"), why, Text(drop.message, "dim"), "", "")
    return table


def switches(status: ChannelStatus, now: datetime) -> RenderableType | None:
    """The last ones, the newest first."""
    if not status.switches:
        return None
    grid = Table.grid(padding=(0, 2))
    for one in reversed(status.switches[-SHOWN_SWITCHES:]):
        ago = Text(f"{age(one.at, now)} ago", "dim")
        grid.add_row(ago, f"{one.before} → {one.after}", Text(one.reason, "yellow"))
    return grid


def refused(status: ChannelStatus) -> RenderableType | None:
    told = status.refusals
    if told is None:
        return None
    last = f"last at {told.last_at:%Y-%m-%d %H:%M:%S} UTC from {told.last_peer}"
    return Text(
        f"{told.count} publishers; {last} on {told.last_input}: {told.last_reason}", "yellow"
    )


def recorded(status: ChannelStatus) -> str:
    return ", ".join(f"mediaasset/{one.asset}" for one in status.recordings if one.asset)
