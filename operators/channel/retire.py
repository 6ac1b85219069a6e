"""What clears away after a deleted Channel. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crds.v1alpha1.meta import GROUP
from operators.canonical import digest8
from operators.channel.order import order
from operators.channel.pods import secured
from operators.kinds import JOB
from operators.reconcile import Child, Notice
from operators.transcodejob.order import NOTHING

if TYPE_CHECKING:
    from crds.v1alpha1 import Channel
    from crds.v1alpha1.meta import Manifest
    from operators.channel.platform import Platform

_TRIES = 4
_LONGEST_SECONDS = 3600
"""A day of four renditions is some 170,000 objects. What cannot be cleared away by then is left,
and that is told: a Channel must not stay for ever because a store does not answer."""


def is_over(job: Manifest) -> bool:
    """It is done, or given up."""
    return _has(job, "Complete") or is_given_up(job)


def is_given_up(job: Manifest) -> bool:
    return _has(job, "Failed")


def _has(job: Manifest, condition: str) -> bool:
    said: list[dict[str, Any]] = job.get("status", {}).get("conditions", [])
    return any(c["type"] == condition and c["status"] == "True" for c in said)


def job_name(channel: Channel) -> str:
    return f"channel-{channel.metadata.name[:36]}-retire-{digest8(channel.metadata.uid)}"


def retire_job(channel: Channel, platform: Platform) -> Child:
    """Removes `{tenant}/live/{channel}/{uid}/`; recordings lie elsewhere, and stay."""
    told = order(channel, NOTHING, None, platform)
    container = {
        "args": ["retire-channel"],
        "env": [{"name": "STREAMVERSE_CHANNEL", "value": told.model_dump_json(by_alias=True)}],
        "resources": {
            "requests": {"cpu": "50m", "memory": "128Mi"},
            "limits": {"memory": "1Gi"},
        },
    }
    labels = {"app.kubernetes.io/name": "streamverse-media", f"{GROUP}/step": "retire-channel"}
    manifest = {
        "apiVersion": JOB.api_version,
        "kind": JOB.name,
        "metadata": {"name": job_name(channel), "labels": labels},
        "spec": {
            "backoffLimit": _TRIES - 1,
            "activeDeadlineSeconds": _LONGEST_SECONDS,
            # Who deletes something looks whether anything is left.
            "ttlSecondsAfterFinished": 60,
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    **secured(container, platform.media_image, platform),
                    "restartPolicy": "Never",
                },
            },
        },
    }
    # Not owned: it outlives the Channel by a moment, and must not go before its work is done.
    return Child(JOB, manifest, follows={}, owned=False)


def left_behind(channel: Channel) -> Notice:
    meta = channel.metadata
    where = f"{meta.namespace}/live/{meta.name}/{meta.uid}/"
    said = (
        f"what channel {meta.name} kept could not be removed from the store; remove {where} there"
    )
    return Notice("Warning", "DvrLeft", said)
