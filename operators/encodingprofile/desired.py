"""What is said of an EncodingProfile. Pure: no client, no clock, no kopf."""

from crds.v1alpha1 import Condition, EncodingProfile, EncodingProfileStatus
from crds.v1alpha1.reasons import ProfileReason
from operators.canonical import hash_of
from operators.reconcile import Desired


def desired(profile: EncodingProfile) -> Desired[EncodingProfileStatus]:
    """Its hash: part of what names every job that is made with it."""
    generation = profile.metadata.generation
    rungs = len(profile.spec.renditions)
    ready = Condition.ready(
        "True", ProfileReason.USABLE, f"{rungs} rung{'s' if rungs != 1 else ''}"
    ).model_copy(update={"observed_generation": generation})
    status = EncodingProfileStatus(
        observed_generation=generation,
        hash=hash_of(profile.spec),
        ladder=" ".join(rung.name for rung in profile.spec.renditions),
        conditions=(ready,),
    )
    return Desired(status)
