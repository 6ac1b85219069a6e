"""Make it so: what pure logic wants, done through the door, and nothing that is so already.

The order matters. What must go goes first, for an ended object is not looked at again; status comes
before children, so that what it latches is settled before work starts on it, and so that a replica
which decided on an old state is refused here, before it makes anything.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import structlog

from crds.v1alpha1.meta import Condition, Manifest, Resource, Status
from crds.v1alpha1.reasons import JobReason
from operators.failures import (
    KeyMissing,
    NotFound,
    OverQuota,
    Permanent,
    StoreAway,
    Taken,
    Terminating,
)
from operators.kinds import EVENT, FINALIZER, OWNED_BY, OWNER, OWNER_UID, WORK, Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from operators.engine import Engine
    from operators.reconcile import Child, Desired, Notice

_REFUSED_AGAIN_SECONDS = 60.0
_AWAY_AGAIN_SECONDS = 10.0

log = structlog.get_logger()


async def converge(
    engine: Engine,
    owner: Resource[Any, Any],
    seen: Manifest,
    desired: Desired[Any],
    *,
    prepare: Callable[[Engine, str], Awaitable[None]] | None = None,
) -> float | None:
    """Act on what is wanted of `owner`, as it was `seen`; when to look again, if at all.

    `prepare` makes the namespace fit for children, before there are any.
    """
    kind, meta = Kind.of(type(owner)), owner.metadata
    if desired.finalizer is True and FINALIZER not in meta.finalizers:
        seen = await finalize(engine, kind, seen, present=True)
    for doomed in desired.doomed:
        with contextlib.suppress(NotFound):
            await engine.cluster.delete(doomed.kind, doomed.manifest)
            log.info("removed", kind=doomed.kind.name, name=doomed.manifest["metadata"]["name"])
    refused = engine.refusals.get(meta.uid)
    status = desired.status if refused is None else blocked(desired.status, refused)
    seen = await _publish(engine, owner, seen, status, desired.notices)
    try:
        if prepare is not None and desired.children:
            await prepare(engine, meta.namespace)
        for child in desired.children:
            await _ensure(engine, owner, child)
    except Terminating:
        raise
    except Permanent as e:
        log.warning("child refused", owner=meta.name, why=str(e))
        engine.refusals[meta.uid] = e
        await _publish(engine, owner, seen, blocked(desired.status, e), ())
        return _AWAY_AGAIN_SECONDS if isinstance(e, StoreAway) else _REFUSED_AGAIN_SECONDS
    if engine.refusals.pop(meta.uid, None) is not None:
        seen = await _publish(engine, owner, seen, desired.status, ())
    if desired.expired:
        await engine.cluster.delete(kind, seen)
    if desired.finalizer is False and FINALIZER in meta.finalizers:
        await finalize(engine, kind, seen, present=False)
    return desired.look_again_seconds


async def finalize(engine: Engine, kind: Kind, seen: Manifest, *, present: bool) -> Manifest:
    """Put our finalizer on the object, or take it off."""
    others = [name for name in seen["metadata"].get("finalizers", []) if name != FINALIZER]
    finalizers = [*others, FINALIZER] if present else others
    changed = await engine.cluster.amend(kind, seen, {"metadata": {"finalizers": finalizers}})
    engine.learn(kind, changed)
    return changed


async def _ensure(engine: Engine, owner: Resource[Any, Any], child: Child) -> None:
    namespace = owner.metadata.namespace
    seen = engine.cache.get(child.kind, namespace, child.name)
    if seen is None:
        try:
            made = await engine.cluster.create(child.kind, adopted(owner, child))
        except Taken:
            # The cache lags behind, or a namesake is on its way out: learn which, then look again.
            engine.learn(child.kind, await engine.cluster.get(child.kind, namespace, child.name))
            raise
        engine.learn(child.kind, made)
        log.info("made", kind=child.kind.name, namespace=namespace, name=child.name)
        return
    if seen["metadata"].get("deletionTimestamp"):
        return  # its going will be told, and then it is made again
    if child.work and child.work != seen["metadata"].get("annotations", {}).get(WORK):
        engine.learn(
            child.kind, await engine.cluster.replace(child.kind, renewed(owner, child, seen))
        )
        log.info("renewed", kind=child.kind.name, namespace=namespace, name=child.name)
        return
    spec = seen.get("spec", {})
    stale = {key: value for key, value in child.follows.items() if spec.get(key) != value}
    # A field that was never set is what its absence means: false, for all that follow today.
    stale = {key: value for key, value in stale.items() if value or spec.get(key)}
    if stale:
        engine.learn(child.kind, await engine.cluster.amend(child.kind, seen, {"spec": stale}))


def adopted(owner: Resource[Any, Any], child: Child) -> dict[str, Any]:
    """The child as its owner's: labels by which its changes find back, and the reference by which
    Kubernetes removes it.
    """
    meta = child.manifest["metadata"]
    labels = {
        **meta.get("labels", {}),
        OWNED_BY: owner.kind,
        OWNER: owner.metadata.name,
        OWNER_UID: owner.metadata.uid,
        "app.kubernetes.io/managed-by": "streamverse",
    }
    metadata = {**meta, "namespace": owner.metadata.namespace, "labels": labels}
    if child.owned:
        metadata["ownerReferences"] = [owner.owner_reference()]
    if child.work:
        metadata["annotations"] = {**meta.get("annotations", {}), WORK: child.work}
    return {**child.manifest, "metadata": metadata}


def renewed(owner: Resource[Any, Any], child: Child, seen: Manifest) -> dict[str, Any]:
    """The child as it should be now, in place of what was seen; what others noted on it stays."""
    fresh, old = adopted(owner, child), seen["metadata"]
    pinned = {key: old[key] for key in ("uid", "resourceVersion", "finalizers") if key in old}
    merged = {
        key: {**old.get(key, {}), **fresh["metadata"].get(key, {})}
        for key in ("labels", "annotations")
    }
    return {**fresh, "metadata": {**fresh["metadata"], **pinned, **merged}}


async def _publish(
    engine: Engine,
    owner: Resource[Any, Any],
    seen: Manifest,
    status: Status | None,
    notices: Sequence[Notice],
) -> Manifest:
    kind = Kind.of(type(owner))
    if status is None:
        for notice in notices:
            await announce(engine, kind, seen, notice)
        return seen
    before = type(status).model_validate(seen.get("status", {}))
    if same(status, before if "status" in seen else None):
        return seen
    for notice in notices:
        await announce(engine, kind, seen, notice)
    said = stamped(status, before, datetime.now(UTC))
    published = await engine.cluster.publish(kind, seen, said)
    ready = status.condition("Ready")
    log.info(
        "said",
        kind=kind.name,
        namespace=owner.metadata.namespace,
        name=owner.metadata.name,
        ready=ready.reason if ready else "",
    )
    engine.learn(kind, published)
    return published


def same(status: Status, before: Status | None) -> bool:
    """Whether there is nothing new to say; when a condition last changed is ours to stamp."""
    if before is None:
        return False
    return _said(status) == _said(before)


def _said(status: Status) -> dict[str, Any]:
    found = status.model_dump(mode="json", by_alias=True, exclude_none=True)
    for condition in found.get("conditions", []):
        condition.pop("lastTransitionTime", None)
    found["conditions"] = sorted(found.get("conditions", []), key=lambda c: str(c["type"]))
    return found


def stamped(status: Status, before: Status | None, now: datetime) -> dict[str, Any]:
    """The status on the wire; a condition's time moves only when its truth does."""
    said = status.model_dump(mode="json", by_alias=True, exclude_none=True)
    for condition in said.get("conditions", []):
        old = before.condition(condition["type"]) if before else None
        since = old.last_transition_time if old and old.status == condition["status"] else None
        condition["lastTransitionTime"] = (since or now).strftime("%Y-%m-%dT%H:%M:%SZ")
    return said


