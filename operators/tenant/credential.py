"""A tenant's key: derived whenever it is needed, so that there is nothing to keep. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

_NAME, _SECRET = b"streamverse/tenant/name/1", b"streamverse/tenant/secret/1"
"""What the platform's key is used for; no two uses begin alike."""
_SHORTEST_KEY = 32
_TENANT = "tenant."


class WeakKey(Exception):  # noqa: N818 - reads as what it is
    """The platform's key is too short to derive secrets from."""


@dataclass(frozen=True)
class Credential:
    access_key_id: str
    secret_access_key: str = field(repr=False)


def family(namespace: str) -> str:
    """How every key of a tenant's begins, those that it had before as well. No other tenant's does:
    there is no dot in a namespace.
    """
    return f"{_TENANT}{namespace}."


def tenant_of(access_key_id: str) -> str | None:
    """Whose key is named so, if it is a tenant's."""
    if not access_key_id.startswith(_TENANT):
        return None
    return access_key_id.removeprefix(_TENANT).rpartition(".")[0] or None


def credential(platform_key: bytes, namespace: str, uid: str) -> Credential:
    """The same for ever for this very namespace: one that is made anew under its name gets another
    secret, and so does everybody when the platform's key is changed. The name changes with it, for
    what MinIO lends on a key (STS) lives as long as there is a user of that name.
    """
    if len(platform_key) < _SHORTEST_KEY:
        raise WeakKey(f"the key that tenants' are made of has under {_SHORTEST_KEY} bytes")
    whose = namespace.encode() + b"\0" + uid.encode()
    name, secret = (
        hmac.new(platform_key, use + b"\0" + whose, hashlib.sha256).digest()
        for use in (_NAME, _SECRET)
    )
    return Credential(
        family(namespace) + name.hex()[:8], base64.urlsafe_b64encode(secret).decode().rstrip("=")
    )
