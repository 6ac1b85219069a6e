"""Whether an input is fit to be on air, judged from what was seen of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fault = Literal["InputLost", "Erroring", "Black", "Frozen", "Silent"]

STEADY_GAP_MILLIS = 500
"""A longer pause between two pictures may not end an input, but keeps it from returning."""


@dataclass(frozen=True)
class Thresholds:
    """`Channel.spec.failover` and `lossBehavior.repeatFrameMillis`; 0 switches a detector off."""

    input_loss_millis: int = 1_000
    black_millis: int = 5_000
    silence_millis: int = 10_000
    freeze_millis: int = 5_000
    error_clear_millis: int = 5_000
    repeat_frame_millis: int = 1_000


@dataclass(frozen=True)
class Seen:
    """What is known of one input; instants in milliseconds of the switcher's clock."""

    name: str
    priority: int
    last_picture_at: int | None = None
    last_sound_at: int | None = None
    """None: it has never brought sound, which is an alert and no fault."""
    black_since: int | None = None
    silent_since: int | None = None
    frozen_since: int | None = None
    error_at: int | None = None
    """When its decoder last ended or was ended; pictures after that show that it is over."""


def fault_of(seen: Seen, thresholds: Thresholds, now: int) -> Fault | None:
    """Why it must not be on air, or None if it may be."""
    if seen.last_picture_at is None or now - seen.last_picture_at > thresholds.input_loss_millis:
        return "InputLost"
    if seen.error_at is not None and seen.error_at >= seen.last_picture_at:
        # between an end and the first picture after it nothing new can come: no need to wait
        return "Erroring"
    if _longer(seen.black_since, thresholds.black_millis, now):
        return "Black"
    if _longer(seen.frozen_since, thresholds.freeze_millis, now):
        return "Frozen"
    silent = _longer(_quiet_since(seen), thresholds.silence_millis, now)
    return "Silent" if silent else None


def is_steady(seen: Seen, now: int) -> bool:
    """Whether pictures come without longer pauses."""
    return seen.last_picture_at is not None and now - seen.last_picture_at <= STEADY_GAP_MILLIS


def _quiet_since(seen: Seen) -> int | None:
    """Sound that is silent, or that came once and comes no more."""
    return seen.silent_since if seen.silent_since is not None else seen.last_sound_at


def _longer(since: int | None, limit: int, now: int) -> bool:
    return limit > 0 and since is not None and now - since > limit
