"""The kinds that the operators watch or write, and where the API server keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crds.v1alpha1.meta import GROUP, VERSION, Resource

TENANT = f"{GROUP}/tenant"
"""On a namespace, "true": it gets a key to the store before anything runs in it."""
OWNED_BY = f"{GROUP}/owned-by"
"""On every child, the kind of its owner: one watch finds them all."""
OWNER = f"{GROUP}/owner"
"""On every child, the name of its owner: a change of the child asks for the owner."""
OWNER_UID = f"{GROUP}/owner-uid"
"""On every child: whose it was, also where no owner reference may say so."""

FINALIZER = f"{GROUP}/retire"
"""On a job from before its first pod until what it wrote is removed."""
EDITION = f"{GROUP}/edition"
"""On an asset's TranscodeJob: its first, second, third encode. Two may be made in one second."""


WORK = f"{GROUP}/work"
"""On a child that lives for long: names what it does, so that it is replaced when that changes."""


@dataclass(frozen=True)
class Kind:
    group: str
    version: str
    plural: str
    name: str
    namespaced: bool = True
    selector: str = ""
    """Only objects with these labels are watched."""

    @classmethod
    def of(cls, model: type[Resource[Any, Any]]) -> Kind:
        return cls(GROUP, VERSION, model.plural, model.kind, model.namespaced)

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None = None, name: str = "", sub: str = "") -> str:
        """As in "Resource URIs" of the Kubernetes API concepts."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        within = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return root + within + "".join(f"/{part}" for part in (self.plural, name, sub) if part)


JOB = Kind("batch", "v1", "jobs", "Job", selector=OWNED_BY)
POD = Kind("", "v1", "pods", "Pod", selector=OWNED_BY)
DEPLOYMENT = Kind("apps", "v1", "deployments", "Deployment", selector=OWNED_BY)
SERVICE = Kind("", "v1", "services", "Service", selector=OWNED_BY)
NAMESPACE = Kind("", "v1", "namespaces", "Namespace", namespaced=False, selector=f"{TENANT}=true")
SECRET = Kind("", "v1", "secrets", "Secret")
LEASE = Kind("coordination.k8s.io", "v1", "leases", "Lease")
EVENT = Kind("events.k8s.io", "v1", "events", "Event")
