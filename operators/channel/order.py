"""What a channel's pods are told, and by what it is known whether they must be made anew. Pure."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from crds.live import ChannelInput, ChannelOrder
from crds.v1alpha1.meta import GROUP
from operators.canonical import canonical

if TYPE_CHECKING:
    from crds.v1alpha1 import Channel, EncodingProfileSpec
    from operators.channel.platform import Platform

REFRESH = f"{GROUP}/refresh"
"""On a Channel: whenever its value changes, the profile is taken anew and the pods are replaced."""


def order(
    channel: Channel,
    profile: EncodingProfileSpec,
    slate: str | None,
    platform: Platform,
    end_key: str | None = None,
) -> ChannelOrder:
    spec, meta = channel.spec, channel.metadata
    nudge = f"{platform.nudge_url}/nudge/channel/{meta.namespace}/{meta.name}"
    return ChannelOrder(
        tenant=meta.namespace,
        channel=meta.name,
        uid=meta.uid,
        generation=meta.generation,
        inputs=tuple(
            ChannelInput(name=i.name, protocol=i.protocol, priority=i.priority, uri=i.uri)
            for i in sorted(spec.inputs, key=lambda i: i.name)
        ),
        profile=profile,
        frame_rate=spec.frame_rate,
        part_millis=spec.latency.part_duration_millis,
        window_seconds=spec.latency.window_seconds,
        dvr_seconds=spec.latency.dvr_seconds,
        record=spec.record,
        input_loss_millis=spec.failover.input_loss_millis,
        black_millis=spec.failover.black_millis,
        silence_millis=spec.failover.silence_millis,
        freeze_millis=spec.failover.freeze_millis,
        error_clear_millis=spec.failover.error_clear_millis,
        repeat_frame_millis=spec.loss_behavior.repeat_frame_millis,
        slate=slate,
        allow_cidrs=platform.allow_cidrs,
        end_key=end_key,
        nudge_url=nudge if platform.nudge_url else None,
    )


def grid(wanted: ChannelOrder) -> str:
    """What the numbers of segments and parts follow from (ADR 40): two pods of one channel must
    agree on it, so that nothing but an end comes between two grids.
    """
    rate = wanted.frame_rate.replace("/", "-")
    return f"{rate}.{wanted.profile.gop_duration_millis}.{wanted.part_millis}"


def work(channel: Channel, wanted: ChannelOrder) -> str:
    """Names all that a pod does, but for the image. What is no part of it: which generation asked,
    whom to nudge, and who may end it; and whatever a later version adds with a default that means
    what was before.
    """
    plain = wanted.model_copy(update={"generation": 0, "nudge_url": None, "end_key": None})
    keys = [
        f"{i.name} {ref.name} {ref.key}"
        for i in sorted(channel.spec.inputs, key=lambda i: i.name)
        for ref in (i.stream_key_secret_ref, i.passphrase_secret_ref)
        if ref is not None
    ]
    refresh = channel.metadata.annotations.get(REFRESH, "")
    return sha256("\0".join((canonical(plain), *keys, refresh)).encode()).hexdigest()[:16]
