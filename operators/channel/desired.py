"""What a Channel needs and what is said of it. Pure: no client, no clock, no kopf."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from operators.channel.conditions import Scene
from operators.channel.news import worth_saying
from operators.channel.notices import notices
from operators.channel.observed import (
    END_SECONDS,
    KEEP_SECONDS,
    MOST_ROLLING,
    PATIENCE_SECONDS,
    ChannelPod,
)
from operators.channel.order import grid, order, work
from operators.channel.pods import GRID, IMAGE, TASK, deployment, scaled, service
from operators.channel.recordings import assets
from operators.channel.references import references
from operators.channel.retire import is_over, retire_job
from operators.channel.status import status
from operators.kinds import DEPLOYMENT, FINALIZER
from operators.reconcile import Child, Desired, Doomed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crds.live import ChannelOrder
    from crds.v1alpha1 import Channel, ChannelStatus
    from operators.channel.observed import Seen
    from operators.channel.platform import Platform
    from operators.channel.pods import Deployed

LINGER_SECONDS = 45.0
"""Pods end the programme, and serve on for 15 s; one whose node is lost is waited for no longer."""
_WAIT_SECONDS = 5.0
_END_LOOK_SECONDS = 0.5
_KEEP_LOOK_SECONDS = 2.0
_STARTING_LOOK_SECONDS = 5.0


@dataclass(frozen=True)
class Decision:
    desired: Desired[ChannelStatus]
    to_end: tuple[ChannelPod, ...] = ()
    """Pods that are to tell their players that it is over."""


def desired(channel: Channel, seen: Seen, platform: Platform) -> Decision:
    scene = Scene(channel, seen, references(channel, seen, platform))
    whole = status(scene, platform)
    said, later = worth_saying(channel.status, whole, seen.now)
    if _wait_to_hear(channel, scene):
        said, later = None, _END_LOOK_SECONDS
    wanted = _on_air(scene, platform) if scene.on_air else _ending(channel, seen, platform)
    look = [s for s in (wanted.desired.look_again_seconds, later) if s is not None]
    told = said or channel.status
    made = assets(channel, told) if told else ()
    if made:
        look.append(_STARTING_LOOK_SECONDS)
    return replace(
        wanted,
        desired=replace(
            wanted.desired,
            status=said,
            children=[*wanted.desired.children, *made],
            notices=notices(channel.status, said) if said else (),
            look_again_seconds=min(look, default=None),
        ),
    )


def _wait_to_hear(channel: Channel, scene: Scene) -> bool:
    """An operator that has just begun to lead has heard nothing yet, which is no news."""
    before, seen = channel.status, scene.seen
    if not scene.on_air or before is None or before.timeline is None or seen.state is not None:
        return False
    return any(pod.ready and pod.silent_seconds is None for pod in seen.staying) or any(
        pod.silent_seconds is not None and pod.silent_seconds < PATIENCE_SECONDS
        for pod in seen.staying
        if pod.ready
    )


def _on_air(scene: Scene, platform: Platform) -> Decision:
    channel, seen, found = scene.channel, scene.seen, scene.found
    if seen.stranger:
        return Decision(Desired(look_again_seconds=_WAIT_SECONDS))
    if found.profile is None:
        return Decision(Desired())
    there = seen.deployment
    end_key = (there.end_key if there else None) or seen.fresh_key
    told = order(channel, found.profile, found.slate, platform, end_key)
    another = there is not None and there.noted(GRID) != grid(told) and seen.airs
    if another or any(pod.state is not None and pod.state.ended for pod in seen.staying):
        # Another timeline: the old one ends first. So does a programme that was being ended when
        # the channel was started again, for its pods cannot go on with it.
        return _ending(channel, seen, platform)
    image = platform.media_image
    wait = None
    crowded = seen.rolling_elsewhere >= MOST_ROLLING
    if there is not None and crowded and _only_upgrades(channel, told, there, image):
        image, wait = there.noted(IMAGE), _WAIT_SECONDS
    children = (service(channel), deployment(channel, told, image, platform))
    if not _heard(seen):
        wait = min(wait or _STARTING_LOOK_SECONDS, _STARTING_LOOK_SECONDS)
    return Decision(Desired(children=children, finalizer=True, look_again_seconds=wait))


def _heard(seen: Seen) -> bool:
    return seen.state is not None and seen.state.timeline is not None


def _only_upgrades(channel: Channel, told: ChannelOrder, there: Deployed, image: str) -> bool:
    same = there.noted(TASK) == work(channel, told)
    return there.replicas > 0 and same and there.noted(IMAGE) != image


def _ending(channel: Channel, seen: Seen, platform: Platform) -> Decision:
    """First players are told, then the pods go; and with the Channel all that was made for it."""
    deleted = channel.metadata.deletion_timestamp is not None
    talking = tuple(
        pod for pod in seen.staying if pod.address and not (pod.state and pod.state.ended)
    )
    if seen.airs and talking and seen.ending_seconds < END_SECONDS:
        return Decision(Desired(look_again_seconds=_END_LOOK_SECONDS), talking)
    keeping = any(pod.state is not None and pod.state.keeping for pod in seen.staying)
    if seen.airs and keeping and seen.ending_seconds < KEEP_SECONDS:
        return Decision(Desired(look_again_seconds=_KEEP_LOOK_SECONDS))
    there = seen.deployment
    if deleted:
        gone = [Doomed(DEPLOYMENT, there.manifest)] if there is not None else []
        return Decision(replace(_cleared(channel, seen, platform), doomed=gone))
    down: Sequence[Child] = [scaled(there, 0)] if there is not None else ()
    return Decision(Desired(children=down, look_again_seconds=_WAIT_SECONDS if seen.airs else None))


def _cleared(channel: Channel, seen: Seen, platform: Platform) -> Desired[ChannelStatus]:
    """What it kept is removed once nobody writes any more; then it is let go, come what may."""
    if FINALIZER not in channel.metadata.finalizers:
        return Desired()
    if seen.retirement is not None:
        return Desired(finalizer=False) if is_over(seen.retirement) else Desired()
    there = [pod for pod in seen.pods if not pod.over]
    # Players who have not heard of the end yet are told by pods that serve on for a while.
    if there and _since_deletion(channel, seen) < LINGER_SECONDS:
        return Desired(look_again_seconds=_KEEP_LOOK_SECONDS)
    if any(not (pod.state and pod.state.ended) for pod in there):
        return Desired(look_again_seconds=_KEEP_LOOK_SECONDS)
    return Desired(children=[retire_job(channel, platform)])


def _since_deletion(channel: Channel, seen: Seen) -> float:
    began = channel.metadata.deletion_timestamp
    return (seen.now - began).total_seconds() if began else 0.0
