"""What a channel needs, decided."""

import json
from dataclasses import replace
from datetime import timedelta

from crds.live import ChannelOrder
from operators.channel.desired import LINGER_SECONDS, Decision
from operators.channel.observed import KEEP_SECONDS, MOST_ROLLING
from operators.channel.order import REFRESH
from operators.reconcile import Child
from tests.unit.operators.channel.studio import (
    BACKUP,
    NOON,
    PLATFORM,
    PRIMARY,
    decide,
    deployed,
    ladder,
    news,
    on_air,
    pod,
    said,
    seen,
    told,
)


def deployment(decision: Decision) -> Child:
    return next(c for c in decision.desired.children if c.kind.name == "Deployment")


def order(decision: Decision) -> ChannelOrder:
    pods = deployment(decision).manifest["spec"]["template"]["spec"]
    env = {one["name"]: one["value"] for one in pods["containers"][0]["env"]}
    return ChannelOrder.model_validate_json(env["STREAMVERSE_CHANNEL"])


def test_a_new_channel_gets_a_service_a_deployment_and_a_finalizer() -> None:
    decision = decide(news(), seen())
    assert [c.kind.name for c in decision.desired.children] == ["Service", "Deployment"]
    assert decision.desired.finalizer is True
    assert said(decision).condition("Ready").reason == "Starting"  # type: ignore[union-attr]


def test_a_pod_is_told_all_and_holds_no_key_in_its_environment() -> None:
    told_to = order(decide(news(), seen()))
    assert told_to.nudge_url == "http://operators:8080/nudge/channel/demo/news"
    assert [one.name for one in told_to.inputs] == ["backup", "primary"]
    whole = json.dumps(deployment(decide(news(), seen())).manifest)
    assert "secretKeyRef" not in whole


def test_only_inputs_with_keys_have_a_volume_and_it_is_optional() -> None:
    pods = deployment(decide(news(), seen())).manifest["spec"]["template"]["spec"]
    assert [v["name"] for v in pods["volumes"]] == ["scratch", "key-primary"]
    (source,) = pods["volumes"][1]["projected"]["sources"]
    assert source["secret"]["optional"] is True
    assert source["secret"]["items"] == [{"key": "streamKey", "path": "streamKey"}]


def test_a_tall_ladder_asks_for_more() -> None:
    def requests(height: int) -> dict[str, str]:
        pods = deployment(decide(news(), seen(profile=ladder(height=height))))
        found: dict[str, str] = pods.manifest["spec"]["template"]["spec"]["containers"][0][
            "resources"
        ]["requests"]
        return found

    assert requests(720)["cpu"] == PLATFORM.cpu
    assert requests(1080)["cpu"] == PLATFORM.tall_cpu


def work_of(decision: Decision) -> str:
    return deployment(decision).work


def test_what_shapes_no_output_makes_no_pod_anew() -> None:
    channel, observed = on_air()
    before = work_of(decide(channel, observed))
    elsewhere = replace(PLATFORM, nudge_url="http://other", cpu="2", memory="1Gi", region="oslo")
    assert work_of(decide(channel, observed, elsewhere)) == before
    edited = news(channel.status, generation=9, regions=[{"name": "local"}])
    assert work_of(decide(edited, observed)) == before
    turned = news(channel.status, inputs=[BACKUP, PRIMARY])
    assert work_of(decide(turned, observed)) == before


