"""What a Channel refers to, and what of it counts: what is on air is kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crds.v1alpha1 import ChannelStatus
from crds.v1alpha1.channelreasons import ChannelReason
from crds.v1alpha1.meta import Condition
from operators.canonical import hash_of
from operators.channel.order import REFRESH

if TYPE_CHECKING:
    from crds.v1alpha1 import Channel, EncodingProfileSpec, MediaAsset
    from operators.channel.observed import Seen
    from operators.channel.platform import Platform

Problem = tuple[ChannelReason, str]


@dataclass(frozen=True)
class References:
    profile: EncodingProfileSpec | None = None
    """The ladder to be on air with; None: there is none."""
    profile_name: str | None = None
    refreshed: str | None = None
    """The value of the annotation by which the ladder was taken."""
    slate: str | None = None
    problems: tuple[Problem, ...] = field(default=())
    """What a person should know, the gravest first."""

    @property
    def profile_hash(self) -> str | None:
        return hash_of(self.profile) if self.profile else None

    @property
    def condition(self) -> Condition:
        if not self.problems:
            message = "all that spec refers to is there"
            return _say("True", ChannelReason.FOUND, message)
        return _say("False", self.problems[0][0], "; ".join(text for _, text in self.problems))


def _say(truth: str, reason: ChannelReason, message: str) -> Condition:
    return Condition.model_validate(
        {"type": "ReferencesFound", "status": truth, "reason": str(reason), "message": message}
    )


def references(channel: Channel, seen: Seen, platform: Platform) -> References:
    before = channel.status or ChannelStatus()
    ladder, grave = _ladder(channel, before, seen)
    slate, missing = _slate(channel, before, seen)
    problems = [*grave, *missing, *_keys(seen), *_regions(channel, platform)]
    return References(
        profile=ladder.profile,
        profile_name=ladder.profile_name,
        refreshed=ladder.refreshed,
        slate=slate,
        problems=tuple(problems),
    )


def _ladder(
    channel: Channel, before: ChannelStatus, seen: Seen
) -> tuple[References, list[Problem]]:
    """An edited EncodingProfile is everybody's: it restarts nobody's channel. A channel takes it
    when it goes on air, when it names another one, or when it is told to refresh.
    """
    name = channel.spec.profile_ref.name
    asked = channel.metadata.annotations.get(REFRESH, "")[:64] or None
    now = seen.profile.spec if seen.profile else None
    taken = References(now, name, asked)
    kept = References(before.profile, before.profile_name, before.refreshed)
    lost = f'there is no EncodingProfile "{name}"; create it, or correct profileRef'
    if not seen.airs or before.profile is None:
        return (taken, []) if now else (References(), [(ChannelReason.PROFILE_NOT_FOUND, lost)])
    if now is None:
        stays = f"{lost}; the channel stays on air with the ladder that it has"
        return kept, [(ChannelReason.PROFILE_NOT_FOUND, stays)]
    same = before.profile.gop_duration_millis == now.gop_duration_millis
    wanted = (name, asked) != (before.profile_name, before.refreshed)
    if wanted and same and channel.spec.wants_air:
        return taken, []
    return kept, [] if hash_of(now) == before.profile_hash else [_outdated(name, now, same=same)]


def _outdated(name: str, now: EncodingProfileSpec, *, same: bool) -> Problem:
    if same:
        return ChannelReason.PROFILE_EDITED, (
            f'EncodingProfile "{name}" was edited since the channel took it; annotate the channel '
            f"with {REFRESH} to take it anew"
        )
    return ChannelReason.PROFILE_NEEDS_STOP, (
        f'EncodingProfile "{name}" has another gopDurationMillis ({now.gop_duration_millis}) than '
        "the channel is on air with; stop the channel to take it"
    )


def _slate(channel: Channel, before: ChannelStatus, seen: Seen) -> tuple[str | None, list[Problem]]:
    ref = channel.spec.loss_behavior.slate_ref
    if ref is None:
        return None, []
    if seen.slate is None:
        message = f'there is no MediaAsset "{ref.name}" for the slate; create it'
        missing = [(ChannelReason.SLATE_NOT_FOUND, message)]
    elif not _plays(seen.slate):
        message = f'MediaAsset "{ref.name}" of the slate is not published yet'
        missing = [(ChannelReason.SLATE_NOT_PLAYABLE, message)]
    else:
        return ref.name, _unshown(ref.name, seen)
    # Pods that have it need not be made anew because it is encoded again, or deleted.
    return (ref.name if before.slate == ref.name and seen.airs else None), missing


def _unshown(name: str, seen: Seen) -> list[Problem]:
    """Its pods have tried to show it."""
    if seen.state is None or not seen.state.slate_problem:
        return []
    message = (
        f'MediaAsset "{name}" cannot be shown as the slate: {seen.state.slate_problem}; it is '
        "tried again, and if it stays so, encode it anew or name another in lossBehavior.slateRef"
    )
    return [(ChannelReason.SLATE_NOT_SHOWN, message)]


def _plays(asset: MediaAsset) -> bool:
    return asset.status is not None and asset.status.playback is not None


def _keys(seen: Seen) -> list[Problem]:
    state = seen.state
    lacking = [one.name for one in state.inputs if one.lacks_key] if state else []
    if not lacking:
        return []
    message = (
        f"no stream key for {', '.join(lacking)}: the Secret that streamKeySecretRef names, or the "
        "key in it, is not there"
    )
    return [(ChannelReason.KEY_MISSING, message)]


def _regions(channel: Channel, platform: Platform) -> list[Problem]:
    elsewhere = [region.name for region in channel.spec.regions if region.name != platform.region]
    if not elsewhere:
        return []
    message = f"on air from {platform.region} only: {', '.join(elsewhere)} cannot be joined yet"
    return [(ChannelReason.REGION_NOT_SERVED, message)]
