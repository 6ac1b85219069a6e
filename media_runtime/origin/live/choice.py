"""Which of a channel's pods viewers are led to, and what an edge is told. Pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from crds.live import ChannelState

STARTING = "INCOMPLETE_MANIFEST"
AWAY = "STALE_MANIFEST"


@dataclass(frozen=True, slots=True, order=True)
class Pod:
    """An address that a channel's Service led to."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an edge should look elsewhere; the reasons are AWS Elemental MediaPackage's."""

    reason: str
    detail: str


Sightings = Mapping[Pod, ChannelState | None]
"""What each pod said of itself; None of one that does not answer."""


def choose(seen: Sightings, stuck: Pod | None) -> Pod | None:
    """The pod that viewers stay with as long as it streams; None if none answers.

    From one that fails they go to the one that has streamed for the longest: it has most to show.
    A pod that is stale, that has not begun or that has ended is better than none, in this order.
    """
    answering = {pod: state for pod, state in seen.items() if state is not None}

    def worth(pod: Pod) -> tuple[int, bool, float, Pod]:
        state = answering[pod]
        return _rank(state), pod != stuck, state.started_at.timestamp(), pod

    return min(answering, key=worth, default=None)


def _rank(state: ChannelState) -> int:
    if state.timeline is None:
        return 2
    if state.ended:
        return 3
    return 1 if state.stale else 0


def trouble(state: ChannelState | None, fatal: AbstractSet[str]) -> Trouble | None:
    """Of the chosen pod's state; `fatal` are the reasons for which an edge shall fail over."""
    if state is None:
        return Trouble(AWAY, "no packager of this channel answers")
    if state.ended and state.timeline:
        return None
    if state.timeline is None:
        return Trouble(STARTING, "the channel is starting: it has no whole segment yet")
    if state.stale in fatal:
        return Trouble(state.stale or AWAY, _WORDS[state.stale or AWAY])
    return None


_WORDS = {
    "STALE_MANIFEST": "the channel's output has stopped: its newest segment is overdue",
    "SLATE_INPUT": "no input is there, and a slate is on air",
    "INCOMPLETE_MANIFEST": "renditions of the channel are missing",
}
