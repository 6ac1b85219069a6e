"""What a channel refers to: it waits for it before the start, and stays on air without it."""

from tests.apiserver.awaiting import condition, eventually, until
from tests.apiserver.channels import aired, fleet, leader, port, settings, stage
from tests.apiserver.objects import changed, channel, encoding_profile, media_asset
from tests.apiserver.server import ApiServer, address
from tests.apiserver.studio import Studio

__all__ = ["fleet", "leader", "port", "settings", "stage"]


def test_an_edited_profile_waits_until_it_is_asked_for(
    api: ApiServer, stage: Studio, namespace: str
) -> None:
    ladder = encoding_profile(namespace)
    assert api.apply(ladder).ok
    wanted = changed(channel(namespace), {"spec.profileRef.name": namespace})
    news, _ = aired(api, stage, wanted)
    version = stage.deployment()["metadata"]["generation"]
    assert api.apply(changed(ladder, {"spec.renditions.0.bitrateKbps": 500})).ok
    until(api, news, "ReferencesFound", "False", "ProfileEdited")
    assert stage.deployment()["metadata"]["generation"] == version
    assert api.merge(news, {"metadata": {"annotations": {"streamverse.io/refresh": "1"}}}).ok
    eventually(
        lambda: stage.order().profile.renditions[0].bitrate_kbps == 500, what="the new ladder"
    )
    until(api, news, "ReferencesFound", "True", "Found")


def test_a_channel_stays_on_air_when_its_profile_is_deleted(
    api: ApiServer, stage: Studio, namespace: str
) -> None:
    ladder = encoding_profile(namespace)
    assert api.apply(ladder).ok
    wanted = changed(channel(namespace), {"spec.profileRef.name": namespace})
    news, _ = aired(api, stage, wanted)
    version = stage.deployment()["metadata"]["generation"]
    assert api.delete(address(ladder)).ok
    seen = until(api, news, "ReferencesFound", "False", "ProfileNotFound")
    assert condition(seen, "Ready")["status"] == "True"
    assert not condition(seen, "Stalled")
    assert api.merge(news, {"spec": {"failover": {"blackMillis": 99}}}).ok
    eventually(lambda: stage.deployment()["metadata"]["generation"] > version, what="the edit")
    assert len(stage.order().profile.renditions) == 2


def test_a_channel_without_a_profile_waits_for_it(
    api: ApiServer, stage: Studio, namespace: str
) -> None:
    news = changed(channel(namespace), {"spec.profileRef.name": namespace})
    assert api.create(news).ok
    seen = until(api, news, "Ready", "False", "ProfileNotFound")
    assert condition(seen, "Stalled")["status"] == "True"
    assert not stage.get("deployments", "channel-news", "apis/apps/v1")
    assert api.apply(encoding_profile(namespace)).ok
    stage.pod()
    until(api, news, "Ready", "True", "OnAir")


def test_a_missing_key_is_told_and_keeps_nobody_from_the_air(api: ApiServer, stage: Studio) -> None:
    news, player = aired(api, stage)
    assert player.state is not None
    volumes = stage.deployment()["spec"]["template"]["spec"]["volumes"]
    (key,) = [one for one in volumes if one["name"] == "key-primary"]
    assert key["projected"]["sources"][0]["secret"]["optional"] is True
    first, second = player.state.inputs
    lacking = first.model_copy(update={"lacks_key": True})
    player.state = player.state.model_copy(update={"inputs": (lacking, second)})
    seen = until(api, news, "ReferencesFound", "False", "KeyMissing")
    assert "no stream key for primary" in condition(seen, "ReferencesFound")["message"]
    assert condition(seen, "Ready")["status"] == "True"


def test_a_slate_is_taken_once_it_is_published(api: ApiServer, stage: Studio) -> None:
    news = changed(channel(stage.namespace), {"spec.lossBehavior": {"slateRef": {"name": "film"}}})
    aired(api, stage, news)
    until(api, news, "ReferencesFound", "False", "SlateNotFound")
    film = media_asset(stage.namespace)
    assert api.create(film).ok
    until(api, news, "ReferencesFound", "False", "SlateNotPlayable")
    assert stage.order().slate is None
    playback = {"hls": f"/vod/{stage.namespace}.film/master.m3u8"}
    said = api.call(
        "PATCH",
        f"{address(film)}/status",
        {"status": {"playback": playback}},
        content_type="application/merge-patch+json",
    )
    assert said.ok, said.message
    eventually(lambda: stage.order().slate == "film", what="the slate in the order")
    until(api, news, "ReferencesFound", "True", "Found")


def test_regions_that_cannot_be_joined_are_told(api: ApiServer, stage: Studio) -> None:
    regions = [{"name": "local"}, {"name": "oslo"}]
    news, _ = aired(api, stage, changed(channel(stage.namespace), {"spec.regions": regions}))
    seen = until(api, news, "ReferencesFound", "False", "RegionNotServed")
    assert "oslo cannot be joined yet" in condition(seen, "ReferencesFound")["message"]
