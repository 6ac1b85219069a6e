"""What a TranscodeJob's pods are told, and from when on that is settled. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crds.v1alpha1.encodingprofile import EncodingProfileSpec, Rendition
from crds.work import Order
from operators.kinds import EDITION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crds.v1alpha1 import EncodingProfile, MediaAsset, TranscodeJob
    from operators.transcodejob.pods import Platform


@dataclass(frozen=True)
class Wishes:
    """What shapes output, from spec, from status once it is latched there, or from the objects
    that spec refers to, in this order; None where it is missing.
    """

    profile: EncodingProfileSpec | None
    input_uri: str | None


def wishes(job: TranscodeJob, profile: EncodingProfile | None, asset: MediaAsset | None) -> Wishes:
    latched = job.status
    return Wishes(
        profile=job.spec.profile
        or (latched.profile if latched else None)
        or (profile.spec if profile else None),
        input_uri=job.spec.input.uri
        or (latched.input_uri if latched else None)
        or (asset.spec.source.uri if asset else None),
    )


def published_as(job: TranscodeJob) -> str:
    """The name in playback paths."""
    return job.spec.output.prefix or job.metadata.name


def rank(job: TranscodeJob) -> str:
    """Of two titles that want one name, the one with the greater rank was wished for later."""
    meta = job.metadata
    created = meta.creation_timestamp.isoformat() if meta.creation_timestamp else ""
    return f"{created}/{edition(meta.annotations):06d}/{meta.uid}"


def edition(annotations: Mapping[str, str]) -> int:
    """Which of an asset's encodes it is, from 1; 0 of a job that a person made."""
    said = annotations.get(EDITION, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _DIGITS else 0


_DIGITS = 6


def order(
    job: TranscodeJob, profile: EncodingProfileSpec, input_uri: str, platform: Platform
) -> Order:
    return Order(
        tenant=job.metadata.namespace,
        title=job.metadata.uid,
        name=published_as(job),
        rank=rank(job),
        input_uri=input_uri,
        profile=profile,
        target_chunk_seconds=job.spec.chunking.target_seconds,
        min_ssim=job.spec.verify.min_ssim,
        av_skew_max_millis=job.spec.verify.av_skew_max_millis,
        hls=job.spec.packaging.hls,
        dash=job.spec.packaging.dash,
        max_input_gibibytes=platform.max_input_gibibytes,
        allow_cidrs=platform.allow_cidrs,
    )


NOTHING = EncodingProfileSpec(
    renditions=[Rendition(name="none", max_height=64, bitrate_kbps=30)], audio=[]
)
"""Retiring a title asks for no ladder, and the profile may be gone by then."""
