"""What the watches have told so far, and what our own writes were answered: every read is here."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from typing import TYPE_CHECKING, Any

from operators.kinds import OWNER_UID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crds.v1alpha1.meta import Manifest
    from operators.kinds import Kind

Key = tuple[str, str, str]
"""Kind, namespace ("" if it has none), name."""

_REMEMBERED_DEAD = 10_000


def key_of(kind: Kind, manifest: Manifest) -> Key:
    meta = manifest["metadata"]
    return kind.name, meta.get("namespace", ""), meta["name"]


def version_of(manifest: Manifest) -> int:
    """Of two states of one object, the later has the greater (KEP-5504 makes this a promise)."""
    return int(manifest["metadata"]["resourceVersion"])


def _no_terms(_kind: Kind, _manifest: Manifest) -> Iterable[str]:
    return ()


class Cache:
    """The newest state seen of each object; never goes back in time, whatever order things come
    in, so that a reconcile reads its own writes before the watch has echoed them.
    """

    def __init__(self, terms: Callable[[Kind, Manifest], Iterable[str]] = _no_terms) -> None:
        """`terms` are the words, besides its owner's uid, that an object is looked up by."""
        self._terms = terms
        self._objects: dict[Key, Manifest] = {}
        self._kinds: dict[Key, Kind] = {}
        self._by_kind: defaultdict[str, set[Key]] = defaultdict(set)
        self._by_term: defaultdict[str, set[Key]] = defaultdict(set)
        self._dead: OrderedDict[str, None] = OrderedDict()

    def observe(self, kind: Kind, manifest: Manifest) -> bool:
        """Keep it if it is news; say whether it was."""
        key, uid = key_of(kind, manifest), manifest["metadata"]["uid"]
        known = self._objects.get(key)
        if uid in self._dead or (known and version_of(known) >= version_of(manifest)):
            return False
        self._drop(key)
        self._objects[key] = trimmed(kind, manifest)
        self._kinds[key] = kind
        self._by_kind[kind.name].add(key)
        for term in self._words(kind, manifest):
            self._by_term[term].add(key)
        return True

    def forget(self, kind: Kind, manifest: Manifest) -> None:
        """It is gone: what is still on its way here about it comes too late."""
        key, uid = key_of(kind, manifest), manifest["metadata"]["uid"]
        self._dead[uid] = None
        if len(self._dead) > _REMEMBERED_DEAD:
            self._dead.popitem(last=False)
        known = self._objects.get(key)
        if known is not None and known["metadata"]["uid"] == uid:
            self._drop(key)

    def get(self, kind: Kind, namespace: str, name: str) -> Manifest | None:
        return self._objects.get((kind.name, namespace, name))

    def all(self, kind: Kind) -> Iterator[Manifest]:
        return (self._objects[key] for key in tuple(self._by_kind[kind.name]))

    def keys(self, kind: Kind) -> frozenset[Key]:
        return frozenset(self._by_kind[kind.name])

    def under(self, kind: Kind, term: str) -> list[Manifest]:
        """Everything of a kind that this owner (by uid) controls or that is labelled as its own;
        or that has this among its terms.
        """
        return [
            self._objects[key] for key in sorted(self._by_term.get(term, ())) if key[0] == kind.name
        ]

    def __len__(self) -> int:
        return len(self._objects)

    def _drop(self, key: Key) -> None:
        known = self._objects.pop(key, None)
        if known is None:
            return
        self._by_kind[key[0]].discard(key)
        for term in self._words(self._kinds.pop(key), known):
            self._by_term[term].discard(key)
            if not self._by_term[term]:
                del self._by_term[term]

    def _words(self, kind: Kind, manifest: Manifest) -> set[str]:
        return _owners(manifest) | set(self._terms(kind, manifest))


def _owners(manifest: Manifest) -> set[str]:
    meta = manifest["metadata"]
    controllers = {ref["uid"] for ref in meta.get("ownerReferences", ()) if ref.get("controller")}
    labelled = meta.get("labels", {}).get(OWNER_UID)
    return controllers | ({labelled} if labelled else set())


def trimmed(kind: Kind, manifest: Manifest) -> Manifest:
    """Without what nobody here reads: of pods what they run, of Jobs all of it but the images."""
    meta = {key: value for key, value in manifest["metadata"].items() if key != "managedFields"}
    kept: dict[str, Any] = {**manifest, "metadata": meta}
    kept.setdefault("apiVersion", kind.api_version)
    kept.setdefault("kind", kind.name)
    if kind.name == "Pod":
        kept.pop("spec", None)
    elif kind.name == "Job":
        spec = manifest.get("spec", {})
        kept["spec"] = {key: value for key, value in spec.items() if key != "template"}
        containers = spec.get("template", {}).get("spec", {}).get("containers", ())
        images = [{"image": container.get("image", "")} for container in containers]
        kept["spec"]["template"] = {"spec": {"containers": images}}
    elif kind.name == "Deployment":
        spec = manifest.get("spec", {})
        kept["spec"] = {key: value for key, value in spec.items() if key != "template"}
    return kept
