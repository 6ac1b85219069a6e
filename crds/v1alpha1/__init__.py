"""API group streamverse.io/v1alpha1."""

from .channel import Channel, ChannelSpec
from .channelstatus import ChannelStatus
from .encodingprofile import EncodingProfile, EncodingProfileSpec, EncodingProfileStatus
from .mediaasset import MediaAsset, MediaAssetSpec, MediaAssetStatus
from .meta import GROUP, VERSION, Condition, Manifest, Metadata, Model, NameRef, Resource, Truth
from .transcodejob import TranscodeJob, TranscodeJobSpec, TranscodeJobStatus

KINDS = (EncodingProfile, MediaAsset, TranscodeJob, Channel)

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
