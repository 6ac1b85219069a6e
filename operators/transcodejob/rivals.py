"""Who of several jobs begins, where they would publish under one name. Pure.

This keeps people from working for nothing. Who has the name in the end the store decides, by rank:
see media_runtime/title/name.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from operators.kinds import FINALIZER
from operators.reconcile import has_condition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crds.v1alpha1.meta import Manifest


def rival_of(job: Manifest, namesakes: Iterable[Manifest]) -> str | None:
    """The job that goes first: one that has begun, else the older. An asset's own jobs follow one
    another in peace.
    """
    for other in namesakes:
        kin = controllers(job) & controllers(other)
        if not kin and _may_hold(other) and _seniority(other) < _seniority(job):
            return str(other["metadata"]["name"])
    return None


def controllers(manifest: Manifest) -> set[str]:
    refs = manifest["metadata"].get("ownerReferences", ())
    return {ref["uid"] for ref in refs if ref.get("controller")}


def _may_hold(job: Manifest) -> bool:
    """The name, now or later."""
    if has_condition(job, "Failed"):
        return False
    return has_condition(job, "Published") or not has_condition(job, "Complete")


def _seniority(job: Manifest) -> tuple[bool, str, str]:
    meta = job["metadata"]
    waits = FINALIZER not in meta.get("finalizers", ())
    return waits, meta["creationTimestamp"], meta["uid"]
