"""The origin's key: read-only, registered with MinIO by whoever leads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from operators.mounted import text_of
from operators.tenant.accounts import Accounts
from operators.tenant.credential import Credential
from operators.tenant.keep import keep
from operators.tenant.policy import Account, origin_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from operators.cluster import Fence
    from operators.settings import Settings

_EVERY_SECONDS = 60.0


async def keep_origin_key(settings: Settings, fence: Fence) -> None:
    """Until cancelled. The chart makes the key; it works once this was here."""
    await keep(
        partial(_register, settings),
        settings,
        fence,
        every_seconds=_EVERY_SECONDS,
        otherwise="the origin's key is not registered",
    )


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
