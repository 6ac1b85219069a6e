"""Which images of earlier checkouts may go. Pure."""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from .recipes import REGISTRY

KEPT = 2
"""Earlier generations of an image that stay, so that a release can be rolled back."""
_REFERENCE = re.compile(rf"{re.escape(REGISTRY)}/[a-z-]+:[0-9a-f]{{12}}")
_ENDED = {"Complete", "Failed"}


def superseded(
    there: Sequence[str], *, current: Collection[str], used: Collection[str]
) -> list[str]:
    """Those of the references, the oldest first, that nobody needs any more.

    What is not an image of ours, or one of which no current reference is given, is not judged.
    """
    gone: list[str] = []
    for name in sorted({_name(reference) for reference in current}):
        earlier = [
            reference
            for reference in there
            if _REFERENCE.fullmatch(reference)
            and _name(reference) == name
            and reference not in current
        ]
        gone += [reference for reference in earlier[:-KEPT] if reference not in used]
    return gone


def by_age(there: Collection[str], built: Sequence[str]) -> list[str]:
    """The references in the order in which they were built; those that it lacks came before."""
    known = set(built)
    return [*sorted(r for r in there if r not in known), *(r for r in built if r in there)]


def mentioned(objects: Iterable[Mapping[str, Any]]) -> set[str]:
    """Our images in objects that may still start a pod, be it as the value of a setting."""
    living = [found for found in objects if not _ended(found)]
    return set(_REFERENCE.findall(json.dumps(living)))


def _ended(found: Mapping[str, Any]) -> bool:
    status = found.get("status", {})
    if status.get("phase") in {"Succeeded", "Failed"}:
        return True
    conditions = status.get("conditions") or ()
    job = found.get("kind") == "Job"
    return job and any(c["type"] in _ENDED and c["status"] == "True" for c in conditions)


def _name(reference: str) -> str:
    return reference.rpartition(":")[0]
