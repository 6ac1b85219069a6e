"""Gathering what a decision on a Channel needs: from the cache, and from what its pods told."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from crds.live import service_name
from crds.v1alpha1 import Channel, EncodingProfile, MediaAsset
from operators.channel.observed import MOST_ROLLING, Seen, channel_pod
from operators.channel.pods import IMAGE, Deployed
from operators.channel.recordings import asset_name
from operators.channel.retire import job_name
from operators.kinds import DEPLOYMENT, JOB, OWNED_BY, OWNER_UID, SERVICE, Kind
from operators.reconcile import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crds.v1alpha1.meta import Manifest
    from operators.channel.observed import ChannelPod
    from operators.channel.platform import Platform
    from operators.engine import Engine

KIND = Kind.of(Channel)
ASSET = Kind.of(MediaAsset)
_TURN_SECONDS = 30.0
"""From being given a turn until the API server shows it."""


def observe(engine: Engine, channel: Channel, pods: Sequence[Manifest], platform: Platform) -> Seen:
    meta, spec = channel.metadata, channel.spec
    name, key = service_name(meta.name), (KIND.name, meta.namespace, meta.name)
    children = [engine.cache.get(kind, meta.namespace, name) for kind in (DEPLOYMENT, SERVICE)]
    strange = next((c for c in children if c and not _own(channel, c)), None)
    deployment = Deployed(children[0]) if children[0] and _own(channel, children[0]) else None
    profile = engine.cache.get(Kind.of(EncodingProfile), "", spec.profile_ref.name)
    slate = spec.loss_behavior.slate_ref
    shown = engine.cache.get(ASSET, meta.namespace, slate.name) if slate else None
    heard = [_heard(engine, key, pod) for pod in pods]
    return Seen(
        now=engine.clock(),
        profile=parsed(EncodingProfile, profile) if profile else None,
        slate=parsed(MediaAsset, shown) if shown else None,
        deployment=deployment,
        service=children[1],
        stranger=f"{strange['kind']} {name}" if strange else "",
        pods=heard,
        ending_seconds=engine.ears.told_seconds(key),
        retirement=engine.cache.get(JOB, meta.namespace, job_name(channel)),
        fresh_key=secrets.token_hex(16),
        rolling_elsewhere=_rolling(engine, channel, deployment, platform),
        assets=frozenset(_assets(engine, channel, heard)),
    )


def _own(channel: Channel, child: Manifest) -> bool:
    return bool(child["metadata"].get("labels", {}).get(OWNER_UID) == channel.metadata.uid)


def _heard(engine: Engine, key: tuple[str, str, str], pod: Manifest) -> ChannelPod:
    heard = engine.ears.heard(key, pod["metadata"]["name"])
    since = heard.silent_since
    silent = None if since is None else asyncio.get_running_loop().time() - since
    return channel_pod(pod, heard.state, silent)


def _rolling(
    engine: Engine, channel: Channel, deployment: Deployed | None, platform: Platform
) -> int:
    """How many others have two pods, or were given their turn to; with room, this one is given it.

    Of one that needs no upgrade, nobody asks.
    """
    uid, turns = channel.metadata.uid, engine.taking_turns
    if deployment is None or deployment.noted(IMAGE) == platform.media_image:
        turns.pop(uid, None)
        return 0
    now = asyncio.get_running_loop().time()
    others = {turn for turn, since in turns.items() if now - since < _TURN_SECONDS}
    for child in engine.cache.all(DEPLOYMENT):
        labels = child["metadata"].get("labels", {})
        if labels.get(OWNED_BY) == KIND.name and Deployed(child).rolling:
            others.add(labels.get(OWNER_UID, ""))
    others.discard(uid)
    if len(others) < MOST_ROLLING:
        turns[uid] = now
    return len(others)


def _assets(engine: Engine, channel: Channel, pods: Sequence[ChannelPod]) -> Iterable[str]:
    known = channel.status.recordings if channel.status else ()
    names = {asset_name(channel, one) for one in known}
    for pod in pods:
        names |= {asset_name(channel, one) for one in pod.state.recordings} if pod.state else set()
    for name in sorted(names):
        if engine.cache.get(ASSET, channel.metadata.namespace, name):
            yield name
