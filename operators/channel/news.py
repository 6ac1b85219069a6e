"""What of a Channel's status is worth a write to the API server, and how soon. Pure.

A channel is seen every few seconds for months. What moves all the time is never a reason to write;
what an encoder or a stranger can move at will is one at intervals.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from operators.channel.observed import format_gist

if TYPE_CHECKING:
    from datetime import datetime

    from crds.v1alpha1 import ChannelStatus

SOON = timedelta(seconds=1)
AT_INTERVALS = timedelta(seconds=10)
"""Of what inputs are like; and of everything, while inputs flap."""
AT_LEISURE = timedelta(seconds=60)
"""Of publishers that are refused: whoever knocks all day writes no more than that."""
_FLAPPING = 6
"""So many switches within a minute."""
_MOVING: dict[str, Any] = {"observed_at": True, "timeline": True, "switches": True}


def worth_saying(
    before: ChannelStatus | None, now: ChannelStatus, at: datetime
) -> tuple[ChannelStatus | None, float | None]:
    """The status to write, None for leaving it as it is; and in how many seconds to look again."""
    if before is None or before.observed_at is None:
        return now, None
    pause = _pause(before, now, at)
    if pause is None:
        return None, None
    left = (before.observed_at + pause - at).total_seconds()
    return (now, None) if left <= 0 else (None, left)


def _pause(before: ChannelStatus, now: ChannelStatus, at: datetime) -> timedelta | None:
    """How long after the last write this may be written; None: it is no news."""
    if _settled(before) != _settled(now):
        return timedelta()
    if _hard(before) != _hard(now):
        flapping = sum(at - one.at < timedelta(minutes=1) for one in now.switches) >= _FLAPPING
        return AT_INTERVALS if flapping else SOON
    if _soft(before) != _soft(now):
        return AT_INTERVALS
    return AT_LEISURE if before.refusals != now.refusals else None


def _settled(said: ChannelStatus) -> object:
    """What children are made by, so that it is noted before they are."""
    latched = (said.profile_hash, said.profile_name, said.refreshed, said.slate)
    return said.observed_generation, latched


def _hard(said: ChannelStatus) -> object:
    """What somebody may wait for."""
    exclude = {**_MOVING, "inputs": True, "refusals": True, "on_air": True, "receiving": True}
    plain = said.model_dump(exclude=exclude)
    for condition in plain["conditions"]:
        condition.pop("last_transition_time")
        if condition["type"] in {"SlateActive", "FailedOver", "InputAvailable"}:
            condition.pop("message")
    plain["conditions"] = sorted(plain["conditions"], key=lambda c: str(c["type"]))
    addresses = [(one.name, one.protocol, one.priority, one.address) for one in said.inputs]
    return plain, addresses, said.on_air.source if said.on_air else "", said.timeline is None


def _soft(said: ChannelStatus) -> object:
    """What is good to know, and may change as often as an encoder is plugged."""
    inputs = [
        (one.name, one.state, one.fault, one.alerts, format_gist(one.format), _plain(one.problem))
        for one in said.inputs
    ]
    messages = {c.type: c.message for c in said.conditions}
    on_air = (said.on_air.kind, said.on_air.since) if said.on_air else None
    return inputs, said.receiving, messages, on_air


def _plain(problem: str) -> str:
    """Without its figures: a port or a count that changes is no news."""
    return re.sub(r"\d+", "…", problem)
