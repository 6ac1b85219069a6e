"""API group streamverse.io/v1alpha1; each kind is imported when it is first asked for.

A media pod knows the ladder and no kind: the models of all would make its start a tenth dearer.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .channel import Channel, ChannelSpec
    from .channelstatus import ChannelStatus
    from .encodingprofile import EncodingProfile, EncodingProfileSpec, EncodingProfileStatus
    from .mediaasset import MediaAsset, MediaAssetSpec, MediaAssetStatus
    from .meta import GROUP, VERSION, Condition, Manifest, Metadata, Model, NameRef, Resource, Truth
    from .transcodejob import TranscodeJob, TranscodeJobSpec, TranscodeJobStatus

    KINDS = (EncodingProfile, MediaAsset, TranscodeJob, Channel)

_KINDS = ("EncodingProfile", "MediaAsset", "TranscodeJob", "Channel")
_HOMES = {
    **{f"{kind}{half}": kind.lower() for kind in _KINDS for half in ("", "Spec", "Status")},
    "ChannelStatus": "channelstatus",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the module that has it says
    if name.startswith("__"):
        raise AttributeError(name)
    found = (
        tuple(__getattr__(kind) for kind in _KINDS)
        if name == "KINDS"
        else getattr(import_module(f".{_HOMES.get(name, 'meta')}", __name__), name)
    )
    globals()[name] = found
    return found


__all__ = [
    "GROUP",
    "KINDS",
    "VERSION",
    "Channel",
    "ChannelSpec",
    "ChannelStatus",
    "Condition",
    "EncodingProfile",
    "EncodingProfileSpec",
    "EncodingProfileStatus",
    "Manifest",
    "MediaAsset",
    "MediaAssetSpec",
    "MediaAssetStatus",
    "Metadata",
    "Model",
    "NameRef",
    "Resource",
    "TranscodeJob",
    "TranscodeJobSpec",
    "TranscodeJobStatus",
    "Truth",
]
