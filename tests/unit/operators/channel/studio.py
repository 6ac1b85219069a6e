"""Channels, their pods and what they tell, for decisions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from crds.live import ChannelState, InputState, OnAirState, SwitchState, TimelineState
from crds.v1alpha1 import Channel, ChannelStatus, EncodingProfile
from operators.channel.desired import Decision, desired
from operators.channel.observed import ChannelPod, Seen
from operators.channel.platform import Addresses, Platform
from operators.channel.pods import Deployed
from operators.kinds import FINALIZER

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PLATFORM = Platform(
    "media:1",
    nudge_url="http://operators:8080",
    addresses=Addresses("rtmp://in:1935", "srt://in:8888", "http://in:8889"),
)
PRIMARY = {
    "name": "primary",
    "protocol": "RTMP",
    "priority": 1,
    "streamKeySecretRef": {"name": "news-primary"},
}
BACKUP = {"name": "backup", "protocol": "Test", "priority": 2}


def ladder(*, gop: int = 2000, kbps: int = 400, height: int = 240) -> EncodingProfile:
    spec = {
        "gopDurationMillis": gop,
        "segmentDurationMillis": 2 * gop,
        "renditions": [{"name": "low", "maxHeight": height, "bitrateKbps": kbps}],
    }
    return EncodingProfile.model_validate({"metadata": {"name": "small", "uid": "p"}, "spec": spec})


def news(
    status: ChannelStatus | None = None,
    *,
    annotations: dict[str, str] | None = None,
    deleted: bool = False,
    generation: int = 1,
    **spec: Any,  # noqa: ANN401 - any field
) -> Channel:
    meta: dict[str, Any] = {
        "name": "news",
        "namespace": "demo",
        "uid": "c1",
        "generation": generation,
        "annotations": annotations or {},
    }
    if deleted:
        meta |= {"deletionTimestamp": NOON, "finalizers": [FINALIZER]}
    whole = {"inputs": [PRIMARY, BACKUP], "profileRef": {"name": "small"}, **spec}
    return Channel.model_validate({"metadata": meta, "spec": whole, "status": status})


STATION = news().spec.model_dump(mode="json", by_alias=True, exclude_none=True)
"""The spec of a Channel, as the API server has it."""


def told(source: str = "primary", **more: Any) -> ChannelState:  # noqa: ANN401 - any field
    """As a pod tells it; "slate" for none of the inputs."""
    inputs = [
        InputState(
            name=one["name"],
            protocol=one["protocol"],
            priority=one["priority"],
            state="OnAir" if one["name"] == source else "Receiving",
        )
        for one in (PRIMARY, BACKUP)
    ]
    on_air = OnAirState(
        kind="Slate" if source == "slate" else "Input",
        input=None if source == "slate" else source,
        since=NOON,
        reason="Started",
    )
    line = TimelineState(media_sequence=7, last_segment_at=NOON, latency_millis=400)
    state = ChannelState(
        channel="news", generation=1, started_at=NOON, on_air=on_air, inputs=inputs, timeline=line
    )
    return state.model_copy(update=more)


def switch(
    before: str, after: str, *, seconds: float = 0, reason: str = "InputLost"
) -> SwitchState:
    at = NOON + timedelta(seconds=seconds)
    return SwitchState(at=at, before=before, after=after, reason=reason)


def pod(name: str = "a", state: ChannelState | None = None, **more: Any) -> ChannelPod:  # noqa: ANN401
    return ChannelPod(name, **{"address": "10.0.0.1", "ready": True, "state": state, **more})


def deployed(decision: Decision, *, replicas: int = 1, rolling: bool = False) -> Deployed:
    """The Deployment that was decided on, as the cache has it a while later."""
    child = next(c for c in decision.desired.children if c.kind.name == "Deployment")
    meta = {**child.manifest["metadata"], "generation": 1}
    meta["annotations"] = {**meta["annotations"], "streamverse.io/work": child.work}
    status = {"observedGeneration": 1, "replicas": replicas, "updatedReplicas": replicas}
    if rolling:
        status["updatedReplicas"] = 0
    return Deployed({"metadata": meta, "spec": {"replicas": replicas}, "status": status})


def seen(**more: Any) -> Seen:  # noqa: ANN401 - any field
    return Seen(**{"now": NOON, "profile": ladder(), **more})


def decide(channel: Channel, observed: Seen, platform: Platform = PLATFORM) -> Decision:
    return desired(channel, observed, platform)


def said(decision: Decision) -> ChannelStatus:
    assert decision.desired.status is not None
    return ChannelStatus.model_validate(decision.desired.status)


def on_air(**spec: Any) -> tuple[Channel, Seen]:  # noqa: ANN401 - any field
    """A channel that was said to be on air, and what is seen of it."""
    first = decide(news(**spec), seen(now=NOON - timedelta(minutes=1)))
    observed = seen(deployment=deployed(first), pods=[pod(state=told())])
    status = said(decide(news(said(first), **spec), observed))
    return news(status, **spec), observed
