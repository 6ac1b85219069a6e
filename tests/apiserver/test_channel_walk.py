"""A channel from kubectl apply to on air, and off again, against a real API server."""

from datetime import timedelta

from crds.live import KEYS_FOLDER, SwitchState
from operators import ears
from tests.apiserver.awaiting import condition, eventually, until
from tests.apiserver.channels import aired, fleet, leader, port, settings, stage
from tests.apiserver.objects import changed, channel
from tests.apiserver.operator_processes import SYSTEM, Operator
from tests.apiserver.server import ApiServer, Json, address
from tests.apiserver.stagehand import RETIRED, Stagehand
from tests.apiserver.studio import (
    BEGAN,
    Player,
    Studio,
    failed_over,
    on_air,
    on_slate,
    recorded,
    refused,
)

__all__ = ["fleet", "leader", "port", "settings", "stage"]


def test_a_channel_becomes_a_deployment_and_a_service(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    deployment = stage.deployment()
    spec, pod = deployment["spec"], deployment["spec"]["template"]["spec"]
    assert spec["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert spec["replicas"] == 1
    container = pod["containers"][0]
    assert container["args"] == ["channel"]
    assert container["envFrom"] == [{"secretRef": {"name": "streamverse-store"}}]
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts == {"/scratch", f"{KEYS_FOLDER}/primary"}
    order = stage.order()
    assert (order.tenant, order.channel) == (stage.namespace, "news")
    assert [one.name for one in order.inputs] == ["backup", "primary"]
    assert order.nudge_url is not None
    assert order.nudge_url.endswith(f"/nudge/channel/{stage.namespace}/news")
    service = eventually(lambda: stage.get("services", "channel-news"), what="its Service")
    assert service["spec"]["clusterIP"] == "None"
    assert service["spec"]["publishNotReadyAddresses"] is True
    assert service["spec"]["selector"].items() <= spec["template"]["metadata"]["labels"].items()
    until(api, news, "Ready", "False", "Starting")


def test_a_channel_is_ready_once_its_pod_tells_of_segments(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    stage.pod()
    seen = until(api, news, "Ready", "True", "OnAir")
    status = seen["status"]
    assert status["activeInput"] == "primary"
    assert status["endpoints"]["hls"] == f"/live/{stage.namespace}.news/master.m3u8"
    assert status["inputs"][0]["address"] == "rtmp://127.0.0.1:31935/live"
    assert status["receiving"] == "2/2"
    assert [rung["name"] for rung in status["rungs"]] == ["240p"]
    for type_ in ("InputAvailable", "Streaming", "OutputFresh", "ReferencesFound"):
        assert condition(seen, type_)["status"] == "True", type_
    assert not condition(seen, "Reconciling")


def off(api: ApiServer, news: Json) -> Json:
    assert api.merge(news, {"spec": {"desiredState": "Stopped"}}).ok
    return news


def test_a_stopped_channel_tells_its_players_and_then_goes(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    player = stage.pod()
    until(api, news, "Ready", "True")
    off(api, news)
    eventually(lambda: stage.deployment()["spec"]["replicas"] == 0, what="no pods wanted")
    assert player.ended
    stage.remove(player)
    seen = until(api, news, "Ready", "False", "Stopped")
    assert "profile" not in seen["status"]
    assert not condition(seen, "Reconciling")


def test_a_deleted_channel_ends_in_order(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    player = stage.pod()
    until(api, news, "Ready", "True")
    assert api.delete(address(news)).ok
    pods_go(stage, player)
    job = stage.retire_job()
    assert player.ended
    order = job["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"]
    assert api.get(address(news))["metadata"]["uid"] in order
    stage.end_job(job, "Complete")
    eventually(lambda: api.call("GET", address(news)).code == 404, what="the channel gone")
    assert not stage.get("deployments", "channel-news", "apis/apps/v1")


def test_a_channel_whose_store_does_not_answer_goes_all_the_same(
    api: ApiServer, stage: Studio
) -> None:
    news, player = aired(api, stage)
    assert api.delete(address(news)).ok
    pods_go(stage, player)
    stage.end_job(stage.retire_job(), "Failed")
    eventually(lambda: api.call("GET", address(news)).code == 404, what="the channel gone")
    (event,) = stage.events("DvrLeft")
    assert f"remove {stage.namespace}/live/news/" in event["note"]


def pods_go(stage: Studio, player: Player) -> None:
    """As the garbage collector and a kubelet see to it."""
    eventually(
        lambda: not stage.get("deployments", "channel-news", "apis/apps/v1"), what="no Deployment"
    )
    stage.remove(player)


def test_a_switch_is_told_in_status_and_by_an_event(
    api: ApiServer, stage: Studio, leader: Operator
) -> None:
    news, player = aired(api, stage)
    assert player.state is not None
    player.state = failed_over(player.state, at=BEGAN + timedelta(minutes=1))
    assert stage.nudge(leader.port) == 202
    seen = until(api, news, "FailedOver", "True", "BackupOnAir")
    assert seen["status"]["activeInput"] == "backup"
    assert [one["after"] for one in seen["status"]["switches"]] == ["backup"]
    assert condition(seen, "Ready")["status"] == "True"
    (event,) = eventually(lambda: stage.events("Switched"), what="an Event")
    assert event["type"] == "Warning"
    assert "primary → backup at 12:01:00" in event["note"]


def test_a_return_takes_the_condition_away(api: ApiServer, stage: Studio) -> None:
    news, player = aired(api, stage)
    well = player.state
    assert well is not None
    player.state = failed_over(well, at=BEGAN + timedelta(minutes=1))
    until(api, news, "FailedOver", "True")
    back = SwitchState(
        at=BEGAN + timedelta(minutes=2), before="backup", after="primary", reason="Returned"
    )
    player.state = well.model_copy(update={"switches": (*player.state.switches, back)})
    eventually(lambda: not condition(api.get(address(news)), "FailedOver"), what="the return")
    assert stage.events("Returned")


def test_the_slate_is_on_air_and_says_so(api: ApiServer, stage: Studio) -> None:
    news, player = aired(api, stage)
    assert player.state is not None
    player.state = on_slate(player.state, at=BEGAN + timedelta(minutes=1))
    seen = until(api, news, "SlateActive", "True", "SlateShown")
    assert condition(seen, "Ready")["reason"] == "SlateOnAir"
    assert condition(seen, "OutputFresh")["reason"] == "SlateInput"
    assert condition(seen, "InputAvailable")["reason"] == "NothingReceived"
    assert "activeInput" not in seen["status"]
    assert seen["status"]["stale"] == "SLATE_INPUT"
    assert stage.events("SlateShown")


def test_a_refused_publisher_is_counted_and_told(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    player = stage.pod(tells=False)
    player.state = refused(on_air(player.order), at=BEGAN + timedelta(minutes=1))
    seen = until(api, news, "Ready", "True", "OnAir")
    assert seen["status"]["refusals"] == {
        "count": 1,
        "lastAt": "2026-06-01T12:01:00Z",
        "lastInput": "primary",
        "lastPeer": "192.0.2.7",
        "lastReason": "WrongKey",
    }
    (event,) = eventually(lambda: stage.events("PublisherRefused"), what="an Event")
    assert "192.0.2.7 on primary: WrongKey" in event["note"]


def test_a_recording_becomes_an_asset_that_outlives_its_channel(
    api: ApiServer, stage: Studio
) -> None:
    news, player = aired(api, stage, changed(channel(stage.namespace), {"spec.record": True}))
    assert player.state is not None
    assert player.order.record
    player.state = recorded(player.state, "first")
    path = f"/apis/streamverse.io/v1alpha1/namespaces/{stage.namespace}/mediaassets"
    (asset,) = eventually(lambda: api.get(path)["items"], what="a MediaAsset")
    assert asset["metadata"]["name"] == "news-20260601-120000"
    assert asset["spec"]["source"]["uri"] == "s3://streamverse/demo/live/first.mp4"
    assert "ownerReferences" not in asset["metadata"]

    def noted() -> list[str]:
        recordings = api.get(address(news))["status"].get("recordings", ())
        return [one["asset"] for one in recordings if one.get("asset")]

    assert eventually(noted, what="the asset noted") == ["news-20260601-120000"]
    assert api.delete(f"{path}/news-20260601-120000").ok
    player.state = failed_over(player.state, at=BEGAN + timedelta(minutes=1))
    until(api, news, "FailedOver", "True")
    assert api.get(path)["items"] == []


def test_a_pod_that_still_writes_its_recording_is_let_do_so(api: ApiServer, stage: Studio) -> None:
    news, player = aired(api, stage, changed(channel(stage.namespace), {"spec.record": True}))
    player.keeping = True
    assert api.delete(address(news)).ok
    eventually(lambda: player.ended, what="its end")
    asked = player.asked
    eventually(lambda: player.asked > asked + 1, what="another look")
    assert stage.deployment()["spec"]["replicas"] == 1
    assert player.state is not None
    player.state, player.keeping = recorded(player.state, "last"), False
    pods_go(stage, player)
    stage.end_job(stage.retire_job(), "Complete")
    eventually(lambda: api.call("GET", address(news)).code == 404, what="the channel gone")
    path = f"/apis/streamverse.io/v1alpha1/namespaces/{stage.namespace}/mediaassets"
    (asset,) = api.get(path)["items"]
    assert asset["spec"]["source"]["uri"].endswith("last.mp4")


def test_a_namespace_of_channels_alone_is_swept_from_where_the_platform_is(
    api: ApiServer, stage: Studio
) -> None:
    news, player = aired(api, stage)
    assert api.delete(f"/api/v1/namespaces/{stage.namespace}").ok
    assert api.delete(address(news)).ok
    eventually(lambda: player.ended, what="its end")
    pods_go(stage, player)
    home = Stagehand(api, SYSTEM, owner=stage.namespace)
    sweep = home.job("sweep")
    assert api.get(address(news))["metadata"]["finalizers"] == ["streamverse.io/retire"]
    home.end(home.pod(sweep), RETIRED)
    home.complete(sweep)
    eventually(lambda: api.call("GET", address(news)).code == 404, what="the channel gone")


def test_an_edited_channel_is_replaced_beside_its_old_pod(api: ApiServer, stage: Studio) -> None:
    news, old = aired(api, stage)
    before = stage.deployment()["metadata"]["uid"]
    assert api.merge(news, {"spec": {"failover": {"blackMillis": 1234}}}).ok
    eventually(lambda: stage.order().black_millis == 1234, what="the new order")
    assert stage.deployment()["metadata"]["uid"] == before
    seen = until(api, news, "Reconciling", "True", "Starting")
    assert condition(seen, "Ready")["status"] == "True"
    new = stage.pod()
    stage.remove(old)
    eventually(lambda: new.asked, what="the new pod heard")
    eventually(lambda: not condition(api.get(address(news)), "Reconciling"), what="settled")
    assert condition(api.get(address(news)), "Ready")["status"] == "True"


def test_what_is_somebody_elses_is_not_taken_over(api: ApiServer, stage: Studio) -> None:
    theirs = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "channel-news", "namespace": stage.namespace},
        "spec": {"ports": [{"port": 80}]},
    }
    assert api.create(theirs).ok
    news = channel(stage.namespace)
    assert api.create(news).ok
    seen = until(api, news, "Ready", "False", "NameTaken")
    assert condition(seen, "Stalled")["status"] == "True"
    assert "Service channel-news is not this channel's" in condition(seen, "Ready")["message"]
    assert "clusterIP" in stage.get("services", "channel-news")["spec"]
    assert stage.get("services", "channel-news")["spec"]["clusterIP"] != "None"


def test_a_pod_that_tells_nothing_is_said_to_after_a_while(api: ApiServer, stage: Studio) -> None:
    news, player = aired(api, stage)
    player.garbled = b"no state"
    # Believed for so long from the first question that it does not answer.
    silent = ears.EVERY_SECONDS + ears._FORGET_SECONDS
    seen = until(api, news, "Ready", "Unknown", "NotObserved", seconds=silent + 20)
    assert condition(seen, "InputAvailable")["status"] == "Unknown"
    player.garbled = b""
    until(api, news, "Ready", "True", "OnAir")


def test_a_pod_that_ends_again_and_again_is_told(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    player = stage.pod(ready=False, tells=False)
    stage.set_pod(player, ready=False, waiting={"reason": "CrashLoopBackOff", "message": "wait"})
    until(api, news, "Ready", "False", "PodFailing")


def test_an_image_that_is_not_there_is_told(api: ApiServer, stage: Studio) -> None:
    news = channel(stage.namespace)
    assert api.create(news).ok
    player = stage.pod(ready=False, tells=False)
    stage.set_pod(player, ready=False, waiting={"reason": "ErrImageNeverPull", "message": "absent"})
    until(api, news, "Ready", "False", "ImagePull")


def test_another_timeline_begins_only_after_the_old_one_has_ended(
    api: ApiServer, stage: Studio
) -> None:
    news, player = aired(api, stage)
    edit = {"desiredState": "Stopped", "frameRate": "25"}
    assert api.merge(news, {"spec": edit}).ok
    assert api.merge(news, {"spec": {"desiredState": "Running"}}).ok
    eventually(lambda: stage.deployment()["spec"]["replicas"] == 0, what="the old one going")
    assert player.ended
    assert stage.order().frame_rate == "30"
    stage.remove(player)
    eventually(lambda: stage.order().frame_rate == "25", what="the new timeline")
    assert stage.deployment()["spec"]["replicas"] == 1


def test_a_suspended_channel_is_off_air_and_keeps_its_wish(api: ApiServer, stage: Studio) -> None:
    news, player = aired(api, stage)
    assert api.merge(news, {"spec": {"suspend": True}}).ok
    eventually(lambda: player.ended, what="its end")
    stage.remove(player)
    seen = until(api, news, "Ready", "False", "Suspended")
    assert seen["spec"]["desiredState"] == "Running"
    assert "endpoints" not in seen["status"]
