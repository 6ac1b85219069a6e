"""With which Secrets the pods that the operators make fetch their image."""

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from crds.v1alpha1 import Channel, EncodingProfile, TranscodeJob
from operators.engine import Engine
from operators.kinds import NAMESPACE, SECRET, Kind
from operators.registry import WATCHES
from operators.settings import Settings, StoreKeys
from tests.unit.operators.channel.studio import ladder, news
from tests.unit.operators.titles import LADDER, NOON, SOURCE, wire

if TYPE_CHECKING:
    from crds.v1alpha1.meta import Manifest
    from operators.cluster import Cluster

GOING = {"deletionTimestamp": wire(NOON), "finalizers": ["streamverse.io/retire"]}


class PaperCluster:
    """Takes every write, and remembers what was made. A namespace is there, with its key; one that
    is `going` takes nothing new.
    """

    def __init__(self, *, going: bool = False) -> None:
        self.made: list[Manifest] = []
        self._going = {"deletionTimestamp": wire(NOON)} if going else {}

    async def get(self, kind: Kind, _: str | None, name: str) -> "Manifest":
        if kind is SECRET and not self._going:
            ours = ("STREAMVERSE_STORE_ACCESS_KEY_ID", "STREAMVERSE_STORE_SECRET_ACCESS_KEY")
            return {"metadata": {"name": name}, "data": dict.fromkeys(ours, "")}
        assert kind in {NAMESPACE, SECRET}
        return {"metadata": {"name": name, "uid": "n1", **self._going}}

    async def create(self, _: Kind, manifest: "Manifest") -> "Manifest":
        self.made.append(manifest)
        uid = f"made-{len(self.made)}"
        return {**manifest, "metadata": {**manifest["metadata"], "uid": uid, "resourceVersion": 9}}

    async def amend(self, _: Kind, seen: "Manifest", __: object) -> "Manifest":
        return seen

    async def publish(self, _: Kind, seen: "Manifest", __: object) -> "Manifest":
        return seen


def pod_of(kind: Kind, spec: dict[str, Any], *, going: bool) -> "Manifest":
    """What is made for this object runs this."""
    cluster = PaperCluster(going=going)
    settings = Settings(media_image="media:1", store_keys=StoreKeys.GIVEN)
    engine = Engine(settings, cast("Cluster", cluster), WATCHES)
    profile = ladder().model_dump(mode="json", by_alias=True, exclude_none=True)
    profile["metadata"]["resourceVersion"] = "1"
    engine.cache.observe(Kind.of(EncodingProfile), profile)
    meta = {"name": "one", "namespace": "demo", "uid": "u1", "generation": 1}
    meta |= {"resourceVersion": "1", **(GOING if going else {})}
    engine.cache.observe(kind, {"metadata": meta, "spec": spec})
    reconcile = WATCHES[kind.name].reconcile
    assert reconcile is not None

    async def play() -> None:
        await reconcile(engine, "demo", "one")

    asyncio.run(play())
    (found,) = [m["spec"]["template"]["spec"] for m in cluster.made if "template" in m["spec"]]
    return cast("Manifest", found)


TITLE = {"input": {"uri": SOURCE}, "profile": LADDER.model_dump(mode="json", by_alias=True)}
STATION = news().spec.model_dump(mode="json", by_alias=True, exclude_none=True)

every_pod = pytest.mark.parametrize(
    ("kind", "spec", "going"),
    [
        (Kind.of(TranscodeJob), TITLE, False),
        (Kind.of(TranscodeJob), TITLE, True),
        (Kind.of(Channel), STATION, False),
    ],
    ids=["step", "sweep", "channel"],
)


@every_pod
def test_every_pod_fetches_its_image_with_the_secrets_that_the_operator_is_told(
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
    spec: dict[str, Any],
    going: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setenv("STREAMVERSE_IMAGE_PULL_SECRETS", "registry, mirror")
    told = pod_of(kind, spec, going=going)["imagePullSecrets"]
    assert told == [{"name": "registry"}, {"name": "mirror"}]


@every_pod
def test_without_such_secrets_a_pod_is_spelled_as_ever(
    kind: Kind,
    spec: dict[str, Any],
    going: bool,  # noqa: FBT001
) -> None:
    assert "imagePullSecrets" not in pod_of(kind, spec, going=going)
