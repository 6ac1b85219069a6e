"""Makes the bucket. The store's client cannot, so this one request is signed here."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import structlog

from .objects import StoreAway

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            why = await _ask(session, settings)
            if why is None:
                return
            if time.monotonic() > until:
                raise StoreAway(f"the bucket {settings.bucket} could not be made: {why}")
            log.info("store not ready", why=why)
            await asyncio.sleep(_PAUSE_SECONDS)


async def _ask(session: aiohttp.ClientSession, settings: StoreSettings) -> str | None:
    """Why there is no bucket yet; None if there is one."""
    body = _body(settings.region)
    url = f"{settings.endpoint.rstrip('/')}/{settings.bucket}"
    headers = signed(settings, "PUT", url, body, datetime.now(UTC))
    try:
        async with session.put(url, data=body, headers=headers) as answer:
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


def signed(
    settings: StoreSettings, verb: str, url: str, body: bytes, now: datetime
) -> Mapping[str, str]:
    """The headers of AWS Signature Version 4 for S3. Pure."""
    parts = urlsplit(url)
    day, moment = f"{now:%Y%m%d}", f"{now:%Y%m%dT%H%M%SZ}"
    digest = hashlib.sha256(body).hexdigest()
    names = "host;x-amz-content-sha256;x-amz-date"
    canonical = (
        f"{verb}\n{parts.path}\n{parts.query}\n"
        f"host:{parts.netloc}\nx-amz-content-sha256:{digest}\nx-amz-date:{moment}\n\n"
        f"{names}\n{digest}"
    )
    scope = f"{day}/{settings.region}/s3/aws4_request"
    to_sign = (
        f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    )
    key = f"AWS4{settings.secret_access_key}".encode()
    for part in (day, settings.region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    credential = f"{settings.access_key_id}/{scope}"
    return {
        "Authorization": (
            f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names},"
            f" Signature={signature}"
        ),
        "x-amz-content-sha256": digest,
        "x-amz-date": moment,
    }
