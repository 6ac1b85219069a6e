"""The kinds a person may name on the command line, and where the API server keeps them. Pure."""

from dataclasses import dataclass
from typing import Any

from crds.v1alpha1 import Channel, EncodingProfile, MediaAsset, TranscodeJob
from crds.v1alpha1.meta import GROUP, VERSION, Resource

from .exits import Exit, Stop


@dataclass(frozen=True)
class Place:
    """Where objects of one kind live."""

    kind: str
    plural: str
    group: str = GROUP
    version: str = VERSION
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None = None, name: str | None = None) -> str:
        """The URL path of one object, or of a list: of a namespace's, or of all of them."""
        root = f"/apis/{self.group}/{self.version}" if self.group else f"/api/{self.version}"
        within = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{root}{within}/{self.plural}" + (f"/{name}" if name else "")


def _place(kind: type[Resource[Any, Any]]) -> Place:
    return Place(kind.kind, kind.plural, namespaced=kind.namespaced)


MEDIA_ASSET = _place(MediaAsset)
TRANSCODE_JOB = _place(TranscodeJob)
ENCODING_PROFILE = _place(EncodingProfile)
CHANNEL = _place(Channel)
MODELS: dict[Place, type[Resource[Any, Any]]] = {
    CHANNEL: Channel,
    MEDIA_ASSET: MediaAsset,
    TRANSCODE_JOB: TranscodeJob,
    ENCODING_PROFILE: EncodingProfile,
}
"""Our kinds, in the order that people are shown them."""
OURS = tuple(MODELS)

CONFIG_MAP = Place("ConfigMap", "configmaps", "", "v1")
SECRET = Place("Secret", "secrets", "", "v1")
NAMESPACE = Place("Namespace", "namespaces", "", "v1", namespaced=False)
NODE = Place("Node", "nodes", "", "v1", namespaced=False)
POD = Place("Pod", "pods", "", "v1")
EVENT = Place("Event", "events", "", "v1")
CLAIM = Place("PersistentVolumeClaim", "persistentvolumeclaims", "", "v1")
JOB = Place("Job", "jobs", "batch", "v1")
DEPLOYMENT = Place("Deployment", "deployments", "apps", "v1")
STATEFUL_SET = Place("StatefulSet", "statefulsets", "apps", "v1")
LEASE = Place("Lease", "leases", "coordination.k8s.io", "v1")
STORAGE_CLASS = Place("StorageClass", "storageclasses", "storage.k8s.io", "v1", namespaced=False)
CRD = Place(
    "CustomResourceDefinition",
    "customresourcedefinitions",
    "apiextensions.k8s.io",
    "v1",
    namespaced=False,
)

PLACES = (
    *OURS,
    CONFIG_MAP,
    SECRET,
    NAMESPACE,
    NODE,
    POD,
    EVENT,
    CLAIM,
    JOB,
    DEPLOYMENT,
    STATEFUL_SET,
    LEASE,
    STORAGE_CLASS,
    CRD,
)

_SPOKEN = {
    word: place
    for place, model in MODELS.items()
    for word in (model.short_name, *model.also_short, place.plural, place.kind.lower())
}


def place_of(kind: str) -> Place:
    """The place of a kind that a manifest names. Raises Stop for one the command cannot apply."""
    for place in PLACES:
        if place.kind == kind:
            return place
    raise Stop(Exit.USAGE, f"the kind {kind} is not one that this command knows")


@dataclass(frozen=True)
class Target:
    """One object that was named as KIND/NAME."""

    place: Place
    name: str

    def __str__(self) -> str:
        return f"{self.place.kind.lower()}/{self.name}"


def target(text: str) -> Target:
    """Read "mediaasset/film", "ma/film" or "mediaassets.streamverse.io/film"."""
    kind, slash, name = text.partition("/")
    place = _SPOKEN.get(kind.lower().removesuffix(f".{GROUP}"))
    if not slash or not name or place is None:
        raise Stop(
            Exit.USAGE,
            f"“{text}” names no object",
            "write KIND/NAME, as mediaasset/film or tj/film; the kinds are "
            + ", ".join(p.kind.lower() for p in OURS),
        )
    return Target(place, name)
