"""How what is in a namespace that is deleted is let go."""

from typing import Any

import pytest

from crds.v1alpha1 import Channel, TranscodeJob
from operators.engine import Engine
from operators.kinds import JOB, OWNED_BY, POD, Kind
from operators.registry import WATCHES
from tests.unit.operators.channel.studio import STATION
from tests.unit.operators.paper import PaperCluster, engine_on, reconcile
from tests.unit.operators.titles import NOON, TITLE, wire

CHANNEL, TITLES = Kind.of(Channel), Kind.of(TranscodeJob)
LET_GO: list[dict[str, Any]] = [{"metadata": {"finalizers": []}}]


def swept(ended: str) -> tuple[PaperCluster, Engine]:
    """The namespace of a channel alone goes, and its sweep is made, and ends so."""
    cluster = PaperCluster(going=True)
    engine = engine_on(cluster)
    reconcile(engine, CHANNEL, STATION, going=True)
    (sweep,) = cluster.of_kind("Job")
    assert cluster.amended == []
    said = {"type": ended, "status": "True", "lastTransitionTime": wire(NOON)}
    meta = {**sweep["metadata"], "uid": "made-1", "resourceVersion": "10"}
    engine.cache.observe(JOB, {**sweep, "metadata": meta, "status": {"conditions": [said]}})
    reconcile(engine, CHANNEL, STATION, going=True)
    return cluster, engine


@pytest.mark.parametrize(("kind", "spec"), [(CHANNEL, STATION), (TITLES, TITLE)])
def test_what_goes_with_its_namespace_has_it_swept_from_where_the_platform_is(
    kind: Kind, spec: dict[str, Any]
) -> None:
    cluster = PaperCluster(going=True)
    reconcile(engine_on(cluster), kind, spec, going=True)
    (sweep,) = cluster.made
    assert sweep["metadata"]["namespace"] == "streamverse-system"
    (container,) = sweep["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["sweep", "--tenant", "demo"]
    assert cluster.amended == []


def test_a_channel_sweeps_nothing_while_a_pod_of_its_namespace_writes() -> None:
    cluster = PaperCluster(going=True)
    engine = engine_on(cluster)
    meta: dict[str, Any] = {"name": "p", "namespace": "demo", "uid": "p", "resourceVersion": "1"}
    meta["labels"] = {OWNED_BY: "TranscodeJob"}
    engine.cache.observe(POD, {"metadata": meta, "status": {"phase": "Running"}})
    reconcile(engine, CHANNEL, STATION, going=True)
    assert (cluster.made, cluster.amended) == ([], [])


def test_a_channel_is_let_go_once_its_namespace_is_swept() -> None:
    cluster, _ = swept("Complete")
    assert cluster.amended == LET_GO
    assert not cluster.of_kind("Event")


def test_a_channel_stays_for_no_store_that_does_not_answer_and_says_what_does() -> None:
    cluster, _ = swept("Failed")
    assert cluster.amended == LET_GO
    (event,) = cluster.of_kind("Event")
    assert (event["type"], event["reason"]) == ("Warning", "DvrLeft")
    assert event["note"] == (
        "namespace demo is going, and could not be swept: what channel one kept stays in the "
        "store; remove demo/live/one/ and demo/recordings/one-* there"
    )


def test_the_end_of_a_sweep_is_told_to_the_channels_of_the_namespace() -> None:
    cluster, engine = swept("Complete")
    (sweep,) = cluster.of_kind("Job")
    assert (CHANNEL.name, "demo", "one") in WATCHES["Job"].concerns(engine, sweep)
