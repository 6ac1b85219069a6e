"""Makes the bucket, by a request that the store's client signs: it has no verb for it."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import structlog

from .objects import Store, StoreAway

if TYPE_CHECKING:
    from .settings import StoreSettings

_THERE = (200, 204, 409)
"""409: it is ours already; that it is somebody else's shows when it is used."""
_PAUSE_SECONDS = 2.0

log = structlog.get_logger()


async def make_bucket(settings: StoreSettings, *, patience_seconds: float = 300) -> None:
    """Idempotent; waits for a store that is still starting. Raises StoreAway when it gave up."""
    if urlsplit(settings.endpoint).scheme == "file":
        return
    until = time.monotonic() + patience_seconds
    timeout = aiohttp.ClientTimeout(total=10)
    store = Store.open(settings)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            why = await _ask(session, store, settings.region)
            if why is None:
                return
            if time.monotonic() > until:
                raise StoreAway(f"the bucket {settings.bucket} could not be made: {why}")
            log.info("store not ready", why=why)
            await asyncio.sleep(_PAUSE_SECONDS)


async def _ask(session: aiohttp.ClientSession, store: Store, region: str) -> str | None:
    """Why there is no bucket yet; None if there is one."""
    url = await store.signed("PUT", "", timedelta(minutes=1))
    try:
        async with session.put(url, data=_body(region)) as answer:
            return None if answer.status in _THERE else f"it answers {answer.status}"
    except (aiohttp.ClientError, TimeoutError) as e:
        return type(e).__name__


def _body(region: str) -> bytes:
    if region == "us-east-1":  # the one region that must not be named
        return b""
    xmlns = "http://s3.amazonaws.com/doc/2006-03-01/"
    place = f"<LocationConstraint>{region}</LocationConstraint>"
    configuration = (
        f'<CreateBucketConfiguration xmlns="{xmlns}">{place}</CreateBucketConfiguration>'
    )
    return configuration.encode()
