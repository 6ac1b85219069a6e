"""With which Secrets the pods that the operators make fetch their image."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from crds.v1alpha1 import Channel, TranscodeJob
from operators.kinds import Kind
from tests.unit.operators.channel.studio import STATION
from tests.unit.operators.paper import PaperCluster, engine_on, reconcile
from tests.unit.operators.titles import TITLE

if TYPE_CHECKING:
    from crds.v1alpha1.meta import Manifest


def pod_of(kind: Kind, spec: dict[str, Any], *, going: bool) -> "Manifest":
    """What is made for this object runs this."""
    cluster = PaperCluster(going=going)
    reconcile(engine_on(cluster), kind, spec, going=going)
    (found,) = [m["spec"]["template"]["spec"] for m in cluster.made if "template" in m["spec"]]
    return cast("Manifest", found)


every_pod = pytest.mark.parametrize(
    ("kind", "spec", "going"),
    [
        (Kind.of(TranscodeJob), TITLE, False),
        (Kind.of(TranscodeJob), TITLE, True),
        (Kind.of(Channel), STATION, False),
        (Kind.of(Channel), STATION, True),
    ],
    ids=["step", "sweep", "channel", "sweep of a channel"],
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
