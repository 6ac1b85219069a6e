"""A channel that is on air for months writes nothing: only what somebody should know is said."""

import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

import pytest

from operators import ears
from operators.channel.news import _FLAPPING, AT_INTERVALS, SOON
from operators.channel.notices import _MOST
from tests.apiserver.awaiting import eventually, until
from tests.apiserver.channels import aired, fleet, leader, port, settings, stage
from tests.apiserver.objects import channel
from tests.apiserver.operator_processes import Operator, Operators
from tests.apiserver.server import ApiServer, Json, address
from tests.apiserver.studio import BEGAN, Studio, failed_over, later

__all__ = ["fleet", "leader", "port", "settings", "stage"]

_EVENTS_A_WRITE = _MOST + 1


def writes(operator: Operator) -> float:
    return operator.gauge("streamverse_api_writes_total")


def versions(stage: Studio, news: Json) -> dict[str, Any]:
    """Of all that an operator may write."""
    paths = [address(news)]
    name = f"channel-{news['metadata']['name']}"
    paths.append(f"{stage.path('deployments', 'apis/apps/v1')}/{name}")
    paths.append(f"{stage.path('services')}/{name}")
    found = {path: stage.api.get(path)["metadata"]["resourceVersion"] for path in paths}
    events = stage.api.get(stage.path("events", "apis/events.k8s.io/v1"))["items"]
    return {**found, "events": len(events)}


def test_what_moves_all_the_time_is_not_written(
    api: ApiServer, stage: Studio, leader: Operator
) -> None:
    news, player = aired(api, stage)
    began, first = player.state, versions(stage, news)
    assert began is not None
    before = writes(leader)
    for step in range(1, 31):
        player.state = later(began, 2 * step)
        asked = player.asked
        assert stage.nudge(leader.port) == 202
        eventually(lambda asked=asked: player.asked > asked, what="the pod asked")  # type: ignore[misc]
    assert player.asked > 30
    assert writes(leader) == before
    assert versions(stage, news) == first


def test_a_news_brings_what_moves_along(api: ApiServer, stage: Studio) -> None:
    news, player = aired(api, stage)
    assert player.state is not None
    player.state = failed_over(later(player.state, 120), at=BEGAN + timedelta(minutes=2))
    seen = until(api, news, "FailedOver", "True")
    assert seen["status"]["timeline"]["mediaSequence"] == 160
    assert seen["status"]["timeline"]["lastSegmentAt"] == "2026-06-01T12:02:00Z"


def test_a_pod_is_asked_once_at_a_time_however_often_it_nudges(
    api: ApiServer, stage: Studio, leader: Operator
) -> None:
    _, player = aired(api, stage)
    began, before = time.monotonic(), player.asked
    for _ in range(200):
        stage.nudge(leader.port)
    eventually(lambda: player.asked > before, what="the pod asked")
    asked, seconds = player.asked - before, time.monotonic() - began
    assert asked <= 2 + seconds / ears._NUDGED_SECONDS
    assert player.most_at_once == 1


@pytest.mark.parametrize("path", ["channel/nowhere/nothing", "pod/a/b", "channel/%2e%2e/x"])
def test_a_nudge_for_nobody_is_ignored(leader: Operator, path: str) -> None:
    assert post(leader, f"/nudge/{path}") in {202, 404}
    assert leader.ask("/healthz") == (200, "ok")
    results = leader.samples("streamverse_reconciles_total")
    assert not [labels for labels in results if 'result="broken"' in labels]


def post(operator: Operator, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", operator.port, timeout=5)
    connection.request("POST", path)
    return connection.getresponse().status


def said(operator: Operator, verb: str) -> float:
    found = operator.samples("streamverse_api_writes_total")
    return sum(count for labels, count in found.items() if f'verb="{verb}"' in labels)


def test_inputs_that_flap_are_written_at_intervals(
    api: ApiServer, stage: Studio, leader: Operator
) -> None:
    """As they are told within seconds: forty switches, between the preferred input and another."""
    news, player = aired(api, stage)
    well = player.state
    assert well is not None
    began = calm_until = time.monotonic()
    before, events, known = said(leader, "publish"), said(leader, "create"), well.switches
    for step in range(40):
        lost = failed_over(well, at=datetime.now(UTC))
        known = (*known, *lost.switches)[-20:]
        told = well if step % 2 else lost
        player.state = told.model_copy(update={"switches": known})
        asked = player.asked
        stage.nudge(leader.port)
        eventually(lambda asked=asked: player.asked > asked, what="the pod asked")  # type: ignore[misc]
        if len(known) == _FLAPPING + 1:
            # The pod is asked once more, so what it said before has been heard.
            calm_until = time.monotonic()
    made, wrote = said(leader, "create") - events, said(leader, "publish") - before
    calm, flapping = calm_until - began, time.monotonic() - calm_until
    # One a second, and from the sixth switch on one in ten.
    assert wrote <= 2 + calm / SOON.total_seconds() + flapping / AT_INTERVALS.total_seconds()
    assert made <= _EVENTS_A_WRITE * wrote
    eventually(lambda: len(api.get(address(news))["status"]["switches"]) > 6, what="the rest")
    assert stage.events("Flapping")


def test_a_restart_of_the_operator_touches_no_channel(
    api: ApiServer, stage: Studio, fleet: Operators, settings: dict[str, str]
) -> None:
    news, player = aired(api, stage)
    before, asked = versions(stage, news), player.asked
    fleet.replicas[-1].end()
    successor = fleet.leading(settings=settings)
    eventually(lambda: player.asked > asked + 2, what="the successor asks the pod")
    assert writes(successor) == 0
    assert versions(stage, news) == before


def test_an_upgrade_of_the_operator_alone_restarts_no_channel(
    api: ApiServer, stage: Studio, fleet: Operators, settings: dict[str, str]
) -> None:
    """Whatever it would ask of new pods, and wherever they are to nudge it."""
    news, player = aired(api, stage)
    before, asked = versions(stage, news), player.asked
    fleet.replicas[-1].end()
    newer = {
        **settings,
        "STREAMVERSE_CHANNEL_CPU": "900m",
        "STREAMVERSE_NUDGE_URL": "http://elsewhere:8080",
    }
    successor = fleet.leading(settings=newer)
    eventually(lambda: player.asked > asked + 2, what="the successor asks the pod")
    assert versions(stage, news) == before
    assert writes(successor) == 0


def test_a_new_media_image_is_taken_by_two_channels_at_a_time(
    api: ApiServer, stage: Studio, fleet: Operators, settings: dict[str, str]
) -> None:
    names = ("one", "two", "three")
    for name in names:
        aired(api, stage, channel(stage.namespace, name))
    fleet.replicas[-1].end()
    fleet.leading(settings={**settings, "STREAMVERSE_MEDIA_IMAGE": "docker.io/streamverse/media:2"})

    def images() -> dict[str, str]:
        pods = {n: stage.deployment(n)["spec"]["template"]["spec"] for n in names}
        return {n: pod["containers"][0]["image"].rpartition(":")[2] for n, pod in pods.items()}

    eventually(lambda: sorted(images().values()) == ["2", "2", "test"], what="two of three")
    rolled = [name for name, image in images().items() if image == "2"]
    for name in rolled:
        stage.settle_deployment(name)
    eventually(lambda: set(images().values()) == {"2"}, what="the third")