def test_new_pull_secrets_are_for_pods_that_are_made_for_another_reason() -> None:
    channel, observed = on_air()
    private = replace(PLATFORM, image_pull_secrets=("registry",))
    kept = deployment(decide(channel, observed, private))
    assert kept.work == work_of(decide(channel, observed))
    assert kept.follows == {"replicas": 1}
    assert kept.manifest["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "registry"}]


def test_what_shapes_output_does() -> None:
    channel, observed = on_air()
    before = work_of(decide(channel, observed))
    for edit in (
        {"failover": {"blackMillis": 1}},
        {"record": True},
        {"inputs": [BACKUP]},
        {"inputs": [{**PRIMARY, "streamKeySecretRef": {"name": "other"}}, BACKUP]},
        {"latency": {"windowSeconds": 30}},
    ):
        assert work_of(decide(news(channel.status, **edit), observed)) != before, edit
    again = news(channel.status, annotations={REFRESH: "1"})
    assert work_of(decide(again, observed)) != before


def test_a_service_is_made_once_whatever_is_edited() -> None:
    channel, observed = on_air()
    first, *_ = decide(channel, observed).desired.children
    edited, *_ = decide(news(channel.status, record=True), observed).desired.children
    assert first == edited


def test_an_upgrade_waits_while_others_take_it() -> None:
    channel, observed = on_air()
    newer = replace(PLATFORM, media_image="media:2")
    crowded = replace(observed, rolling_elsewhere=MOST_ROLLING)
    waiting = decide(channel, crowded, newer)
    assert work_of(waiting).endswith("media:1")
    assert waiting.desired.look_again_seconds is not None
    assert work_of(decide(channel, observed, newer)).endswith("media:2")


def test_an_edit_is_not_kept_waiting_by_upgrades() -> None:
    channel, observed = on_air()
    newer = replace(PLATFORM, media_image="media:2")
    crowded = replace(observed, rolling_elsewhere=MOST_ROLLING)
    assert work_of(decide(news(channel.status, record=True), crowded, newer)).endswith("media:2")


def test_a_stopped_channel_tells_its_pods_first() -> None:
    channel, observed = on_air()
    stopped = news(channel.status, desiredState="Stopped")
    asking = decide(stopped, observed)
    assert [one.name for one in asking.to_end] == ["a"]
    assert asking.desired.children == []
    ended = replace(observed, pods=[pod(state=told(ended=True))])
    (down,) = decide(stopped, ended).desired.children
    assert down.follows == {"replicas": 0}


def test_a_pod_that_does_not_end_is_not_waited_for_for_ever() -> None:
    channel, observed = on_air()
    stopped = news(channel.status, desiredState="Stopped")
    patient = decide(stopped, replace(observed, ending_seconds=9))
    assert patient.to_end
    done = decide(stopped, replace(observed, ending_seconds=10.1))
    assert not done.to_end
    assert done.desired.children[0].follows == {"replicas": 0}


def test_a_recording_is_waited_for_after_the_end() -> None:
    channel, observed = on_air(record=True)
    stopped = news(channel.status, desiredState="Stopped", record=True)
    keeping = [pod(state=told(ended=True, keeping=True))]
    waiting = decide(stopped, replace(observed, pods=keeping, ending_seconds=60))
    assert not waiting.to_end
    assert waiting.desired.children == []
    assert waiting.desired.look_again_seconds is not None
    late = decide(stopped, replace(observed, pods=keeping, ending_seconds=KEEP_SECONDS))
    assert late.desired.children[0].follows == {"replicas": 0}


def test_only_the_operator_knows_how_to_end_a_programme() -> None:
    first = decide(news(), seen(fresh_key="k1"))
    assert order(first).end_key == "k1"
    observed = seen(deployment=deployed(first), pods=[pod(state=told())], fresh_key="k2")
    edited = decide(news(said(first), record=True), observed)
    assert order(edited).end_key == "k1"
    assert work_of(decide(news(said(first)), observed)) == work_of(first)


def test_a_deleted_channel_tells_its_players_and_then_clears_away() -> None:
    channel, observed = on_air()
    gone = news(channel.status, deleted=True)
    assert decide(gone, observed).to_end
    ended = replace(observed, pods=[pod(state=told(ended=True))])
    serving = decide(gone, ended).desired
    assert [one.kind.name for one in serving.doomed] == ["Deployment"]
    assert serving.children == [], "who has not heard of the end can still ask"
    late = ended.now + timedelta(seconds=LINGER_SECONDS)
    last = decide(gone, replace(ended, now=late)).desired
    assert last.finalizer is None
    (job,) = last.children
    assert job.manifest["spec"]["template"]["spec"]["containers"][0]["args"] == ["retire-channel"]
    assert not job.owned


def job_that_is(condition: str) -> dict[str, object]:
    return {"metadata": {}, "status": {"conditions": [{"type": condition, "status": "True"}]}}


def test_a_deleted_channel_is_let_go_once_that_is_done_or_given_up() -> None:
    gone = news(deleted=True)
    assert decide(gone, seen(retirement={"metadata": {}})).desired.finalizer is None
    for end in ("Complete", "Failed"):
        assert decide(gone, seen(retirement=job_that_is(end))).desired.finalizer is False


def test_nothing_is_cleared_away_while_a_pod_may_write() -> None:
    gone = news(deleted=True)
    going = seen(pods=[pod(state=told(), going=True)])
    waiting = decide(gone, going).desired
    assert waiting.children == []
    assert waiting.look_again_seconds is not None
    evicted = seen(pods=[pod(going=True, over=True)])
    assert [c.kind.name for c in decide(gone, evicted).desired.children] == ["Job"]


def test_another_timeline_begins_after_the_old_one() -> None:
    channel, observed = on_air()
    other = news(channel.status, frameRate="25")
    assert decide(other, observed).to_end
    ended = replace(observed, pods=[pod(state=told(ended=True))])
    assert decide(other, ended).desired.children[0].follows == {"replicas": 0}
    first = observed.deployment
    assert first is not None
    down = deployed(decide(channel, observed), replicas=0)
    begun = decide(other, replace(observed, deployment=down, pods=[]))
    assert order(begun).frame_rate == "25"
    assert deployment(begun).follows == {"replicas": 1}


def test_a_channel_that_is_started_again_while_it_ends_begins_anew_after_the_end() -> None:
    channel, observed = on_air()
    observed = replace(observed, now=NOON + timedelta(minutes=1), ending_seconds=3)
    kept = decide(channel, replace(observed, pods=[pod(state=told(ended=True, keeping=True))]))
    assert kept.desired.children == []
    assert kept.desired.look_again_seconds is not None
    assert said(kept).condition("Ready").reason == "Ending"  # type: ignore[union-attr]
    assert said(kept).condition("Streaming").status == "False"  # type: ignore[union-attr]
    over = replace(observed, pods=[pod(state=told(ended=True))])
    assert decide(channel, over).desired.children[0].follows == {"replicas": 0}
    down = deployed(decide(channel, observed), replicas=0)
    going = pod(state=told(ended=True), going=True)
    begun = decide(channel, replace(over, deployment=down, pods=[going]))
    assert deployment(begun).follows == {"replicas": 1}


def test_a_strangers_deployment_is_left_alone() -> None:
    decision = decide(news(), seen(stranger="Deployment channel-news"))
    assert decision.desired.children == []
    assert said(decision).condition("Stalled").reason == "NameTaken"  # type: ignore[union-attr]


def test_two_programmes_within_a_minute_become_two_assets() -> None:
    channel, observed = on_air()
    recordings = [
        {
            "name": f"r{n}",
            "uri": f"s3://b/demo/r{n}.mp4",
            "began": NOON + timedelta(seconds=30 * n),
            "ended": NOON + timedelta(seconds=30 * n + 20),
        }
        for n in range(2)
    ]
    state = told().model_validate({**told().model_dump(), "recordings": recordings})
    later = replace(observed, pods=[pod(state=state)], now=NOON + timedelta(seconds=55))
    made = [c.name for c in decide(channel, later).desired.children if c.kind.name == "MediaAsset"]
    assert made == ["news-20260601-120000", "news-20260601-120030"]


def test_a_recording_becomes_an_asset_until_it_is_there() -> None:
    channel, observed = on_air()
    recording = {
        "name": "r1",
        "uri": "s3://b/demo/r1.mp4",
        "began": NOON,
        "ended": NOON + timedelta(hours=1),
    }
    state = told().model_validate({**told().model_dump(), "recordings": [recording]})
    later = replace(observed, pods=[pod(state=state)], now=NOON + timedelta(seconds=5))
    decision = decide(channel, later)
    made = [c for c in decision.desired.children if c.kind.name == "MediaAsset"]
    assert [c.name for c in made] == ["news-20260601-120000"]
    assert not made[0].owned
    known = news(said(decision))
    there = replace(
        later, now=NOON + timedelta(seconds=9), assets=frozenset({"news-20260601-120000"})
    )
    again = decide(known, there)
    assert [c.kind.name for c in again.desired.children] == ["Service", "Deployment"]
    settled = news(said(again))
    deleted = decide(settled, replace(later, now=NOON + timedelta(seconds=20)))
    assert "MediaAsset" not in [c.kind.name for c in deleted.desired.children]
