"""The store's Secret in every tenant's namespace: a key of its own, before the first upload."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import structlog

from operators.compare import contains
from operators.failures import KeyMissing, NotFound, StoreAway, Terminating
from operators.kinds import NAMESPACE, SECRET
from operators.mounted import text_of
from operators.settings import StoreKeys
from operators.tenant.accounts import Accounts
from operators.tenant.credential import Credential, credential, family
from operators.tenant.policy import Account, tenant_policy
from operators.workload import STORE_SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crds.v1alpha1.meta import Manifest
    from operators.engine import Engine

_TRUSTED_SECONDS = 60.0
"""How long what was found in order is believed to be so."""
_ID, _KEY = "STREAMVERSE_STORE_ACCESS_KEY_ID", "STREAMVERSE_STORE_SECRET_ACCESS_KEY"

log = structlog.get_logger()


@dataclass(frozen=True)
class Projection:
    """That a namespace's Secret was seen to be as it should be."""

    digest: str
    at: float
    """By the loop's clock."""


async def ensure_store_secret(engine: Engine, namespace: str) -> None:
    """Pods and people of the namespace find their key there; written only where it differs.

    Raises StoreAway, or, where it is not ours to make, KeyMissing, or Terminating if the namespace
    goes: then nobody will give one any more.
    """
    platform = text_of(engine.settings.store_folder)
    async with engine.projecting[namespace]:
        if _trusted(engine, namespace, platform):
            return
        found = await _found(engine, namespace)
        if engine.settings.store_keys is StoreKeys.GIVEN:
            await _must_hold_a_key(engine, namespace, found)
        else:
            await _project(engine, namespace, platform, found)
        now = asyncio.get_running_loop().time()
        engine.projected[namespace] = Projection(_digest(engine, platform), now)


async def release(engine: Engine, namespace: str) -> None:
    """The tenant is gone: its key opens nothing any more. One that only lost its label keeps it."""
    engine.projected.pop(namespace, None)
    if engine.settings.store_keys is not StoreKeys.MINIO:
        return
    try:
        await engine.cluster.get(NAMESPACE, None, namespace)
    except NotFound:
        accounts = Accounts.of(text_of(engine.settings.store_folder))
        await accounts.revoke(family(namespace))


async def _project(
    engine: Engine, namespace: str, platform: Mapping[str, str], found: Manifest
) -> None:
    content = dict(platform)
    account = None
    if engine.settings.store_keys is StoreKeys.MINIO:
        account = await _account(engine, namespace, platform["STREAMVERSE_STORE_BUCKET"])
        own: Credential = account.credential
        content |= {_ID: own.access_key_id, _KEY: own.secret_access_key}
    wanted = secret(namespace, content)
    there = contains(found, wanted)
    if account is not None:
        try:
            await Accounts.of(platform).ensure(account)
        except StoreAway as e:
            # The Secret is written last: where it is right, the store has known the key before.
            if not there:
                raise
            log.warning("not looked at", why=str(e))
    if not there:
        await engine.cluster.apply(SECRET, wanted)


async def _account(engine: Engine, namespace: str, bucket: str) -> Account:
    known = engine.cache.get(NAMESPACE, "", namespace)
    known = known or await engine.cluster.get(NAMESPACE, None, namespace)
    key = engine.settings.tenancy_key_file.read_bytes()
    own = credential(key, namespace, known["metadata"]["uid"])
    return Account(own, tenant_policy(bucket, namespace))


async def _found(engine: Engine, namespace: str) -> Manifest:
    try:
        return await engine.cluster.get(SECRET, namespace, STORE_SECRET)
    except NotFound:
        return {}


async def _must_hold_a_key(engine: Engine, namespace: str, found: Manifest) -> None:
    lacking = [name for name in (_ID, _KEY) if name not in found.get("data", {})]
    if not lacking:
        return
    # A namespace that goes loses its Secrets first, while our finalizers still hold its objects.
    # Not from the cache: that has only namespaces with our label.
    home = await engine.cluster.get(NAMESPACE, None, namespace)
    if home["metadata"].get("deletionTimestamp"):
        raise Terminating("find", SECRET.name, STORE_SECRET, f"namespace {namespace} is going")
    why = (
        f"namespace {namespace} needs a key of its own to the store: its Secret {STORE_SECRET} "
        f"lacks {' and '.join(lacking)}; docs/operations.md says how to give it"
    )
    raise KeyMissing("find", SECRET.name, STORE_SECRET, why)


def secret(namespace: str, content: Mapping[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": SECRET.api_version,
        "kind": SECRET.name,
        "metadata": {
            "name": STORE_SECRET,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/managed-by": "streamverse"},
        },
        "type": "Opaque",
        "data": {name: b64encode(text.encode()).decode() for name, text in content.items()},
    }


def _trusted(engine: Engine, namespace: str, platform: Mapping[str, str]) -> bool:
    seen = engine.projected.get(namespace)
    return (
        seen is not None
        and asyncio.get_running_loop().time() - seen.at < _TRUSTED_SECONDS
        and seen.digest == _digest(engine, platform)
    )


def _digest(engine: Engine, platform: Mapping[str, str]) -> str:
    """Of all that a tenant's Secret is made of, but for the tenant."""
    key = engine.settings.tenancy_key_file
    made_of = key.read_bytes() if engine.settings.store_keys is StoreKeys.MINIO else b""
    return sha256(made_of + str(sorted(platform.items())).encode()).hexdigest()
