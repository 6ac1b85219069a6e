"""The one door to MinIO's admin API: users as they should be. Its client waits in threads."""

from __future__ import annotations

import asyncio
import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

import structlog
from minio import MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import MinioAdminException
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout

from operators.failures import StoreAway
from operators.tenant.credential import tenant_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from operators.tenant.policy import Account

_CONNECT_SECONDS = 3.0
_READ_SECONDS = 10.0
_NO_SUCH = "404"
_PREFIX = "STREAMVERSE_STORE_"

T = TypeVar("T")

log = structlog.get_logger()


@dataclass(frozen=True)
class Accounts:
    """Users of one MinIO. Every method raises StoreAway, in words that stay the same."""

    endpoint: str
    admin: MinioAdmin

    @classmethod
    def of(cls, store: Mapping[str, str]) -> Self:
        """By the platform's own key: the content of its Secret."""
        endpoint = store[f"{_PREFIX}ENDPOINT"]
        url = urlsplit(endpoint)
        admin = MinioAdmin(
            endpoint=url.netloc,
            credentials=StaticProvider(
                store[f"{_PREFIX}ACCESS_KEY_ID"], store[f"{_PREFIX}SECRET_ACCESS_KEY"]
            ),
            region=store[f"{_PREFIX}REGION"],
            secure=url.scheme == "https",
            http_client=PoolManager(
                timeout=Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS), retries=False
            ),
        )
        return cls(endpoint, admin)

    async def ensure(self, account: Account) -> None:
        """The user exists with this secret and this policy, and none of its family besides; one
        request where that is so.
        """
        name, policy = account.credential.access_key_id, account.policy_name
        found = await self._found(name)
        if found is not None and _fit(found, policy):
            return
        secret = account.credential.secret_access_key
        await self._ask("make", name, lambda: self.admin.policy_add(policy, policy=account.policy))
        await self._ask("make", name, lambda: self.admin.user_add(name, secret))
        # Last: what is attached says that all before it is done.
        await self._ask("make", name, lambda: self.admin.policy_set(policy, user=name))
        log.info("made a key to the store", user=name)
        if found is None:
            await self.revoke(account.family, all_but=name)
        else:
            await self._forget_policy(name, found)

    async def tenants(self) -> frozenset[str]:
        """Namespaces of which there is a key."""
        users = json.loads(await self._ask("list", "of tenants", self.admin.user_list))
        return frozenset(filter(None, map(tenant_of, users)))

    async def revoke(self, family: str, *, all_but: str = "") -> None:
        """Users whose names begin so are no more, nor what was lent on them, nor their policies."""
        users = json.loads(await self._ask("list", family, self.admin.user_list))
        for name, found in users.items():
            if name.startswith(family) and name != all_but:
                await self._ask("remove", name, functools.partial(self.admin.user_remove, name))
                await self._forget_policy(name, found)
                log.info("removed a key to the store", user=name)

    async def _forget_policy(self, name: str, found: Mapping[str, Any]) -> None:
        policy = str(found.get("policyName", ""))
        if policy.startswith(f"{name}-"):
            await self._ask("remove", name, lambda: self.admin.policy_remove(policy), absent="")

    async def _found(self, name: str) -> dict[str, Any] | None:
        said = await self._ask("look at", name, lambda: self.admin.user_info(name), absent="")
        return dict(json.loads(said)) if said else None

    async def _ask(
        self, verb: str, name: str, request: Callable[[], T], *, absent: T | None = None
    ) -> T:
        try:
            return await asyncio.to_thread(request)
        except MinioAdminException as e:
            status, body = e._code, e._body  # noqa: SLF001 - told nowhere else
            if status == _NO_SUCH and absent is not None:
                return absent
            why = f"{self.endpoint} answers {status} {_code(body)}".rstrip()
        except HTTPError:
            # Its own words name an object in memory: they would differ each time.
            why = f"{self.endpoint} does not answer"
        raise StoreAway(verb, "key", name, f"the store's admin API at {why}; it is tried again")


def _fit(found: Mapping[str, Any], policy: str) -> bool:
    return (found.get("policyName"), found.get("status")) == (policy, "enabled")


def _code(body: str) -> str:
    try:
        return str(json.loads(body).get("Code", ""))
    except (ValueError, AttributeError):
        return ""
