"""What viewers may know of a channel: what is on air, since when, and why not. Pure.

Of publishers nothing but their inputs' names is told.
"""

from collections.abc import Set as AbstractSet
from typing import Any

from crds.live import ChannelState
from media_runtime.origin.address import Address

from .choice import Trouble, trouble


def viewers_state(
    name: Address, state: ChannelState | None, fatal: AbstractSet[str]
) -> dict[str, Any]:
    """`state` is what manifests do: OnAir, or Starting, Stale or Away while they answer an error.

    Ended is a channel that was stopped, whose last hour can be played; `reason` is there where all
    is not well, even if manifests are served.
    """
    found = trouble(state, fatal)
    told: dict[str, Any] = {
        "channel": str(name),
        "state": _word(state, found),
        "reason": found.reason if found else state.stale if state else None,
        "message": found.detail if found else None,
    }
    if state is None:
        return told
    timeline = state.timeline
    return told | {
        "onAir": {
            "kind": state.on_air.kind,
            "input": state.on_air.input,
            "since": state.on_air.since.isoformat(),
            "reason": state.on_air.reason,
        },
        "mediaSequence": timeline.media_sequence if timeline else None,
        "lastSegmentAt": timeline.last_segment_at.isoformat() if timeline else None,
        "latencyMillis": timeline.latency_millis if timeline else None,
        "dvrFrom": timeline.dvr_from.isoformat() if timeline and timeline.dvr_from else None,
        "renditions": [rung.name for rung in state.rungs],
        "audio": list(state.audio),
        "dropped": [{"name": lost.name, "reason": lost.reason} for lost in state.dropped],
        "behindMillis": state.behind_millis,
    }


def _word(state: ChannelState | None, found: Trouble | None) -> str:
    if state is None:
        return "Away"
    if state.timeline is None:
        return "Starting"
    if state.ended:
        return "Ended"
    return "Stale" if found else "OnAir"
