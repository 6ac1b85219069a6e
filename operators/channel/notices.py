"""What a person is told as it happens: switches, slates, returns, refusals, rungs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operators.channel.status import SLATE, new_switches
from operators.reconcile import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crds.v1alpha1 import ChannelStatus
    from crds.v1alpha1.channelstatus import Switch

_GOOD = {"Started", "Recovered", "Returned"}
_MOST = 3
"""Switches that are told one by one; of inputs that flap, the others are told as a number."""


def notices(before: ChannelStatus | None, now: ChannelStatus) -> Sequence[Notice]:
    """An Event is known by its words, so each says when: the same may happen again."""
    switched = new_switches(before, now)
    return [
        *_flapped(switched[:-_MOST]),
        *(_switched(one) for one in switched[-_MOST:]),
        *_restarted(before, now),
        *_refused(before, now),
        *_rungs(before, now),
    ]


def _flapped(before: Sequence[Switch]) -> list[Notice]:
    if not before:
        return []
    first, last = before[0].at, before[-1].at
    said = f"{len(before)} switches from {first:%H:%M:%S} to {last:%H:%M:%S} UTC: inputs flap"
    return [Notice("Warning", "Flapping", said)]


def _switched(one: Switch) -> Notice:
    said = f"{one.before} → {one.after} at {one.at:%H:%M:%S.%f}"[:-3] + f" UTC: {one.reason}"
    if one.after == SLATE:
        return Notice("Warning", "SlateShown", said)
    if one.reason in _GOOD:
        return Notice("Normal", "Returned" if one.reason != "Started" else "Started", said)
    return Notice("Warning", "Switched", said)


def _restarted(before: ChannelStatus | None, now: ChannelStatus) -> list[Notice]:
    known, told = before.restarts if before else None, now.restarts
    if told is None or (known is not None and told.last_at <= known.last_at):
        return []
    said = (
        f"its process died ({told.last_reason}) and was started again in its pod at "
        f"{told.last_at:%H:%M:%S} UTC; kubectl logs of the pod says why"
    )
    return [Notice("Warning", "Restarted", said)]


def _refused(before: ChannelStatus | None, now: ChannelStatus) -> list[Notice]:
    known = before.refusals.count if before and before.refusals else 0
    told = now.refusals
    if told is None or told.count <= known:
        return []
    said = (
        f"{told.count - known} refused since the last time, the last one at "
        f"{told.last_at:%H:%M:%S} UTC from {told.last_peer} on {told.last_input}: "
        f"{told.last_reason}"
    )
    return [Notice("Warning", "PublisherRefused", said)]


def _rungs(before: ChannelStatus | None, now: ChannelStatus) -> list[Notice]:
    known = {one.name for one in before.dropped} if before else set()
    lost = [one for one in now.dropped if one.name not in known]
    back = known & {one.name for one in now.rungs}
    when = f"at {now.observed_at:%H:%M:%S} UTC" if now.observed_at else ""
    return [
        *(
            Notice("Warning", "RungDropped", f"{one.name} {when}: {one.reason}, {one.message}")
            for one in lost
        ),
        *(Notice("Normal", "RungRestored", f"{name} {when}") for name in sorted(back)),
    ]
