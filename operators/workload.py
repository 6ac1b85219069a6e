"""The pods that the operators make: one container of the media image, which may do nothing but its
work. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

STORE_SECRET = "streamverse-store"  # noqa: S105 - the name of a Secret
_USER = 65532


def media_pod(
    container: dict[str, Any],
    *,
    image: str,
    pull_policy: str,
    pull_secrets: Sequence[str],
    scratch_limit: str,
) -> dict[str, Any]:
    """The spec of a pod with this one container besides what all of them have.

    It meets the restricted Pod Security Standard: no root, no capabilities, no writing but to
    /scratch, and no token for the API server.
    """
    whole = {
        "name": "media",
        "image": image,
        "imagePullPolicy": pull_policy,
        "command": ["python", "-m", "media_runtime"],
        **container,
        "env": [
            *container.get("env", ()),
            {"name": "TMPDIR", "value": "/scratch"},
            {"name": "HOME", "value": "/scratch"},
        ],
        "envFrom": [{"secretRef": {"name": STORE_SECRET}}],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "scratch", "mountPath": "/scratch"},
            *container.get("volumeMounts", ()),
        ],
    }
    # Where none are named, no field: a pod is then spelled as it always was.
    fetched = {"imagePullSecrets": [{"name": name} for name in pull_secrets]}
    return {
        **(fetched if pull_secrets else {}),
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "fsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [whole],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": scratch_limit}}],
    }
