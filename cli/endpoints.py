"""Where the platform's origin and store are, as the cluster says."""

import asyncio
import time
from base64 import b64decode
from dataclasses import dataclass

from crds.v1alpha1.meta import GROUP, Manifest

from .exits import Exit, Stop
from .kinds import CONFIG_MAP, SECRET
from .kube import Kube
from .s3 import StoreAddress

SYSTEM = "streamverse-system"
ENDPOINTS = "streamverse-endpoints"
STORE = "streamverse-store"
TENANT = f"{GROUP}/tenant"
"""On a namespace, "true": it gets a key to the store."""
OPERATOR = "streamverse-operator"
ORIGIN = "streamverse-origin"
CONTRIBUTION = "streamverse-contribution"
OPERATOR_LEASE = "streamverse-operators"
"""Held by the replica that acts."""
NOT_INSTALLED = "install the chart first: `make demo` does all of it, docs/operations.md each step"


@dataclass(frozen=True)
class Endpoints:
    origin_url: str
    store_url: str
    bucket: str
    rtmp_url: str = ""
    """Where encoders publish, and so the next two; empty where nobody can."""
    srt_url: str = ""
    whip_url: str = ""


async def endpoints(kube: Kube) -> Endpoints:
    """Read ConfigMap streamverse-endpoints. Raises Stop when the platform is not installed."""
    found = await kube.get(CONFIG_MAP, ENDPOINTS, SYSTEM)
    if found is None:
        raise Stop(
            Exit.NOT_FOUND,
            f"StreamVerse is not installed on this cluster: no ConfigMap {SYSTEM}/{ENDPOINTS}",
            NOT_INSTALLED,
        )
    data = found.get("data") or {}
    try:
        return Endpoints(
            data["originUrl"].rstrip("/"),
            data["storeUrl"],
            data["bucket"],
            *(data.get(f"{protocol}Url", "").rstrip("/") for protocol in ("rtmp", "srt", "whip")),
        )
    except KeyError as e:
        raise Stop(
            Exit.UNWELL, f"the ConfigMap {SYSTEM}/{ENDPOINTS} lacks {e}", "upgrade the chart"
        ) from e


async def store_address(kube: Kube) -> StoreAddress:
    """The store and the platform's key to all of it; needs the right to read that Secret."""
    where, secret = await asyncio.gather(endpoints(kube), kube.get(SECRET, STORE, SYSTEM))
    if secret is None:
        raise Stop(
            Exit.NOT_FOUND,
            f"the key to the store is missing: no Secret {SYSTEM}/{STORE}",
            NOT_INSTALLED,
        )
    return _address(where, secret)


async def tenant_store_address(
    kube: Kube, namespace: str, *, patience_seconds: float = 20
) -> StoreAddress:
    """The store and the tenant's key to its own part; a new tenant's is waited for."""
    where = await endpoints(kube)
    until = time.monotonic() + patience_seconds
    while (secret := await kube.get(SECRET, STORE, namespace)) is None:
        if time.monotonic() > until:
            raise Stop(
                Exit.NOT_FOUND,
                f"namespace {namespace} has no key to the store: no Secret {namespace}/{STORE}",
                f"`kubectl label namespace {namespace} {TENANT}=true` makes it a tenant",
            )
        await asyncio.sleep(0.5)
    return _address(where, secret)


def _address(where: Endpoints, secret: Manifest) -> StoreAddress:
    values = {
        name.removeprefix("STREAMVERSE_STORE_"): b64decode(value).decode()
        for name, value in (secret.get("data") or {}).items()
    }
    return StoreAddress(
        endpoint=where.store_url,
        bucket=where.bucket,
        region=values.get("REGION", "us-east-1"),
        access_key_id=values.get("ACCESS_KEY_ID", ""),
        secret_access_key=values.get("SECRET_ACCESS_KEY", ""),
    )
