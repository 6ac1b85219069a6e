"""The origin's key: read-only, registered with MinIO by whoever leads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from operators.failures import StoreAway
from operators.mounted import text_of
from operators.settings import StoreKeys
from operators.tenant.accounts import Accounts
from operators.tenant.credential import Credential
from operators.tenant.policy import Account, origin_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from operators.cluster import Fence
    from operators.settings import Settings

_SOON_SECONDS = 2.0
"""A store that is still starting; or another replica leads."""
_LATER_SECONDS = 60.0

log = structlog.get_logger()


async def keep_origin_key(settings: Settings, fence: Fence) -> None:
    """Until cancelled. The chart makes the key; it works once this was here."""
    while True:
        pause = _SOON_SECONDS
        if fence.seconds_left() > 0 and settings.store_keys is StoreKeys.MINIO:
            try:
                await _register(settings)
                pause = _LATER_SECONDS
            except StoreAway as e:
                log.warning("the origin's key is not registered", why=str(e))
        await asyncio.sleep(pause)


async def _register(settings: Settings) -> None:
    wanted = text_of(settings.origin_folder)
    if wanted:
        await Accounts.of(text_of(settings.store_folder)).ensure(_account(wanted))


def _account(wanted: Mapping[str, str]) -> Account:
    return Account(
        Credential(
            wanted["STREAMVERSE_STORE_ACCESS_KEY_ID"], wanted["STREAMVERSE_STORE_SECRET_ACCESS_KEY"]
        ),
        origin_policy(wanted["STREAMVERSE_STORE_BUCKET"]),
    )
