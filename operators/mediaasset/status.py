"""What is said of a MediaAsset: what its jobs say, and what its rights allow. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crds.v1alpha1 import MediaAsset, MediaAssetStatus
from crds.v1alpha1.meta import Condition
from crds.v1alpha1.reasons import AssetReason
from operators.canonical import hash_of
from operators.mediaasset.rights import rights_valid

if TYPE_CHECKING:
    from crds.v1alpha1.meta import Truth
    from operators.mediaasset.observed import OwnJob, Seen


def status_of(
    asset: MediaAsset, seen: Seen, name: str | None, current: OwnJob | None
) -> MediaAssetStatus:
    before = asset.status or MediaAssetStatus()
    playing = _playing(seen, current)
    shown = playing.job.status if playing else None
    read = (current.job.status if current else None) or shown
    rights = rights_valid(asset.spec.rights, seen.now)
    encoded = _encoded(asset, seen, current)
    conditions = [_probed(current), encoded, rights, _ready(current, encoded, rights)]
    if _wants_somebody(current, encoded) or conditions[-1].reason == AssetReason.SUPERSEDED:
        stalled = conditions[-1].model_copy(update={"type": "Stalled", "status": "True"})
        conditions.append(stalled)
    elif encoded.status == "False" and encoded.reason != AssetReason.SUSPENDED:
        conditions.append(encoded.model_copy(update={"type": "Reconciling", "status": "True"}))
    generation = {"observed_generation": asset.metadata.generation}
    ladder = current.job.spec.profile if current else None
    found: dict[str, object] = {
        **generation,
        "conditions": [c.model_copy(update=generation) for c in conditions],
        "current_job": before.current_job if name is None or seen.stranger else name,
        "profile_hash": hash_of(ladder) if ladder else before.profile_hash,
        "probe": read.probe if read else None,
        "duration_millis": shown.duration_millis if shown else None,
        "renditions": shown.outputs if shown else (),
        "playback": shown.playback if shown else None,
        "warnings": read.warnings if read else (),
    }
    return MediaAssetStatus.model_validate(dict(before) | found)


def _playing(seen: Seen, current: OwnJob | None) -> OwnJob | None:
    """The job whose title the name stands for: of those that were published, the newest."""
    published = [own for own in seen.jobs.values() if own.published]
    if published:
        return max(published, key=lambda own: own.age)
    return current if current is not None and current.holds("Published") else None


def _say(type_: str, truth: Truth, reason: str, message: str) -> Condition:
    return Condition(type=type_, status=truth, reason=str(reason), message=message)


def _probed(current: OwnJob | None) -> Condition:
    said = current.job.status.condition("InputReadable") if current and current.job.status else None
    if said is None or said.status == "Unknown":
        return _say("Probed", "Unknown", AssetReason.WAITING, "the source was not read yet")
    if said.status == "True":
        return _say("Probed", "True", AssetReason.PROBED, said.message)
    return _say("Probed", "False", said.reason, said.message)


def _encoded(asset: MediaAsset, seen: Seen, current: OwnJob | None) -> Condition:
    if current is not None and current.holds("Complete"):
        return _say("Encoded", "True", AssetReason.ENCODED, "every rung is encoded and verified")
    failed = _failure(current)
    if failed is not None:
        return _say("Encoded", "False", AssetReason.JOB_FAILED, failed.message)
    if asset.spec.suspend:
        message = "spec.suspend is true; set it to false to go on"
        return _say("Encoded", "False", AssetReason.SUSPENDED, message)
    if seen.stranger:
        message = (
            f'a TranscodeJob that is not this asset\'s is named "{seen.stranger}"; '
            "delete it, or rename the asset"
        )
        return _say("Encoded", "False", AssetReason.NAME_TAKEN, message)
    if current is None and seen.profile is None:
        message = f'there is no EncodingProfile "{asset.spec.profile_ref.name}"; create it'
        return _say("Encoded", "False", AssetReason.PROFILE_NOT_FOUND, message)
    return _under_way(current)


def _under_way(current: OwnJob | None) -> Condition:
    ready = current.job.status.condition("Ready") if current and current.job.status else None
    if ready is None or current is None:
        return _say("Encoded", "False", AssetReason.WAITING, "its TranscodeJob begins")
    # Not how far it is: that would be written here as often as there.
    message = f"TranscodeJob {current.job.metadata.name} is at work: {ready.reason}"
    return _say("Encoded", "False", AssetReason.ENCODING, message)


def _failure(current: OwnJob | None) -> Condition | None:
    status = current.job.status if current else None
    said = status.condition("Failed") if status else None
    return said if said is not None and said.status == "True" else None


def _ready(current: OwnJob | None, encoded: Condition, rights: Condition) -> Condition:
    failed = _failure(current)
    if failed is not None:
        return _say("Ready", "False", failed.reason, failed.message)
    if encoded.status != "True":
        return _say("Ready", "False", encoded.reason, encoded.message)
    if rights.status != "True":
        return _say("Ready", "False", rights.reason, rights.message)
    if current is None or not current.published:
        message = "another title has its name; `streamverse status` of its TranscodeJob tells more"
        return _say("Ready", "False", AssetReason.SUPERSEDED, message)
    return _say("Ready", "True", AssetReason.AVAILABLE, "can be played")


def _wants_somebody(current: OwnJob | None, encoded: Condition) -> bool:
    needy = {AssetReason.PROFILE_NOT_FOUND, AssetReason.NAME_TAKEN}
    return _failure(current) is not None or encoded.reason in needy
