"""Every reason that a Channel's conditions may give, and which condition gives which."""

from .reasons import JobReason, Reason


class ChannelReason(Reason):
    """Where a Channel stands."""

    ON_AIR = "OnAir", "It is on air from an input."
    SLATE_ON_AIR = (
        "SlateOnAir",
        "It is on air with its slate, for no input is fit to be shown; status.inputs says why.",
    )
    STARTING = "Starting", "Its pods are starting; a channel is on air within seconds."
    NOT_OBSERVED = (
        "NotObserved",
        "Its pods run and do not tell how they are. What is on air goes on; see their log.",
    )
    ENDING = "Ending", "Players are being told that it is over; then its pods go."
    STOPPED = "Stopped", "spec.desiredState is Stopped. Set it to Running to go on air."
    SUSPENDED = "Suspended", "spec.suspend is true. Set it to false to go on air."
    POD_FAILING = (
        "PodFailing",
        "Its pod ends again and again; the message says how. See `kubectl logs --previous`.",
    )
    NAME_TAKEN = (
        "NameTaken",
        (
            "An object that is not this channel's has the name of its Deployment or Service. "
            "Delete that, or name the channel otherwise."
        ),
    )
    PROFILE_NOT_FOUND = (
        "ProfileNotFound",
        (
            "There is no EncodingProfile of that name. Create it, or correct profileRef. A channel "
            "that is on air stays so."
        ),
    )
    PROFILE_EDITED = (
        "ProfileEdited",
        (
            "The EncodingProfile was edited since the channel took it. Take it anew, without a "
            "break: `kubectl annotate channel NAME streamverse.io/refresh=$(date +%s) --overwrite`."
        ),
    )
    PROFILE_NEEDS_STOP = (
        "ProfileNeedsStop",
        (
            "The EncodingProfile has another gopDurationMillis, which is the channel's timeline. "
            "Set desiredState to Stopped, and to Running again, to take it."
        ),
    )
    SLATE_NOT_FOUND = (
        "SlateNotFound",
        (
            "There is no MediaAsset of that name here; a drawn picture is shown instead. Create "
            "it, or correct lossBehavior.slateRef."
        ),
    )
    SLATE_NOT_PLAYABLE = (
        "SlateNotPlayable",
        "The MediaAsset of the slate is not published yet; a drawn picture is shown until it is.",
    )
    SLATE_NOT_SHOWN = (
        "SlateNotShown",
        (
            "The slate is published, and cannot be shown: the message says why. It is tried again "
            "every 10 s. If it stays so, encode it anew, or name another in lossBehavior.slateRef; "
            "a drawn picture, or the slate of before, is shown meanwhile."
        ),
    )
    KEY_MISSING = (
        "KeyMissing",
        (
            "The Secret with an input's stream key, or that key in it, is not there, so nobody can "
            "publish to it. Create it; the channel finds it within a minute or two."
        ),
    )
    REGION_NOT_SERVED = (
        "RegionNotServed",
        (
            "A region of spec.regions is not this cluster's, and regions cannot be joined yet. It "
            "is on air from here."
        ),
    )
    FOUND = "Found", "All that spec refers to was found, and is in use as it is now."
    RECEIVED = "Received", "An input is well; the message names those that are."
    NOTHING_RECEIVED = (
        "NothingReceived",
        (
            "Nobody publishes, and nothing could be fetched. `streamverse url channel/NAME "
            "--publish INPUT` prints where to."
        ),
    )
    ALL_FAULTY = (
        "AllFaulty",
        "Every input that is received has a fault: black, frozen, silent or broken.",
    )
    STREAMING = "Streaming", "Segments are made; status.endpoints says where it plays."
    OFF_AIR = "OffAir", "It is off air, as spec wishes."
    FRESH = "Fresh", "The newest segment is as new as it should be."
    STALE_MANIFEST = (
        "StaleManifest",
        "No new segment came in time, so edges look elsewhere (STALE_MANIFEST). See the pod's log.",
    )
    SLATE_INPUT = (
        "SlateInput",
        "The slate is on air, so edges that know of another region look there (SLATE_INPUT).",
    )
    INCOMPLETE_MANIFEST = (
        "IncompleteManifest",
        (
            "Rungs of the ladder are not encoded now (INCOMPLETE_MANIFEST); status.dropped says "
            "why. Viewers get the others."
        ),
    )
    SLATE_SHOWN = "SlateShown", "Viewers see the slate; the message says since when and why."
    BACKUP_ON_AIR = (
        "BackupOnAir",
        (
            "An input is on air that is not the preferred one; it returns by itself once the "
            "preferred one was well for failover.errorClearMillis."
        ),
    )


R = ChannelReason
NO_PODS: tuple[Reason, ...] = (
    JobReason.UNSCHEDULABLE,
    JobReason.QUOTA_EXCEEDED,
    JobReason.IMAGE_PULL,
    JobReason.POD_BLOCKED,
)
NOT_YET: tuple[Reason, ...] = (
    R.STARTING,
    R.NOT_OBSERVED,
    R.POD_FAILING,
    *NO_PODS,
    JobReason.STORE_AWAY,
    JobReason.STORE_KEY_MISSING,
)
OFF: tuple[Reason, ...] = (R.ENDING, R.STOPPED, R.SUSPENDED)
