"""Objects as the operator leaves them, for pictures."""

from typing import Any

from crds.v1alpha1 import Channel, EncodingProfile, MediaAsset, TranscodeJob

HLS = "/vod/demo.film/master.m3u8"
DASH = "/vod/demo.film/manifest.mpd"

LADDER = [
    {
        "name": "360p",
        "codec": "H264",
        "width": 640,
        "height": 360,
        "frameRate": "30000/1001",
        "bitrateKbps": 800,
    }
]


def conditions(**found: str) -> list[dict[str, str]]:
    """Ready="False Encoding 3 of 9" and so on."""
    return [
        dict(
            zip(("type", "status", "reason", "message"), (type_, *said.split(" ", 2)), strict=True)
        )
        for type_, said in found.items()
    ]


def _object(name: str, spec: dict[str, Any], status: dict[str, Any] | None) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "demo", "uid": "u1", "generation": 1}
    whole = {"metadata": metadata, "spec": spec}
    return whole if status is None else {**whole, "status": {"observedGeneration": 1, **status}}


def job(status: dict[str, Any] | None = None) -> TranscodeJob:
    spec = {
        "input": {"uri": "s3://streamverse/demo/uploads/film.mp4"},
        "profileRef": {"name": "ladder-small"},
    }
    return TranscodeJob.model_validate(_object("film", spec, status))


def asset(status: dict[str, Any] | None = None) -> MediaAsset:
    spec = {
        "source": {"uri": "s3://streamverse/demo/uploads/film.mp4"},
        "profileRef": {"name": "ladder-small"},
        "title": {"en": "A [bold]Film[/bold]"},
    }
    return MediaAsset.model_validate(_object("film", spec, status))


def channel(status: dict[str, Any] | None = None, **spec: object) -> Channel:
    inputs = [
        {"name": "primary", "protocol": "RTMP", "streamKeySecretRef": {"name": "news-primary"}},
        {"name": "studio", "protocol": "SRT", "streamKeySecretRef": {"name": "news-studio"}},
        {"name": "phone", "protocol": "WHIP", "streamKeySecretRef": {"name": "news-phone"}},
        {"name": "backup", "protocol": "Test"},
    ]
    whole = {"inputs": inputs, "profileRef": {"name": "ladder-small"}, **spec}
    return Channel.model_validate(_object("news", whole, status))


def profile() -> EncodingProfile:
    spec = {"renditions": [{"name": "360p", "maxHeight": 360, "bitrateKbps": 800}]}
    return EncodingProfile.model_validate(_object("ladder-small", spec, None))
