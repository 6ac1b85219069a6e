"""Why a Channel is looked at again: it, what it refers to, or what its pods told has changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import kopf

from crds.live import ChannelState
from crds.v1alpha1 import Channel, EncodingProfile, MediaAsset
from operators.channel.desired import desired
from operators.channel.observation import KIND, observe
from operators.channel.observed import gist
from operators.channel.platform import Addresses, Platform
from operators.channel.retire import is_given_up, left_behind
from operators.converge import announce, converge
from operators.ears import Voice
from operators.engine import Engine, Watch
from operators.failures import Terminating
from operators.kinds import DEPLOYMENT, JOB, OWNED_BY, OWNER, POD, SERVICE, Kind
from operators.reconcile import parsed
from operators.tenancy import ensure_store_secret
from operators.transcodejob.leave import Leaver, leave
from operators.transcodejob.observe import STEP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.v1alpha1.meta import Manifest
    from operators.cache import Key


async def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    key = KIND.name, namespace, name
    manifest = engine.cache.get(KIND, namespace, name)
    platform = _platform(engine)
    voice = Voice(platform.state_port, ChannelState.model_validate_json, gist)
    if manifest is None:
        engine.ears.follow(key, {}, voice)
        return None
    channel = parsed(Channel, manifest)
    pods = engine.cache.under(POD, channel.metadata.uid)
    found = {pod["metadata"]["name"]: pod.get("status", {}).get("podIP") for pod in pods}
    engine.ears.follow(key, {pod: address for pod, address in found.items() if address}, voice)
    seen = observe(engine, channel, pods, platform)
    decision = desired(channel, seen, platform)
    borne = seen.deployment.end_key if seen.deployment else None
    await asyncio.gather(
        *(engine.ears.tell(key, pod.name, voice, "/end", borne) for pod in decision.to_end)
    )
    if seen.retirement is not None and is_given_up(seen.retirement):
        await announce(engine, KIND, manifest, left_behind(channel))
    try:
        return await converge(
            engine, channel, manifest, decision.desired, prepare=ensure_store_secret
        )
    except Terminating:
        # Nothing can run here any more, and the finalizer would keep the namespace for ever.
        if channel.metadata.deletion_timestamp is None:
            return None
        left = (
            f"what channel {name} kept stays in the store; remove {namespace}/live/{name}/ and "
            f"{namespace}/recordings/{name}-* there"
        )
        return await leave(engine, Leaver(KIND, manifest, left, "DvrLeft", waits=False))


def _platform(engine: Engine) -> Platform:
    settings = engine.settings
    return Platform(
        media_image=settings.media_image,
        image_pull_policy=settings.image_pull_policy,
        image_pull_secrets=settings.image_pull_secrets,
        allow_cidrs=settings.allow_cidrs,
        nudge_url=settings.nudge_url.rstrip("/"),
        region=settings.region,
        addresses=Addresses(settings.rtmp_url, settings.srt_url, settings.whip_url),
        cpu=settings.channel_cpu,
        memory=settings.channel_memory,
        tall_cpu=settings.tall_channel_cpu,
        tall_memory=settings.tall_channel_memory,
        memory_limit=settings.channel_memory_limit,
        scratch_limit=settings.channel_scratch_limit,
        state_port=settings.channel_state_port,
    )


# Whom a change concerns.


def _of_channel(_: Engine, manifest: Manifest) -> Iterable[Key]:
    meta = manifest["metadata"]
    yield KIND.name, meta["namespace"], meta["name"]


def _of_child(engine: Engine, manifest: Manifest) -> Iterable[Key]:
    labels = manifest["metadata"].get("labels", {})
    if labels.get(STEP) == "sweep":
        yield from (key for key in engine.cache.keys(KIND) if key[1] == labels.get(OWNER))
    if labels.get(OWNED_BY) == KIND.name and OWNER in labels:
        yield KIND.name, manifest["metadata"]["namespace"], labels[OWNER]


def _of_profile(engine: Engine, manifest: Manifest) -> Iterable[Key]:
    return _referring(engine, f"{EncodingProfile.kind}/{manifest['metadata']['name']}")


def _of_asset(engine: Engine, manifest: Manifest) -> Iterable[Key]:
    meta = manifest["metadata"]
    yield from _of_child(engine, manifest)
    yield from _referring(engine, f"{MediaAsset.kind}/{meta['namespace']}/{meta['name']}")


def _referring(engine: Engine, term: str) -> Iterable[Key]:
    for other in engine.cache.under(KIND, term):
        yield KIND.name, other["metadata"]["namespace"], other["metadata"]["name"]


def _terms(manifest: Manifest) -> Iterable[str]:
    meta, spec = manifest["metadata"], manifest["spec"]
    yield f"{EncodingProfile.kind}/{spec['profileRef']['name']}"
    slate = spec.get("lossBehavior", {}).get("slateRef")
    if slate:
        yield f"{MediaAsset.kind}/{meta['namespace']}/{slate['name']}"


WATCHES = (
    Watch(KIND, _of_channel, reconcile, _terms),
    Watch(DEPLOYMENT, _of_child),
    Watch(SERVICE, _of_child),
    Watch(POD, _of_child),
    Watch(JOB, _of_child),
    Watch(Kind.of(EncodingProfile), _of_profile),
    Watch(Kind.of(MediaAsset), _of_asset),
)


@kopf.on.event(*Channel.selector())
async def on_change(event: Any, memo: kopf.Memo, **_: object) -> None:  # noqa: ANN401 - kopf's
    memo.engine.witness(KIND, event)


@kopf.on.event(DEPLOYMENT.group, DEPLOYMENT.version, DEPLOYMENT.plural)
async def on_deployment(event: Any, memo: kopf.Memo, **_: object) -> None:  # noqa: ANN401
    memo.engine.witness(DEPLOYMENT, event)


@kopf.on.event(SERVICE.version, SERVICE.plural)
async def on_service(event: Any, memo: kopf.Memo, **_: object) -> None:  # noqa: ANN401
    memo.engine.witness(SERVICE, event)
