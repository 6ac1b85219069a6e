"""What of a channel's state a person would want to know of when it changes. Pure.

Numbers that always move (the sequence, latency) are not: who wants them reads the metrics.
"""

from collections.abc import Hashable

from crds.live import ChannelState


def gist(state: ChannelState) -> Hashable:
    """Equal as long as nothing worth telling has changed."""
    return (
        state.on_air.kind,
        state.on_air.input,
        tuple(
            (one.name, one.state, one.fault, one.peer, one.format, one.alerts, one.lacks_key)
            for one in state.inputs
        ),
        state.switches[-1].at if state.switches else None,
        state.refusals[-1].at if state.refusals else None,
        state.timeline is None,
        tuple(rung.name for rung in state.rungs),
        tuple((lost.name, lost.reason) for lost in state.dropped),
        state.stale,
        state.slate_problem,
        tuple(one.name for one in state.recordings),
        state.ended,
    )
