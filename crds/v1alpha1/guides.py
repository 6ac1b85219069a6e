"""Which conditions each kind has, and which reasons each may give: what the reference explains."""

from dataclasses import dataclass

from .channelreasons import NOT_YET, OFF, ChannelReason
from .reasons import AssetReason, InputReason, JobReason, ProfileReason, Reason


@dataclass(frozen=True)
class ConditionGuide:
    """What it means that a condition is True, and every reason it may give in any status."""

    when_true: str
    reasons: tuple[Reason, ...]


def _with_progress(guide: dict[str, ConditionGuide]) -> dict[str, ConditionGuide]:
    ready = guide["Ready"].reasons
    return {
        **guide,
        "Reconciling": ConditionGuide("Work is under way; shown only while true.", ready),
        "Stalled": ConditionGuide(
            "It cannot go on until somebody changes something; shown only while true.", ready
        ),
    }


_JOB_FAILURES: tuple[Reason, ...] = (
    *(r for r in InputReason if r is not InputReason.READABLE),
    JobReason.ATTEMPTS_USED,
    JobReason.SCRATCH_FULL,
    JobReason.ENCODE_FAILED,
    JobReason.VERIFY_FAILED,
    JobReason.OUTPUT_UNWRITABLE,
    JobReason.DEADLINE_EXCEEDED,
    JobReason.REPORT_MISSING,
)
_WORK_FAILURES: tuple[Reason, ...] = tuple(r for r in _JOB_FAILURES if isinstance(r, JobReason))
_NO_PODS: tuple[Reason, ...] = (
    JobReason.UNSCHEDULABLE,
    JobReason.QUOTA_EXCEEDED,
    JobReason.IMAGE_PULL,
    JobReason.POD_BLOCKED,
)
_JOB_WAITS: tuple[Reason, ...] = (
    JobReason.PENDING,
    JobReason.SUSPENDED,
    JobReason.PROBING,
    JobReason.ENCODING,
    JobReason.VERIFYING,
    JobReason.PROFILE_NOT_FOUND,
    JobReason.ASSET_NOT_FOUND,
    JobReason.GPU_POOL_NOT_FOUND,
    JobReason.NAME_TAKEN,
    *_NO_PODS,
    JobReason.STORE_AWAY,
    JobReason.STORE_KEY_MISSING,
    JobReason.CHUNKS_LOST,
)

TRANSCODEJOB = _with_progress(
    {
        "InputReadable": ConditionGuide(
            "The source was fetched and probed.",
            (*InputReason, JobReason.PENDING, JobReason.PROBING, JobReason.ASSET_NOT_FOUND),
        ),
        "Encoded": ConditionGuide(
            "Every chunk is there in every rung.",
            (
                JobReason.ENCODED,
                JobReason.PENDING,
                JobReason.ENCODING,
                JobReason.CHUNKS_LOST,
                *_WORK_FAILURES,
            ),
        ),
        "Verified": ConditionGuide(
            "The title was measured as a whole and agrees with its source.",
            (
                JobReason.VERIFIED,
                JobReason.PENDING,
                JobReason.VERIFYING,
                *_WORK_FAILURES,
            ),
        ),
        "Published": ConditionGuide(
            "Players find the title on the origin.",
            (
                JobReason.PUBLISHED,
                JobReason.PLAYABLE,
                JobReason.SUPERSEDED,
                JobReason.PENDING,
                *_JOB_FAILURES,
            ),
        ),
        "Complete": ConditionGuide("The job ended well.", (JobReason.COMPLETE, *_JOB_WAITS)),
        "Failed": ConditionGuide(
            "The job ended and will not be tried again.",
            (JobReason.NOT_FAILED, *_JOB_FAILURES),
        ),
        "Ready": ConditionGuide(
            "The title is complete, verified and published.",
            (JobReason.COMPLETE, JobReason.SUPERSEDED, *_JOB_WAITS, *_JOB_FAILURES),
        ),
    }
)

