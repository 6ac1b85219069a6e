"""What a key may do in the bucket, in the policy language of S3. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from operators.tenant.credential import Credential

Document = dict[str, Any]

_VERSION = "2012-10-17"
_WORK = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
)
_NO_ADMINISTRATION: Document = {"Effect": "Deny", "Action": ["admin:*"]}
"""MinIO lets a user change its own secret and make keys beneath itself, which would outlive a
rotation, unless that is denied in so many words."""


@dataclass(frozen=True)
class Account:
    """A user of the store as it should be."""

    credential: Credential
    policy: Document

    @property
    def family(self) -> str:
        """How the names of those before it begin: there is to be one of them."""
        return self.credential.access_key_id.rpartition(".")[0] + "."

    @property
    def policy_name(self) -> str:
        """Names this very secret and this very policy: whether a user is as it should be can be
        told from the policy that is attached to it. The secret has 256 bits, so 48 bits of a hash
        over it tell nobody anything.
        """
        whole = json.dumps([self.credential.secret_access_key, self.policy], sort_keys=True)
        digest = hashlib.sha256(whole.encode()).hexdigest()[:12]
        return f"{self.credential.access_key_id}-{digest}"


def tenant_policy(bucket: str, namespace: str) -> Document:
    """All work on the tenant's own keys, and nothing else. A namespace is a DNS label: there is no
    wildcard in it, and the slash keeps `film` out of `films`.
    """
    own = f"{namespace}/*"
    return _policy(
        _allow(_WORK, f"{bucket}/{own}"),
        {
            **_allow(("s3:ListBucket",), bucket),
            "Condition": {"StringLike": {"s3:prefix": [own]}},
        },
    )


def origin_policy(bucket: str) -> Document:
    """To read what is published, of all tenants, but not the mezzanines it was made from. Of what
    channels recorded only the files: one may be called `recordings`, and its segments are read. No
    channel, and nothing in a ladder, may be called `uploads` (crds/v1alpha1/rules.py).
    """
    mezzanines = (
        f"{bucket}/*/uploads/*",
        f"{bucket}/*/recordings/*.mp4",
        f"{bucket}/*/titles/*/source",
    )
    return _policy(
        _allow(("s3:GetObject",), f"{bucket}/*"),
        _allow(("s3:ListBucket",), bucket),
        {**_allow(("s3:GetObject",), *mezzanines), "Effect": "Deny"},
    )


def _policy(*statements: Document) -> Document:
    return {"Version": _VERSION, "Statement": [*statements, _NO_ADMINISTRATION]}


def _allow(actions: tuple[str, ...], *resources: str) -> Document:
    return {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": [f"arn:aws:s3:::{resource}" for resource in resources],
    }
