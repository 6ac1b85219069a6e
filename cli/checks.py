"""What `streamverse doctor` thinks of an installation: one small judgement each. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from crds.v1alpha1.meta import VERSION, Manifest

from .endpoints import NOT_INSTALLED, SYSTEM

LEASE_IS_LATE = timedelta(seconds=30)
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"


class Level(StrEnum):
    WELL = "well"
    WARNING = "warning"
    UNWELL = "unwell"


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's: what was looked at, how it is, and what to do if it is not well."""

    about: str
    level: Level
    message: str
    advice: str = ""


@dataclass(frozen=True)
class Observation:
    """What was seen, all at one moment. An absent thing is None; an empty list is an empty list."""

    now: datetime
    version: str
    nodes: Sequence[Manifest] = ()
    crds: Mapping[str, Manifest | None] = field(default_factory=dict)
    """By name; None where the cluster has no such kind."""
    storage_classes: Sequence[Manifest] = ()
    operator: Manifest | None = None
    lease: Manifest | None = None
    origin: Manifest | None = None
    contribution: Manifest | None = None
    contribution_wanted: bool = False
    """Addresses for encoders are told, so somebody should answer there."""
    contribution_problem: str = ""
    """Why the address of RTMP could not be connected to; empty if it could."""
    origin_problem: str = ""
    """Why the origin's /readyz did not say yes; empty if it did."""
    store_problem: str = ""
    objects: Sequence[Manifest] = ()
    """All of our kinds, of all tenants."""


def well(about: str, message: str) -> Finding:
    return Finding(about, Level.WELL, message)


def unwell(about: str, message: str, advice: str) -> Finding:
    return Finding(about, Level.UNWELL, message, advice)


def condition(manifest: Manifest, type_: str) -> Mapping[str, str]:
    """The object's condition of that type; empty if it reports none."""
    found: Sequence[Mapping[str, str]] = (manifest.get("status") or {}).get("conditions") or ()
    return next((c for c in found if c["type"] == type_), {})


def nodes(seen: Observation) -> Finding:
    lame = [
        n["metadata"]["name"] for n in seen.nodes if condition(n, "Ready").get("status") != "True"
    ]
    if lame:
        return unwell(
            "nodes",
            f"not ready: {', '.join(lame)}",
            "`streamverse cluster up` repairs the local cluster; else see `kubectl describe node`",
        )
    return well("nodes", f"{len(seen.nodes)} ready, Kubernetes {seen.version}")


def kinds(seen: Observation) -> Finding:
    absent = [name for name, crd in seen.crds.items() if crd is None]
    if absent:
        return unwell("kinds", f"not known to the cluster: {', '.join(absent)}", NOT_INSTALLED)
    stale = [
        name
        for name, crd in seen.crds.items()
        if crd is not None
        and not any(v["name"] == VERSION and v["served"] for v in crd["spec"]["versions"])
    ]
    if stale:
        return unwell(
            "kinds",
            f"{VERSION} is not served for {', '.join(stale)}",
            "the chart and this command are of different versions: upgrade the older one",
        )
    unborn = [
        name
        for name, crd in seen.crds.items()
        if crd is not None and condition(crd, "Established").get("status") != "True"
    ]
    if unborn:
        return unwell(
            "kinds", f"not established: {', '.join(unborn)}", "see `kubectl describe crd`"
        )
    return well("kinds", f"{len(seen.crds)} of {VERSION} served")


def storage(seen: Observation) -> Finding:
    default = [
        c["metadata"]["name"]
        for c in seen.storage_classes
        if (c["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"
    ]
    if len(default) == 1:
        return well("storage class", f"{default[0]} is the default")
    if default:
        return Finding(
            "storage class",
            Level.WARNING,
            f"several are the default: {', '.join(default)}",
            f"take the annotation {DEFAULT_CLASS} off all but one",
        )
    return Finding(
        "storage class",
        Level.WARNING,
        "none is the default",
        "set store.persistence.storageClass in the chart's values, or mark one as the default",
    )


def replicas(about: str, workload: Manifest | None) -> Finding:
    """Whether a Deployment has all the replicas that it should."""
    if workload is None:
        return unwell(about, f"there is none in {SYSTEM}", NOT_INSTALLED)
    wanted = workload["spec"].get("replicas", 1)
    ready = (workload.get("status") or {}).get("readyReplicas", 0)
    message = f"{ready} of {wanted} replicas ready"
    if ready == 0:
        name = workload["metadata"]["name"]
        return unwell(about, message, f"see `kubectl -n {SYSTEM} describe pods`, first {name}'s")
    if ready < wanted:
        return Finding(about, Level.WARNING, message, f"see `kubectl -n {SYSTEM} get pods`")
    return well(about, message)


def operator(seen: Observation) -> Finding:
    return replicas("operator", seen.operator)


def leader(seen: Observation) -> Finding:
    spec = (seen.lease or {}).get("spec") or {}
    holder, renewed = spec.get("holderIdentity"), spec.get("renewTime")
    advice = f"see `kubectl -n {SYSTEM} logs deploy/streamverse-operator`"
    if not holder or not renewed:
        return unwell("leader", "no operator leads: nothing is reconciled", advice)
    age = seen.now - datetime.fromisoformat(renewed).astimezone(UTC)
    if age > LEASE_IS_LATE:
        return unwell("leader", f"{holder} last renewed {age.total_seconds():.0f} s ago", advice)
    return well("leader", f"{holder}, renewed {max(age.total_seconds(), 0):.0f} s ago")


def origin(seen: Observation) -> Finding:
    found = replicas("origin", seen.origin)
    if found.level is not Level.UNWELL and seen.origin_problem:
        return unwell(
            "origin",
            seen.origin_problem,
            "check that this machine reaches originUrl of the ConfigMap streamverse-endpoints",
        )
    return found


def contribution(seen: Observation) -> Finding:
    if not seen.contribution_wanted:
        return well("contribution", "not installed: no encoder can publish")
    found = replicas("contribution", seen.contribution)
    if found.level is not Level.UNWELL and seen.contribution_problem:
        return unwell(
            "contribution",
            seen.contribution_problem,
            "check that this machine reaches rtmpUrl of the ConfigMap streamverse-endpoints",
        )
    return found


def store(seen: Observation) -> Finding:
    if seen.store_problem:
        return unwell(
            "store", seen.store_problem, f"see `kubectl -n {SYSTEM} get statefulset,pvc,pods`"
        )
    return well("store", "answers, and the bucket is there")


def objects(seen: Observation) -> Finding:
    failed = [o for o in seen.objects if condition(o, "Stalled").get("status") == "True"]
    if not failed:
        return well("objects", f"{len(seen.objects)}, none stalled")
    first = failed[0]
    name = f"{first['kind'].lower()}/{first['metadata']['name']}"
    where = first["metadata"].get("namespace")
    tenant = f" -n {where}" if where else ""
    reason = condition(first, "Stalled").get("reason", "")
    return Finding(
        "objects",
        Level.WARNING,
        f"{len(failed)} of {len(seen.objects)} stalled; the first is {name} ({reason})",
        f"`streamverse status {name}{tenant}` says why and what to do",
    )


CHECKS: tuple[Callable[[Observation], Finding], ...] = (
    nodes,
    kinds,
    storage,
    operator,
    leader,
    origin,
    contribution,
    store,
    objects,
)


def diagnose(seen: Observation) -> list[Finding]:
    return [check(seen) for check in CHECKS]
