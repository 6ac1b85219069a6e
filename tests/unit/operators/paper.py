"""A cluster on paper: it takes every write, and remembers it."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from crds.v1alpha1 import EncodingProfile
from operators.engine import Engine
from operators.failures import NotFound
from operators.kinds import FINALIZER, NAMESPACE, SECRET, Kind
from operators.registry import WATCHES
from operators.settings import Settings, StoreKeys
from tests.unit.operators.channel.studio import ladder
from tests.unit.operators.titles import NOON, wire

if TYPE_CHECKING:
    from crds.v1alpha1.meta import Manifest
    from operators.cluster import Cluster

_KEY = ("STREAMVERSE_STORE_ACCESS_KEY_ID", "STREAMVERSE_STORE_SECRET_ACCESS_KEY")


class PaperCluster:
    """Of one namespace, that has its key to the store unless it is `going`."""

    def __init__(self, *, going: bool = False) -> None:
        self.made: list[Manifest] = []
        self.amended: list[Mapping[str, Any]] = []
        self._going = going

    def of_kind(self, kind: str) -> "list[Manifest]":
        return [one for one in self.made if one["kind"] == kind]

    async def get(self, kind: Kind, _: str | None, name: str) -> "Manifest":
        if kind is SECRET and self._going:
            raise NotFound("get", kind.name, name, "its namespace is going")
        if kind is SECRET:
            return {"metadata": {"name": name}, "data": dict.fromkeys(_KEY, "")}
        assert kind is NAMESPACE
        return {"metadata": {"name": name, "uid": "n1", **ended(going=self._going)}}

    async def create(self, _: Kind, manifest: "Manifest") -> "Manifest":
        self.made.append(manifest)
        fresh = {"uid": f"made-{len(self.made)}", "resourceVersion": "9"}
        return {**manifest, "metadata": {**manifest["metadata"], **fresh}}

    async def amend(self, _: Kind, seen: "Manifest", changes: Mapping[str, Any], /) -> "Manifest":
        self.amended.append(changes)
        return seen

    async def publish(self, _: Kind, seen: "Manifest", __: object) -> "Manifest":
        return seen


def ended(*, going: bool) -> dict[str, str]:
    return {"deletionTimestamp": wire(NOON)} if going else {}


def engine_on(cluster: PaperCluster) -> Engine:
    """It knows an EncodingProfile named `small`."""
    settings = Settings(media_image="media:1", store_keys=StoreKeys.GIVEN)
    engine = Engine(settings, cast("Cluster", cluster), WATCHES)
    profile = ladder().model_dump(mode="json", by_alias=True, exclude_none=True)
    profile["metadata"]["resourceVersion"] = "1"
    engine.cache.observe(Kind.of(EncodingProfile), profile)
    return engine


def reconcile(engine: Engine, kind: Kind, spec: dict[str, Any], *, going: bool) -> None:
    """Of an object `one` in the namespace `demo`; going: it was deleted, long ago."""
    meta: dict[str, Any] = {"name": "one", "namespace": "demo", "uid": "u1", "generation": 1}
    meta |= {"resourceVersion": "1", "finalizers": [FINALIZER] if going else []}
    engine.cache.observe(kind, {"metadata": meta | ended(going=going), "spec": spec})
    act = WATCHES[kind.name].reconcile
    assert act is not None

    async def play() -> None:
        await act(engine, "demo", "one")

    asyncio.run(play())
