"""Why a tenant's key is looked at: its namespace appeared, goes, or was not looked at for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import kopf
import structlog

from operators.engine import Engine, Watch, itself
from operators.failures import KeyMissing, StoreAway
from operators.kinds import NAMESPACE
from operators.tenancy import ensure_store_secret, release

if TYPE_CHECKING:
    from crds.v1alpha1.meta import Manifest

_SOON_SECONDS = 5.0
_LATER_SECONDS = 300.0

log = structlog.get_logger()


async def reconcile(engine: Engine, namespace: str, name: str) -> float | None:
    manifest: Manifest | None = engine.cache.get(NAMESPACE, namespace, name)
    if manifest is not None and manifest["metadata"].get("deletionTimestamp"):
        return None
    try:
        if manifest is None:
            await release(engine, name)
            return None
        await ensure_store_secret(engine, name)
    except StoreAway as e:
        log.warning("a tenant waits for its key", why=str(e))
        return _SOON_SECONDS
    except KeyMissing as e:
        log.warning("a tenant has no key", why=str(e))
    return _LATER_SECONDS


WATCHES = (Watch(NAMESPACE, itself(NAMESPACE), reconcile),)


@kopf.on.event(NAMESPACE.version, NAMESPACE.plural)
async def on_change(event: Any, memo: kopf.Memo, **_: object) -> None:  # noqa: ANN401 - kopf's
    memo.engine.witness(NAMESPACE, event)
