"""Why an edge should look elsewhere, in AWS Elemental MediaPackage's words. Pure."""

from dataclasses import dataclass
from typing import Literal

Stale = Literal["STALE_MANIFEST", "SLATE_INPUT", "INCOMPLETE_MANIFEST"]

STALE_SEGMENTS = 2
SLATE_SECONDS = 10
"""A slate that is on air for less is a hiccup that another region has as well, most often."""


@dataclass(frozen=True)
class Output:
    """As it is now; seconds."""

    since_segment: float
    """Since the newest whole segment was there, or since the start."""
    segment: float
    """How long one lasts."""
    slate_for: float
    """Since when the slate is on air; 0 if it is not."""
    missing_rungs: int
    ended: bool


def stale(output: Output) -> Stale | None:
    """The worst first; None: all is well."""
    if output.ended:
        return None
    if output.since_segment > STALE_SEGMENTS * output.segment:
        return "STALE_MANIFEST"
    if output.slate_for >= SLATE_SECONDS:
        return "SLATE_INPUT"
    return "INCOMPLETE_MANIFEST" if output.missing_rungs else None
