"""What a channel's pod says of itself (crds/live.py), from what was observed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crds.live import (
    ChannelOrder,
    ChannelState,
    InputState,
    LostRung,
    OnAirState,
    Recording,
    Refusal,
    Restarted,
    SwitchState,
    TimelineState,
)
from crds.v1alpha1.observed import ResolvedRung

if TYPE_CHECKING:
    from media_runtime.live.switcher.choose import OnAir, State, Switched

    from .ladder import Ladder, Rung
    from .restarts import Restarts
    from .stale import Stale

KEPT = 20
"""Switches and refusals that are told, the newest."""


@dataclass(frozen=True)
class Observed:
    """Of one moment."""

    started_at: datetime
    restarts: Restarts
    on_air: State
    inputs: tuple[InputState, ...]
    switches: tuple[Switched, ...]
    refusals: tuple[Refusal, ...]
    timeline: TimelineState | None
    rungs: tuple[Rung, ...]
    """That are encoded."""
    stale: Stale | None
    behind_millis: int
    recordings: tuple[Recording, ...] = ()
    ended: bool = False
    slate_problem: str = ""


def state_of(order: ChannelOrder, ladder: Ladder, seen: Observed) -> ChannelState:
    return ChannelState(
        channel=order.channel,
        uid=order.uid,
        generation=order.generation,
        started_at=seen.started_at,
        restarted=_restarted(seen.restarts),
        on_air=_on_air(seen.on_air),
        inputs=seen.inputs,
        switches=tuple(_switch(one) for one in seen.switches[-KEPT:]),
        refusals=seen.refusals[-KEPT:],
        timeline=seen.timeline,
        rungs=tuple(_resolved(rung) for rung in seen.rungs),
        dropped=(*ladder.lost, *_behind(ladder, seen.rungs)),
        audio=tuple(sound.name for sound in ladder.sounds),
        stale=seen.stale,
        slate_problem=seen.slate_problem[:256],
        behind_millis=seen.behind_millis,
        recordings=seen.recordings[-50:],
        ended=seen.ended,
    )


def moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)


def _restarted(so_far: Restarts) -> Restarted | None:
    return Restarted(count=so_far.count, reason=so_far.reason) if so_far.count else None


def _on_air(state: State) -> OnAirState:
    return OnAirState(
        kind=state.on_air.kind,
        input=state.on_air.input,
        since=moment(state.since_millis),
        reason=state.reason,
    )


def _switch(switched: Switched) -> SwitchState:
    return SwitchState(
        at=moment(switched.at_millis),
        before=_name(switched.before),
        after=_name(switched.after),
        reason=switched.reason,
    )


def _name(on_air: OnAir) -> str:
    return on_air.input or "slate"


def _resolved(rung: Rung) -> ResolvedRung:
    return ResolvedRung(
        name=rung.name,
        codec=rung.wish.codec,
        width=rung.width,
        height=rung.height,
        frame_rate=str(rung.cadence.rate),
        bitrate_kbps=rung.wish.bitrate_kbps,
    )


def _behind(ladder: Ladder, encoded: tuple[Rung, ...]) -> tuple[LostRung, ...]:
    message = "the encoder took longer than real time; it comes back after some calm"
    return tuple(
        LostRung(name=rung.name, reason="EncoderBehind", message=message)
        for rung in ladder.rungs
        if rung not in encoded
    )
