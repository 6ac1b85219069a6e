"""Who leads: the decision, from what is in the Lease and when it was seen. Pure.

Clocks of different machines are never compared: a holder that has not renewed for a whole term of
*our* clock is gone, whatever times stand in the Lease (as in client-go's leader election).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from crds.v1alpha1.meta import Manifest

Move = Literal["create", "renew", "take", "wait"]


@dataclass(frozen=True)
class Sighting:
    """The Lease as it was last seen to change, and when by our monotonic clock."""

    lease: Manifest | None
    at: float

    def seen_again(self, lease: Manifest | None, now: float) -> Sighting:
        """The clock starts anew only when somebody has written the Lease."""
        if lease is None or self.lease is None:
            return Sighting(lease, now)
        same = lease["metadata"]["resourceVersion"] == self.lease["metadata"]["resourceVersion"]
        return self if same else Sighting(lease, now)


def move(me: str, seen: Sighting, now: float, term_seconds: float) -> Move:
    """What to do about the Lease."""
    if seen.lease is None:
        return "create"
    holder = seen.lease.get("spec", {}).get("holderIdentity", "")
    if holder == me:
        return "renew"
    if not holder or now - seen.at >= term_seconds:
        return "take"
    return "wait"


def held_by(
    me: str,
    *,
    name: str,
    namespace: str,
    before: Manifest | None,
    term_seconds: float,
    now: datetime,
) -> dict[str, Any]:
    """The Lease once `me` holds it; a change of hands counts one more transition: the term."""
    spec = before.get("spec", {}) if before else {}
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    mine = spec.get("holderIdentity") == me
    meta: dict[str, Any] = {"name": name, "namespace": namespace}
    if before:
        meta["resourceVersion"] = before["metadata"]["resourceVersion"]
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": meta,
        "spec": {
            "holderIdentity": me,
            "leaseDurationSeconds": round(term_seconds),
            "acquireTime": spec.get("acquireTime", stamp) if mine else stamp,
            "renewTime": stamp,
            "leaseTransitions": spec.get("leaseTransitions", 0) + (0 if mine or not before else 1),
        },
    }


def released(before: Manifest) -> dict[str, Any]:
    """The Lease with nobody holding it: the next replica need not wait for the term to end."""
    meta = {key: before["metadata"][key] for key in ("name", "namespace", "resourceVersion")}
    spec = {key: value for key, value in before["spec"].items() if key != "holderIdentity"}
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": meta,
        "spec": {**spec, "holderIdentity": "", "leaseDurationSeconds": 1},
    }
