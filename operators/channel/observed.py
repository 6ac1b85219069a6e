"""What a decision on a Channel is made of. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from crds.live import ChannelState
    from crds.v1alpha1 import EncodingProfile, MediaAsset
    from crds.v1alpha1.meta import Manifest
    from operators.channel.pods import Deployed

PATIENCE_SECONDS = 15.0
"""A pod that tells nothing for so long is said to. What was heard before is believed until then."""
MOST_ROLLING = 2
"""So many channels take a new image at once: each needs the room of two meanwhile."""
END_SECONDS = 10.0
"""How long a pod may take to tell its players that it is over."""
KEEP_SECONDS = 1800.0
"""How long it may take after that to write what it recorded."""


@dataclass(frozen=True)
class ChannelPod:
    name: str
    address: str = ""
    """Of the pod; empty until it has one."""
    ready: bool = False
    going: bool = False
    """It was told to end, or has ended."""
    over: bool = False
    began: str = ""
    """When it was made, RFC 3339."""
    held_up_by: tuple[str, str] | None = None
    """Why it does not run: a reason as ImagePullBackOff or Unschedulable, and a sentence."""
    ended: str = ""
    """How its container ended last, if it did: as "OOMKilled (137)"."""
    state: ChannelState | None = None
    silent_seconds: float | None = None
    """How long it was asked in vain; None: it answered, or was not asked yet."""


@dataclass(frozen=True)
class Seen:
    now: datetime
    profile: EncodingProfile | None = None
    slate: MediaAsset | None = None
    deployment: Deployed | None = None
    service: Manifest | None = None
    retirement: Manifest | None = None
    """The Job that clears away after it, once it is deleted."""
    stranger: str = ""
    """What has a name that this channel needs, as "Deployment channel-news"; empty: nothing."""
    pods: Sequence[ChannelPod] = ()
    ending_seconds: float = 0.0
    """Since when its pods are asked to end."""
    fresh_key: str | None = None
    """What POST /end is to bear, of pods that have no such key yet."""
    rolling_elsewhere: int = 0
    """How many other channels have two pods just now."""
    assets: frozenset[str] = frozenset()
    """MediaAssets that were made of its recordings and are there."""

    @property
    def staying(self) -> Sequence[ChannelPod]:
        return [pod for pod in self.pods if not pod.going]

    @property
    def voice(self) -> ChannelPod | None:
        """The pod whose word counts: of those that told something, one that stays and is ready, the
        newest.
        """
        told = [pod for pod in self.pods if pod.state is not None]
        return max(told, key=lambda p: (not p.going, p.ready, p.began, p.name), default=None)

    @property
    def state(self) -> ChannelState | None:
        return self.voice.state if self.voice else None

    @property
    def airs(self) -> bool:
        """Its pods run, or are to."""
        wanted = self.deployment is not None and self.deployment.replicas > 0
        return wanted or bool(self.staying)


def channel_pod(
    pod: Manifest, state: ChannelState | None, silent_seconds: float | None
) -> ChannelPod:
    meta, status = pod["metadata"], pod.get("status", {})
    container: dict[str, Any] = next(iter(status.get("containerStatuses", ())), {})
    conditions: list[dict[str, Any]] = status.get("conditions", [])
    last = container.get("lastState", {}).get("terminated", {})
    return ChannelPod(
        name=meta["name"],
        address=status.get("podIP", ""),
        ready=any(c["type"] == "Ready" and c["status"] == "True" for c in conditions),
        going="deletionTimestamp" in meta or status.get("phase") in {"Failed", "Succeeded"},
        over=status.get("phase") in {"Failed", "Succeeded"},
        began=meta.get("creationTimestamp", ""),
        held_up_by=_held_up(container.get("state", {}).get("waiting", {}), conditions),
        ended=f"{last.get('reason', 'Error')} ({last.get('exitCode', '?')})" if last else "",
        state=state,
        silent_seconds=silent_seconds,
    )


def _held_up(
    waiting: dict[str, Any], conditions: Sequence[dict[str, Any]]
) -> tuple[str, str] | None:
    if waiting.get("reason") not in {None, "ContainerCreating", "PodInitializing"}:
        return str(waiting["reason"]), str(waiting.get("message", ""))
    for said in conditions:
        if said["type"] == "PodScheduled" and said["status"] == "False":
            return str(said.get("reason", "Unschedulable")), str(said.get("message", ""))
    return None


_MEASURED = re.compile(r"\d+(\.\d+)?(?= (kbit/s|fps))")


def gist(state: ChannelState) -> object:
    """What of a state is worth knowing: without what moves all the time."""
    plain = state.model_dump(exclude={"timeline": True, "behind_millis": True})
    for one in plain["inputs"]:
        one["format"] = format_gist(one["format"])
    return plain, state.timeline is None


def format_gist(text: str) -> str:
    """Without what is measured anew every second."""
    return _MEASURED.sub("…", text)
