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
"""After a change, for the backlog to be worked off."""
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
    calm_seconds: float = CALM_SECONDS


def judged(pace: Pace, rungs: int, behind_millis: int, now: float) -> tuple[Pace, Change]:
    """Of a ladder of so many rungs; `now` in seconds of any clock, once a segment or more often."""
    slow, calm = behind_millis >= BEHIND_MILLIS, behind_millis < CALM_MILLIS
    pace = replace(
        pace,
        behind_since=_since(pace.behind_since, now) if slow else None,
        calm_since=_since(pace.calm_since, now) if calm else None,
    )
    if behind_millis >= LOST_MILLIS:
        fewer = min(pace.dropped + 1, rungs - 1)
        return _changed(replace(pace, dropped=fewer), now), Change.RENEW
    if now - pace.changed_at < SETTLE_SECONDS:
        return pace, Change.NONE
    if _lasts(pace.behind_since, BEHIND_SECONDS, now) and pace.dropped < rungs - 1:
        longer = min(2 * pace.calm_seconds, LONGEST_CALM_SECONDS)
        asked = longer if pace.dropped or pace.changed_at > float("-inf") else pace.calm_seconds
        pace = replace(pace, dropped=pace.dropped + 1, calm_seconds=asked)
        return _changed(pace, now), Change.DROP
    if pace.dropped and _lasts(pace.calm_since, pace.calm_seconds, now):
        return _changed(replace(pace, dropped=pace.dropped - 1), now), Change.RESTORE
    return pace, Change.NONE


def _changed(pace: Pace, now: float) -> Pace:
    return replace(pace, changed_at=now, behind_since=None, calm_since=None)


def _since(before: float | None, now: float) -> float:
    return now if before is None else before


def _lasts(since: float | None, seconds: float, now: float) -> bool:
    return since is not None and now - since >= seconds
