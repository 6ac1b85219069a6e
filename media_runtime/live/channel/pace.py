"""Whether the encoder keeps up with real time, and what to do about it. Pure: time is passed in.

Rungs are dropped from the top, one at a time, and come back one at a time once there was long
peace; each relapse doubles the peace that is asked for.
"""

from dataclasses import dataclass, replace
from enum import Enum

BEHIND_MILLIS = 1_000
BEHIND_SECONDS = 3
"""For so long without a break: one slow moment is forgotten by the next segment."""
SETTLE_SECONDS = 10
"""After an encoder began, for it to come up and the backlog to be worked off."""
CALM_MILLIS = 250
CALM_SECONDS = 120
LONGEST_CALM_SECONDS = 3_600
LOST_MILLIS = 8_000
"""Viewers' buffers are empty before so much is caught up with: it begins anew, at the time."""


class Change(Enum):
    NONE = "none"
    DROP = "drop the top rung"
    RESTORE = "bring a rung back"
    RENEW = "begin anew at the time that it is"


@dataclass(frozen=True)
class Pace:
    dropped: int = 0
    """Rungs, from the top."""
    behind_since: float | None = None
    calm_since: float | None = None
    changed_at: float = float("-inf")
    """When the encoder at work began."""
    drops: int = 0
    """Since the start; each but the first doubles the peace that is asked for."""

    @property
    def calm_seconds(self) -> float:
        return min(CALM_SECONDS << min(16, max(0, self.drops - 1)), LONGEST_CALM_SECONDS)


def judged(pace: Pace, rungs: int, behind_millis: int, now: float) -> tuple[Pace, Change]:
    """Of a ladder of so many rungs; `now` in seconds of any clock, once a segment or more often."""
    slow, calm = behind_millis >= BEHIND_MILLIS, behind_millis < CALM_MILLIS
    pace = replace(
        pace,
        behind_since=_since(pace.behind_since, now) if slow else None,
        calm_since=_since(pace.calm_since, now) if calm else None,
    )
    if now - pace.changed_at < SETTLE_SECONDS:
        return pace, Change.NONE
    can_drop = pace.dropped < rungs - 1
    if behind_millis >= LOST_MILLIS:
        return begun(_dropped(pace) if can_drop else pace, now), Change.RENEW
    if can_drop and _lasts(pace.behind_since, BEHIND_SECONDS, now):
        return begun(_dropped(pace), now), Change.DROP
    if pace.dropped and _lasts(pace.calm_since, pace.calm_seconds, now):
        return begun(replace(pace, dropped=pace.dropped - 1), now), Change.RESTORE
    return pace, Change.NONE


def begun(pace: Pace, now: float) -> Pace:
    """Another encoder comes up."""
    return replace(pace, changed_at=now, behind_since=None, calm_since=None)


def _dropped(pace: Pace) -> Pace:
    return replace(pace, dropped=pace.dropped + 1, drops=pace.drops + 1)


def _since(before: float | None, now: float) -> float:
    return now if before is None else before


def _lasts(since: float | None, seconds: float, now: float) -> bool:
    return since is not None and now - since >= seconds
