"""Builders: a channel's order, small and complete."""

from crds.live import ChannelOrder
from crds.v1alpha1.encodingprofile import EncodingProfileSpec

SMALL = (
    {"name": "720p", "maxHeight": 720, "maxFrameRate": 30, "bitrateKbps": 2500},
    {"name": "240p", "maxHeight": 240, "maxFrameRate": 30, "bitrateKbps": 400},
    {"name": "360p", "maxHeight": 360, "maxFrameRate": 30, "bitrateKbps": 800},
)
STEREO = ({"name": "stereo", "codec": "AAC", "bitrateKbps": 128},)


def profile(
    *renditions: dict[str, object], audio: tuple[dict[str, object], ...] = STEREO
) -> EncodingProfileSpec:
    return EncodingProfileSpec.model_validate(
        {"gopDurationMillis": 2000, "renditions": renditions or SMALL, "audio": audio}
    )


def order(**changes: object) -> ChannelOrder:
    usual: dict[str, object] = {
        "tenant": "demo", "channel": "news", "uid": "u1", "generation": 3, "inputs": (),
        "profile": profile(),
    }  # fmt: skip
    return ChannelOrder.model_validate(usual | changes)
