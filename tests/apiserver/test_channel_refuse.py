"""Channels that cannot work are refused, with a sentence that says what to do."""

from typing import Any

import pytest

from tests.apiserver.objects import changed, channel
from tests.apiserver.server import ApiServer

KEY = {"name": "news-primary"}
TEST = {"name": "backup", "protocol": "Test"}


def pushed(protocol: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    return {"name": "in", "protocol": protocol, "streamKeySecretRef": KEY, **more}


def only(*inputs: dict[str, Any]) -> dict[str, Any]:
    return {"spec.inputs": list(inputs)}


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "no input": (only(), "should have at least 1 items"),
    "nine inputs": (only(*({**TEST, "name": f"i{n}"} for n in range(9))), "at most 8 items"),
    "two inputs of one name": (only(TEST, TEST), 'Duplicate value: {"name":"backup"}'),
    "no profile": ({"spec.profileRef": None}, "spec.profileRef: Required value"),
    "a linear channel": (
        {"spec.type": "Linear"},
        "this version runs Live channels only: set type to Live, or leave it out",
    ),
    "a protocol nobody has heard of": (
        only({"name": "in", "protocol": "NDI"}),
        'supported values: "RTMP", "SRT", "WHIP", "HLS", "File", "Test"',
    ),
    "a publisher without a key": (
        only({"name": "in", "protocol": "RTMP"}),
        (
            "name the Secret with this input's stream key in streamKeySecretRef; make it by "
            "kubectl create secret generic NAME --from-literal=streamKey=$(openssl rand -hex 16)"
        ),
    ),
    "an SRT publisher without a key": (
        only({"name": "in", "protocol": "SRT"}),
        "name the Secret with this input's stream key in streamKeySecretRef",
    ),
    "a key for a test picture": (
        only({**TEST, "streamKeySecretRef": KEY}),
        "leave out streamKeySecretRef: only publishers by RTMP, SRT and WHIP send a key",
    ),
    "a key that is no name in a Secret": (
        only(pushed("RTMP", streamKeySecretRef={"name": "a", "key": "../x"})),
        "name a key of the Secret: letters, digits, dashes, dots and underscores",
    ),
    "an RTMP server to be called": (
        only(pushed("RTMP", uri="srt://camera.example.com:9000")),
        "leave out uri: encoders publish RTMP and WHIP to the platform's own address",
    ),
    "a playlist from the store": (
        only({"name": "in", "protocol": "HLS", "uri": "s3://streamverse/demo/a.m3u8"}),
        "an HLS input is pulled: give its playlist as uri, https://host/path.m3u8",
    ),
    "a file without an address": (
        only({"name": "in", "protocol": "File"}),
        "a File input is looped: give its s3:// address as uri",
    ),
    "a local file": (
        only({"name": "in", "protocol": "File", "uri": "file:///etc/passwd"}),
        "give an srt://host:port, https://host/path or s3://bucket/key address",
    ),
    "an SRT listener without a port": (
        only({"name": "in", "protocol": "SRT", "uri": "srt://camera.example.com"}),
        "give the listener that is called as srt://host:port, or leave out uri",
    ),
    "a passphrase for everybody to read": (
        only({"name": "in", "protocol": "SRT", "uri": "srt://a.example.com:9?passphrase=secret"}),
        "leave keys and passwords out of the address, everyone who may read this object would see",
    ),
    "a passphrase for a publisher": (
        only(pushed("SRT", passphraseSecretRef=KEY)),
        "leave out passphraseSecretRef: it is for an SRT listener that uri names",
    ),
    "a DVR shorter than what is in memory": (
        {"spec.latency": {"windowSeconds": 60, "dvrSeconds": 30}},
        "set dvrSeconds to 0, for no DVR, or to windowSeconds at least",
    ),
    "parts of a frame": (
        {"spec.latency": {"partDurationMillis": 40}},
        "partDurationMillis in body should be greater than or equal to 200",
    ),
    "a rate of words": (
        {"spec.frameRate": "29.97"},
        "give whole frames a second up to 60, as 25, or one of 24000/1001",
    ),
    "a rate that no screen shows": ({"spec.frameRate": "0"}, "give whole frames a second up to 60"),
    "a loss that is none": (
        {"spec.failover": {"inputLossMillis": 0}},
        "inputLossMillis in body should be greater than or equal to 100",
    ),
    "a state that is none": ({"spec.desiredState": "Paused"}, 'values: "Running", "Stopped"'),
    "a name too long for a Service": (
        {"metadata.name": "a" * 53},
        "metadata.name must be a DNS label of at most 52 characters",
    ),
    "a name that the origin may not read below": (
        {"metadata.name": "uploads"},
        "metadata.name cannot be uploads: what lies in the store below that name is not served",
    ),
    "a field that does not exist": ({"spec.input": []}, 'unknown field "spec.input"'),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_channel_is_refused_for(api: ApiServer, namespace: str, mistake: str) -> None:
    change, message = MISTAKES[mistake]
    manifest = changed(channel(namespace), change)
    answer = api.create(manifest, dryRun="All", fieldValidation="Strict")
    assert not answer.ok, "it was accepted"
    assert message in answer.message


GOOD: dict[str, dict[str, Any]] = {
    "SRT publishers": only(pushed("SRT")),
    "WHIP publishers": only(pushed("WHIP")),
    "an SRT listener with a passphrase": only(
        {
            "name": "in",
            "protocol": "SRT",
            "uri": "srt://camera.example.com:9000?latency=200",
            "passphraseSecretRef": {"name": "camera"},
        }
    ),
    "a playlist": only(
        {"name": "in", "protocol": "HLS", "uri": "https://example.com/live/a.m3u8?v=1"}
    ),
    "a looped file": only(
        {"name": "in", "protocol": "File", "uri": "s3://streamverse/demo/uploads/a.mp4"}
    ),
    "the rate of NTSC": {"spec.frameRate": "30000/1001"},
    "no DVR": {"spec.latency": {"dvrSeconds": 0}},
}


@pytest.mark.parametrize("wish", GOOD)
def test_a_channel_may_have(api: ApiServer, namespace: str, wish: str) -> None:
    answer = api.create(
        changed(channel(namespace), GOOD[wish]), dryRun="All", fieldValidation="Strict"
    )
    assert answer.ok, answer.message


def test_what_a_channel_leaves_out_is_filled_in(api: ApiServer, namespace: str) -> None:
    made = api.create(channel(namespace))
    assert made.ok, made.message
    spec = made.body["spec"]
    assert (spec["type"], spec["frameRate"], spec["desiredState"]) == ("Live", "30", "Running")
    assert spec["latency"] == {"partDurationMillis": 333, "windowSeconds": 60, "dvrSeconds": 3600}
    assert spec["failover"]["inputLossMillis"] == 1000
    assert spec["inputs"][0]["streamKeySecretRef"] == {"name": "news-primary", "key": "streamKey"}


TIMELINE: dict[str, Any] = {
    "frameRate": {"frameRate": "25"},
    "partDurationMillis": {"latency": {"partDurationMillis": 500}},
}


@pytest.mark.parametrize("field", TIMELINE)
def test_a_timeline_is_fixed_while_it_is_on_air(api: ApiServer, namespace: str, field: str) -> None:
    news = channel(namespace)
    assert api.create(news).ok
    answer = api.merge(news, {"spec": TIMELINE[field]})
    assert answer.code == 422
    assert f"{field} is the channel's timeline and fixed while it is on air" in answer.message
    assert api.merge(news, {"spec": {**TIMELINE[field], "desiredState": "Stopped"}}).ok
    assert api.merge(news, {"spec": {"desiredState": "Running"}}).ok


def test_everything_else_may_be_edited_on_air(api: ApiServer, namespace: str) -> None:
    news = channel(namespace)
    assert api.create(news).ok
    edit = {"failover": {"blackMillis": 1}, "inputs": [TEST], "profileRef": {"name": "other"}}
    answer = api.merge(news, {"spec": edit})
    assert answer.ok, answer.message
