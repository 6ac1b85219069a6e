"""Looks at a pod's parts as they are at one moment, for its state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crds.live import TimelineState

from .stale import Output, stale
from .state import Observed

if TYPE_CHECKING:
    from .pod import Pod


def observed(pod: Pod) -> Observed:
    return Observed(
        started_at=pod.started_at,
        restarts=pod.restarts,
        on_air=pod.switcher.state,
        inputs=pod.inputs.states(pod.switcher.seen(), pod.switcher.state.on_air),
        switches=tuple(pod.switches),
        refusals=pod.inputs.refusals,
        timeline=_timeline(pod),
        rungs=pod.encoding.rungs,
        stale=stale(_output(pod)),
        behind_millis=max(pod.lateness.late_millis, pod.switcher.behind_millis),
        recordings=pod.recorder.recordings,
        ended=pod.ended,
        slate_problem=pod.inputs.slate.problem,
    )


def _output(pod: Pod) -> Output:
    # the timeline's own clock: a step of the system's would look like a pause
    now = datetime.fromtimestamp(pod.switcher.clock.millis() / 1000, UTC)
    state = pod.switcher.state
    # nothing was ever on air: the slate is, since the start
    began = state.since_millis or pod.started_at.timestamp() * 1000
    slate = state.on_air.kind == "Slate"
    newest = pod.lateness.last_segment_at or pod.started_at
    return Output(
        since_segment=(now - newest).total_seconds(),
        segment=float(pod.ladder.timeline.segment),
        slate_for=now.timestamp() - began / 1000 if slate else 0.0,
        missing_rungs=pod.encoding.pace.dropped,
        ended=pod.packager.ended_at is not None,
    )


def _timeline(pod: Pod) -> TimelineState | None:
    """None as long as no playlist is shown."""
    at = pod.lateness.last_segment_at
    if at is None or not pod.packager.opened:
        return None
    track = pod.packager.leader.ring.track()
    if track is None:
        return None
    oldest = next((one for one in track.segments if not one.gap), track.segments[-1])
    return TimelineState(
        media_sequence=track.last_whole_msn,
        last_segment_at=at,
        latency_millis=pod.lateness.latency_millis,
        dvr_from=track.timeline.moment(track.cadence, oldest.start),
    )
