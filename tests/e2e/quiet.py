"""What the operator might write to and has no reason to: what is finished in the demo."""

from datetime import datetime, timedelta

from cli.demo.install import TENANT
from cli.kinds import ENCODING_PROFILE, JOB, MEDIA_ASSET, TRANSCODE_JOB
from crds.v1alpha1.meta import Manifest
from tests.e2e.platform import Platform

LONGEST = timedelta(minutes=10)
"""Of what is watched here."""
QUIET = (MEDIA_ASSET, TRANSCODE_JOB, ENCODING_PROFILE, JOB)


def versions(platform: Platform, *, since: datetime) -> dict[str, str]:
    """The resourceVersion of every object of the demo that the operator might write to."""
    return {
        f"{place.kind} {m['metadata'].get('namespace', '')}/{m['metadata']['name']}": m["metadata"][
            "resourceVersion"
        ]
        for place in QUIET
        for m in platform.all_of(place, TENANT)
        if not expires(m, since)
    }


def expires(manifest: Manifest, since: datetime) -> bool:
    """A finished Job that Kubernetes itself removes while we watch, its time to live being over."""
    done = manifest.get("status", {}).get("completionTime")
    lives = manifest["spec"].get("ttlSecondsAfterFinished")
    if manifest["kind"] != JOB.kind or not done or lives is None:
        return False
    return datetime.fromisoformat(done) + timedelta(seconds=lives) < since + LONGEST


def unchanged(platform: Platform, before: dict[str, str], *, since: datetime) -> None:
    """Nothing was written to what there was, and there is nothing new."""
    assert before, "there is nothing that could be written to"
    # A profile is nobody's: somebody else on the cluster may bring one.
    seen = versions(platform, since=since)
    now = {k: v for k, v in seen.items() if k in before or "Profile" not in k}
    assert now == before, {k: (before.get(k), v) for k, v in now.items() if before.get(k) != v}
