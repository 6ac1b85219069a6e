from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cli import checks
from cli.checks import Level, Observation
from crds.v1alpha1.meta import Manifest

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)


BLANK = Observation(now=NOW, version="v1.34.4")


def crd(*, version: str = "v1alpha1", served: bool = True, established: str = "True") -> Manifest:
    return {
        "spec": {"versions": [{"name": version, "served": served}]},
        "status": {"conditions": [{"type": "Established", "status": established}]},
    }


def deployment(wanted: int, ready: int) -> Manifest:
    return {
        "metadata": {"name": "streamverse-operator"},
        "spec": {"replicas": wanted},
        "status": {"readyReplicas": ready},
    }


def lease(age: timedelta) -> Manifest:
    renewed = (NOW - age).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"spec": {"holderIdentity": "operator-a", "renewTime": renewed}}


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (crd(), Level.WELL),
        (None, Level.UNWELL),
        (crd(version="v1beta1"), Level.UNWELL),
        (crd(served=False), Level.UNWELL),
        (crd(established="False"), Level.UNWELL),
    ],
)
def test_a_kind_is_well_only_if_its_version_is_served(found: Manifest | None, level: Level) -> None:
    finding = checks.kinds(replace(BLANK, crds={"mediaassets.streamverse.io": found}))
    assert finding.level is level
    assert bool(finding.advice) is (level is not Level.WELL)


@pytest.mark.parametrize(
    ("ready", "level"), [(2, Level.WELL), (1, Level.WARNING), (0, Level.UNWELL)]
)
def test_a_lost_replica_is_a_warning_and_losing_all_is_not(ready: int, level: Level) -> None:
    assert checks.operator(replace(BLANK, operator=deployment(2, ready))).level is level


@pytest.mark.parametrize(
    ("wanted", "found", "problem", "level"),
    [
        (False, None, "", Level.WELL),
        (True, None, "", Level.UNWELL),
        (True, deployment(2, 2), "", Level.WELL),
        (True, deployment(2, 2), "rtmp://127.0.0.1:31935 does not answer", Level.UNWELL),
    ],
)
def test_encoders_find_somebody_where_they_are_told_to_publish(
    found: Manifest | None, problem: str, level: Level, *, wanted: bool
) -> None:
    seen = replace(
        BLANK, contribution=found, contribution_wanted=wanted, contribution_problem=problem
    )
    assert checks.contribution(seen).level is level


def test_an_operator_that_is_not_there_is_unwell() -> None:
    assert checks.operator(BLANK).level is Level.UNWELL


@pytest.mark.parametrize(
    ("held", "level"),
    [
        (lease(timedelta(seconds=3)), Level.WELL),
        (lease(timedelta(seconds=-1)), Level.WELL),
        (lease(timedelta(minutes=3)), Level.UNWELL),
        ({"spec": {}}, Level.UNWELL),
        (None, Level.UNWELL),
    ],
)
def test_a_leader_is_one_that_renewed_its_lease(held: Manifest | None, level: Level) -> None:
    assert checks.leader(replace(BLANK, lease=held)).level is level


def test_an_origin_that_runs_but_cannot_be_reached_from_here_is_unwell() -> None:
    finding = checks.origin(replace(BLANK, origin=deployment(2, 2), origin_problem="no answer"))
    assert (finding.level, finding.message) == (Level.UNWELL, "no answer")


@pytest.mark.parametrize(
    ("defaults", "level"),
    [(["true"], Level.WELL), (["false"], Level.WARNING), (["true", "true"], Level.WARNING)],
)
def test_one_storage_class_should_be_the_default(defaults: list[str], level: Level) -> None:
    classes = [
        {"metadata": {"name": f"c{n}", "annotations": {checks.DEFAULT_CLASS: is_default}}}
        for n, is_default in enumerate(defaults)
    ]
    assert checks.storage(replace(BLANK, storage_classes=classes)).level is level


def test_a_stalled_object_is_named_with_the_command_that_explains_it() -> None:
    stalled = {
        "kind": "TranscodeJob",
        "metadata": {"name": "film", "namespace": "demo"},
        "status": {"conditions": [{"type": "Stalled", "status": "True", "reason": "NoMedia"}]},
    }
    finding = checks.objects(replace(BLANK, objects=[stalled, {"metadata": {"name": "fresh"}}]))
    assert finding.level is Level.WARNING
    assert "streamverse status transcodejob/film -n demo" in finding.advice


def test_a_node_that_is_not_ready_is_named() -> None:
    lame = {
        "metadata": {"name": "box"},
        "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]},
    }
    assert "box" in checks.nodes(replace(BLANK, nodes=[lame])).message
