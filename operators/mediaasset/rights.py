"""Whether an asset may be shown now, and when that changes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crds.v1alpha1.meta import Condition, Truth
from crds.v1alpha1.reasons import AssetReason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crds.v1alpha1.mediaasset import Right


def rights_valid(rights: Sequence[Right], now: datetime) -> Condition:
    """True while at least one of them holds, whatever its territory; who sees it is the edge's."""
    if not rights:
        return _say("True", AssetReason.NO_RIGHTS_GIVEN, "spec.rights is empty: no limits")
    holding = [right.name for right in rights if _holds(right, now)]
    if holding:
        return _say("True", AssetReason.IN_WINDOW, f"held by {', '.join(holding)}"[:1000])
    begins = [right.from_ for right in rights if right.from_ is not None and right.from_ > now]
    if begins:
        return _say("False", AssetReason.NOT_YET, f"rights begin at {min(begins).isoformat()}")
    return _say("False", AssetReason.EXPIRED, "all rights have ended; extend one of spec.rights")


def next_change(rights: Sequence[Right], now: datetime) -> float | None:
    """Seconds until a right begins or ends."""
    moments = [moment for right in rights for moment in (right.from_, right.until) if moment]
    ahead = [(moment - now).total_seconds() for moment in moments if moment > now]
    return min(ahead) + 0.05 if ahead else None


def _holds(right: Right, now: datetime) -> bool:
    return (right.from_ is None or right.from_ <= now) and (
        right.until is None or now < right.until
    )


def _say(truth: Truth, reason: AssetReason, message: str) -> Condition:
    return Condition(type="RightsValid", status=truth, reason=reason, message=message)