_REASONS: dict[type[Permanent], JobReason] = {
    OverQuota: JobReason.QUOTA_EXCEEDED,
    StoreAway: JobReason.STORE_AWAY,
    KeyMissing: JobReason.STORE_KEY_MISSING,
}


def blocked(status: Status | None, refused: Permanent) -> Status | None:
    """The same status, but saying that a child was refused."""
    if status is None:
        return None
    reason = next((r for kind, r in _REASONS.items() if isinstance(refused, kind)), None)
    reason = reason or JobReason.POD_BLOCKED
    ready = Condition.ready("False", reason, str(refused)).model_copy(
        update={"observed_generation": status.observed_generation}
    )
    others = [c for c in status.conditions if c.type != "Ready"]
    return status.model_copy(update={"conditions": (*others, ready)})


async def announce(engine: Engine, kind: Kind, about: Manifest, notice: Notice) -> None:
    """Tell people, once: the Event's name is made of what it says, so that a second try finds it
    taken. An Event is a courtesy: that it cannot be written stops nothing.
    """
    meta = about["metadata"]
    said = f"{meta['uid']}/{notice.reason}/{notice.message}"
    body = {
        "apiVersion": EVENT.api_version,
        "kind": EVENT.name,
        "metadata": {
            "name": f"{meta['name'][:200]}.{sha256(said.encode()).hexdigest()[:16]}",
            "namespace": meta.get("namespace") or "default",
        },
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "reportingController": "streamverse.io/operators",
        "reportingInstance": engine.me[:128],
        "action": "Reconcile",
        "type": notice.type,
        "reason": notice.reason,
        "note": notice.message[:1000],
        "regarding": {
            "apiVersion": kind.api_version,
            "kind": kind.name,
            "name": meta["name"],
            "namespace": meta.get("namespace", ""),
            "uid": meta["uid"],
        },
    }
    try:
        await engine.cluster.create(EVENT, body)
    except Taken:
        return
    except (Permanent, NotFound) as e:
        log.warning("event not written", why=str(e))