MEDIAASSET = _with_progress(
    {
        "Probed": ConditionGuide(
            "The source was read.", (AssetReason.PROBED, AssetReason.WAITING, *InputReason)
        ),
        "Encoded": ConditionGuide(
            "Every rung is encoded and verified.",
            (
                AssetReason.ENCODED,
                AssetReason.ENCODING,
                AssetReason.WAITING,
                AssetReason.SUSPENDED,
                AssetReason.JOB_FAILED,
                AssetReason.PROFILE_NOT_FOUND,
                AssetReason.NAME_TAKEN,
            ),
        ),
        "RightsValid": ConditionGuide(
            "The asset may be shown somewhere now.",
            (
                AssetReason.NO_RIGHTS_GIVEN,
                AssetReason.IN_WINDOW,
                AssetReason.NOT_YET,
                AssetReason.EXPIRED,
            ),
        ),
        "Ready": ConditionGuide(
            "The asset is encoded, published and within its rights.",
            (
                AssetReason.AVAILABLE,
                AssetReason.SUPERSEDED,
                AssetReason.WAITING,
                AssetReason.ENCODING,
                AssetReason.SUSPENDED,
                AssetReason.PROFILE_NOT_FOUND,
                AssetReason.NAME_TAKEN,
                AssetReason.NOT_YET,
                AssetReason.EXPIRED,
                *_JOB_FAILURES,
            ),
        ),
    }
)

ENCODINGPROFILE = {
    "Ready": ConditionGuide("Jobs can use it.", tuple(ProfileReason)),
}

CHANNEL = _with_progress(
    {
        "InputAvailable": ConditionGuide(
            "An input is fit to be on air.",
            (
                ChannelReason.RECEIVED,
                ChannelReason.NOTHING_RECEIVED,
                ChannelReason.ALL_FAULTY,
                ChannelReason.NOT_OBSERVED,
                ChannelReason.OFF_AIR,
            ),
        ),
        "Streaming": ConditionGuide(
            "It makes segments, of an input or of the slate.",
            (
                ChannelReason.STREAMING,
                ChannelReason.STARTING,
                ChannelReason.ENDING,
                ChannelReason.NOT_OBSERVED,
                ChannelReason.OFF_AIR,
            ),
        ),
        "OutputFresh": ConditionGuide(
            "What players get is new and whole, and comes from an input.",
            (
                ChannelReason.FRESH,
                ChannelReason.STALE_MANIFEST,
                ChannelReason.INCOMPLETE_MANIFEST,
                ChannelReason.SLATE_INPUT,
                ChannelReason.STARTING,
                ChannelReason.NOT_OBSERVED,
                ChannelReason.OFF_AIR,
            ),
        ),
        "ReferencesFound": ConditionGuide(
            "The profile, the slate, the keys and the regions are there and as they are now.",
            (
                ChannelReason.FOUND,
                ChannelReason.PROFILE_NOT_FOUND,
                ChannelReason.PROFILE_EDITED,
                ChannelReason.PROFILE_NEEDS_STOP,
                ChannelReason.SLATE_NOT_FOUND,
                ChannelReason.SLATE_NOT_PLAYABLE,
                ChannelReason.SLATE_NOT_SHOWN,
                ChannelReason.KEY_MISSING,
                ChannelReason.REGION_NOT_SERVED,
            ),
        ),
        "Ready": ConditionGuide(
            "It is on air, from an input or with its slate.",
            (
                ChannelReason.ON_AIR,
                ChannelReason.SLATE_ON_AIR,
                *OFF,
                *NOT_YET,
                ChannelReason.STALE_MANIFEST,
                ChannelReason.PROFILE_NOT_FOUND,
                ChannelReason.NAME_TAKEN,
            ),
        ),
        "SlateActive": ConditionGuide(
            "Viewers see the slate; shown only while true.", (ChannelReason.SLATE_SHOWN,)
        ),
        "FailedOver": ConditionGuide(
            "Another input than the preferred one is on air; shown only while true.",
            (ChannelReason.BACKUP_ON_AIR,),
        ),
    }
)
