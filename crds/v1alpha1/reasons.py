"""Every reason that a condition may give, with what it means and what to do about it.

The operator and the media pods say these words; the reference pages explain them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """A reason on the wire; `.meaning` is for people."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member


class InputReason(Reason):
    """What can be wrong with a source: all of it permanent."""

    READABLE = "Readable", "The source was fetched, probed and found sound."
    UNREACHABLE = (
        "InputUnreachable",
        (
            "The address did not answer, or not with media. Check source.uri and that it can "
            "be read from the cluster."
        ),
    )
    CORRUPT = "InputCorrupt", "The source cannot be decoded. Upload it again, or repair it."
    UNSAFE = (
        "InputUnsafe",
        (
            "The source points to other files or addresses, or lies outside this namespace's "
            "part of the store. Upload the media itself with `streamverse upload`."
        ),
    )
    CHANGED = (
        "InputChanged",
        "The source was overwritten while it was read. Make a new job once it is still.",
    )
    TOO_LARGE = "InputTooLarge", "The source exceeds the limit on bytes, pixels or duration."
    UNSUPPORTED_CODEC = (
        "UnsupportedCodec",
        "The source's codec or container is not one that is accepted. Convert it first.",
    )
    NO_MEDIA = "NoMedia", "The source holds neither picture nor sound."
    NO_AUDIO = (
        "NoAudio",
        "The source has no sound and the profile says `ifMissing: Fail`. Use Silence or Omit.",
    )
    LADDER_EMPTY = (
        "LadderEmpty",
        "Every rung was dropped; status.dropped says why. Add a rung that fits the source.",
    )


class JobReason(Reason):
    """Where a TranscodeJob stands, and what can go wrong after its source was read."""

    SUSPENDED = "Suspended", "spec.suspend is true. Set it to false to go on where it stopped."
    PENDING = "Pending", "Nothing was started yet."
    PROBING = "Probing", "The source is being fetched and probed."
    ENCODING = "Encoding", "Chunks are being encoded; status.progress says how far."
    VERIFYING = "Verifying", "Everything is encoded; the title is being verified and published."
    ENCODED = "Encoded", "Every chunk is encoded in every rung, each decoded again and counted."
    VERIFIED = "Verified", "Durations, key frames, sizes and A/V skew were measured and agree."
    PUBLISHED = "Published", "The title is on the origin; status.playback says where."
    PLAYABLE = "Playable", "The title can be watched while the rest is encoded."
    SUPERSEDED = (
        "Superseded",
        (
            "The title is whole, but its name stands for one that was wished for later. Delete "
            "one of the two, or publish this one under another output.prefix."
        ),
    )
    COMPLETE = "Complete", "All is done."
    NOT_FAILED = "NotFailed", "Nothing has failed."
    PROFILE_NOT_FOUND = (
        "ProfileNotFound",
        "There is no EncodingProfile of that name. Create it, or correct profileRef.",
    )
    ASSET_NOT_FOUND = (
        "AssetNotFound",
        "There is no MediaAsset of that name here. Create it, or correct input.assetRef.",
    )
    GPU_POOL_NOT_FOUND = (
        "GpuPoolNotFound",
        "There is no such pool of GPUs. Correct gpu.poolRef, or leave it out to encode by CPU.",
    )
    NAME_TAKEN = (
        "NameTaken",
        "Another job publishes under this name. Choose another output.prefix, or delete that job.",
    )
    UNSCHEDULABLE = (
        "Unschedulable",
        "No node has room for the pods. Free or add capacity; the job goes on by itself.",
    )
    POD_BLOCKED = (
        "PodBlocked",
        "The pods are refused or cannot start (quota, admission, image); the message says which.",
    )
    QUOTA_EXCEEDED = (
        "QuotaExceeded",
        "The namespace's ResourceQuota has no room for the pods. Raise it, or wait for others.",
    )
    IMAGE_PULL = (
        "ImagePull",
        "The node cannot fetch the media image. Check its name and the pull secrets.",
    )
    ENCODE_FAILED = (
        "EncodeFailed",
        "A chunk failed as often as retry.maxAttemptsPerChunk allows; the message names it.",
    )
    ATTEMPTS_USED = (
        "AttemptsUsed",
        (
            "A step was tried as often as it may be; the message says how it ended last. Make a "
            "new job once that is mended."
        ),
    )
    SCRATCH_FULL = (
        "ScratchFull",
        (
            "The node's disk had no room for what a step works on, as often as it was tried. Make "
            "room, or give nodes larger disks, then make a new job."
        ),
    )
    CHUNKS_LOST = (
        "ChunksLost",
        "Some of what was encoded is no longer in the store; it is encoded again.",
    )
    VERIFY_FAILED = (
        "VerifyFailed",
        "What was encoded does not match its source; nothing was published as VOD.",
    )
    OUTPUT_UNWRITABLE = (
        "OutputUnwritable",
        (
            "The store answers and refuses: the access key, the bucket, its quota or its space; "
            "the message says which. Mend that, then make a new job."
        ),
    )
    STORE_AWAY = "StoreAway", "The store does not answer, or not in time; it is tried again."
    STORE_KEY_MISSING = (
        "StoreKeyMissing",
        (
            "The platform makes no keys to this store, and the namespace was given none: its "
            "Secret streamverse-store is not there, or not whole. Make it; what waits goes on "
            "within a minute."
        ),
    )
    DEADLINE_EXCEEDED = (
        "DeadlineExceeded",
        (
            "The job ran longer than activeDeadlineSeconds. Raise it in a new job; what is encoded "
            "is found again."
        ),
    )
    REPORT_MISSING = (
        "ReportMissing",
        "A pod ended without a report that can be read. See its log; it is tried again.",
    )


class AssetReason(Reason):
    """Where a MediaAsset stands."""

    SUSPENDED = "Suspended", "spec.suspend is true. Set it to false to go on."
    PROBED = "Probed", "The source was read; status.probe says what it is."
    ENCODED = "Encoded", "Every rung of the profile that fits the source is encoded and verified."
    ENCODING = "Encoding", "The TranscodeJob in status.currentJob is at work."
    WAITING = "WaitingForJob", "The TranscodeJob was made and has not reported yet."
    JOB_FAILED = "JobFailed", "The TranscodeJob in status.currentJob failed; the message says why."
    PROFILE_NOT_FOUND = (
        "ProfileNotFound",
        "There is no EncodingProfile of that name. Create it, or correct profileRef.",
    )
    NAME_TAKEN = (
        "NameTaken",
        "A TranscodeJob that is not this asset's has the name that its own would get.",
    )
    NO_RIGHTS_GIVEN = "NoRightsGiven", "spec.rights is empty: the asset is not limited."
    IN_WINDOW = "InWindow", "At least one of spec.rights holds now."
    NOT_YET = "NotYetValid", "The rights begin in the future; the message says when."
    EXPIRED = "Expired", "All rights have ended. Add or extend one of spec.rights."
    SUPERSEDED = (
        "Superseded",
        "Another title has the asset's name; see the TranscodeJob in status.currentJob.",
    )
    AVAILABLE = "Available", "The asset can be played; status.playback says where."


class ProfileReason(Reason):
    """Where an EncodingProfile stands."""

    USABLE = "Usable", "The ladder is sound; status.hash names this version of it."
