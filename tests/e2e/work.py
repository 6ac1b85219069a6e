"""What was really done for a job: read from its pods' reports and from the store."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from cli.kinds import JOB, POD
from crds.v1alpha1.meta import Manifest
from crds.work import EncodeReport, Report
from tests.e2e.platform import Platform

REPORT: TypeAdapter[Report] = TypeAdapter(Report)
SWEPT_SECONDS = 120
"""The Job that removed the bytes goes by itself a minute after it ended."""


def reports(pods: Iterable[Manifest]) -> list[Report]:
    """What the pods said as they ended; those that were killed say nothing."""
    found = []
    for pod in pods:
        for container in (pod.get("status") or {}).get("containerStatuses") or ():
            ended = container.get("state", {}).get("terminated") or {}
            try:
                found.append(REPORT.validate_json(ended.get("message") or ""))
            except ValidationError:
                continue
    return found


def first_start(pods: Iterable[Manifest]) -> datetime:
    """When the first of them went to work; pods that ended stay as long as their Job."""
    starts = []
    for pod in pods:
        for container in (pod.get("status") or {}).get("containerStatuses") or ():
            ended = container.get("state", {}).get("terminated") or {}
            if ended.get("startedAt"):
                starts.append(datetime.fromisoformat(ended["startedAt"]))
    return min(starts)


def encoded_tasks(platform: Platform, namespace: str) -> Counter[str]:
    """How often each task of a tenant's pods was really encoded, and not found done."""
    done = [r for r in reports(platform.all_of(POD, namespace)) if isinstance(r, EncodeReport)]
    return Counter(r.task for r in done if not r.reused)


def jobs(platform: Platform, namespace: str) -> list[str]:
    """The names of a tenant's Jobs."""
    return sorted(j["metadata"]["name"] for j in platform.all_of(JOB, namespace))


def stored(platform: Platform, namespace: str) -> set[str]:
    """Every object of a tenant but for what people brought."""
    uploads = f"{namespace}/uploads/"
    return {n for n in platform.bucket.names(f"{namespace}/") if not n.startswith(uploads)}


def document(platform: Platform, key: str) -> dict[str, object]:
    return dict(json.loads(platform.bucket.read(key)))


def uncounted(platform: Platform, namespace: str, title: str) -> set[str]:
    """What lies in a tenant's part of the store besides uploads and what its one title counts on;
    and what of that was left half done.
    """
    refs = document(platform, f"{namespace}/titles/{title}/refs.json")
    counted = {title, *_texts(refs["media"]), *_texts(refs["images"])}

    def belongs(at: str) -> bool:
        _, folder, address, *rest = at.split("/")
        if folder in {"chunks", "images"}:
            return address in counted and rest[0] != "claims"
        return folder != "titles" or address in counted

    return {at for at in stored(platform, namespace) if not belongs(at)}


def _texts(found: object) -> list[str]:
    assert isinstance(found, list)
    return [str(text) for text in found]
