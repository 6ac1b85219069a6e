"""Resolves a profile's ladder for one source: every rung made, or dropped with its reason. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from crds.v1alpha1.encodingprofile import EncodingProfileSpec, Rendition
from crds.work import Dropped
from media_runtime.failure import Refused
from media_runtime.title.plan import Codec, Transfer, VideoRung

from .engine import Engine
from .rates import for_rung, shared_unit, timescales, whole

_NEARLY = Fraction(21, 20)
"""A rung up to this much larger than the source is made at the source's own size: 1080 of 1072."""
_BOX = Fraction(16, 9)
_HDR_CODECS: frozenset[Codec] = frozenset({"H265", "AV1", "VP9"})


@dataclass(frozen=True)
class Picture:
    """A source as far as its ladder goes: upright, square pixels, at a regular rate."""

    width: int
    height: int
    rate: Fraction
    seconds: Fraction
    transfer: Transfer


@dataclass(frozen=True)
class Ladder:
    rungs: tuple[VideoRung, ...]
    dropped: tuple[Dropped, ...]
    gop_seconds: Fraction
    segment_seconds: Fraction


@dataclass(frozen=True)
class _Candidate:
    wish: Rendition
    width: int
    height: int
    transfer: Transfer
    scale: Fraction
    """Of the source; over 1 the box is larger than it, and the source's own size is made."""


def ladder(profile: EncodingProfileSpec, picture: Picture, engine: Engine) -> Ladder:
    """Raises Refused: UnsupportedCodec for a rung that is not optional, LadderEmpty."""
    dropped: list[Dropped] = []
    made: list[_Candidate] = []
    for wish in profile.renditions:
        found = _judged(wish, picture, engine, profile)
        (dropped if isinstance(found, Dropped) else made).append(found)  # type: ignore[arg-type]
    fitting = [c for c in made if c.scale <= _NEARLY]
    if made and not fitting:
        fitting = [min(made, key=lambda c: (c.scale, c.wish.bitrate_kbps))]
    dropped += [_upscale(c, picture) for c in made if c not in fitting]
    kept, duplicates = _without_duplicates(fitting, picture.rate)
    dropped += duplicates
    if not kept:
        why = "; ".join(f"{d.name}: {d.reason}" for d in dropped)
        raise Refused("LadderEmpty", f"no rung of the profile fits this source ({why})")
    rates = [for_rung(picture.rate, c.wish.max_frame_rate) for c in kept]
    unit = shared_unit(rates)
    gop = whole(Fraction(profile.gop_duration_millis, 1000), unit)
    segment = whole(Fraction(profile.segment_duration_millis, 1000), gop)
    nvenc = profile.encoder == "Nvenc"
    rungs = tuple(
        _rung(c, rate, ticks, gop=gop, segment=segment, seconds=picture.seconds, nvenc=nvenc)
        for c, rate, ticks in zip(kept, rates, timescales(rates), strict=True)
    )
    names = [wish.name for wish in profile.renditions]
    return Ladder(rungs, tuple(sorted(dropped, key=lambda d: names.index(d.name))), gop, segment)


def no_ladder(profile: EncodingProfileSpec) -> Ladder:
    """Of a title without a picture: segments as long as asked, every rung dropped."""
    return Ladder(
        rungs=(),
        dropped=tuple(
            Dropped(name=wish.name, reason="NoVideo", message="the source has no picture")
            for wish in profile.renditions
        ),
        gop_seconds=Fraction(profile.gop_duration_millis, 1000),
        segment_seconds=Fraction(profile.segment_duration_millis, 1000),
    )


def _judged(
    wish: Rendition, picture: Picture, engine: Engine, profile: EncodingProfileSpec
) -> _Candidate | Dropped:
    if picture.transfer == "SDR" and wish.hdr == "Passthrough":
        return Dropped(name=wish.name, reason="SdrSource", message="the source is not HDR")
    if picture.transfer != "SDR" and wish.hdr == "Forbid":
        message = f"the source is {picture.transfer}"
        return Dropped(name=wish.name, reason="HdrForbidden", message=message)
    transfer = picture.transfer if wish.hdr == "Passthrough" else "SDR"
    if transfer != "SDR" and wish.codec not in _HDR_CODECS:
        raise Refused(
            "UnsupportedCodec",
            f"rung {wish.name}: {wish.codec} cannot carry {transfer}; use H265, AV1 or VP9",
        )
    if engine.encoder(profile.encoder, wish.codec) is None:
        message = f"no {profile.encoder} encoder of {wish.codec} is installed"
        if not wish.optional:
            raise Refused("UnsupportedCodec", f"rung {wish.name}: {message}")
        return Dropped(name=wish.name, reason="NoEncoder", message=message)
    scale = _scale(wish.max_height, picture)
    width, height = _size(scale, picture)
    return _Candidate(wish, width, height, transfer, scale)


def _scale(max_height: int, picture: Picture) -> Fraction:
    """To fit a 16:9 box of so many lines; it stands upright for a portrait."""
    long_side, short_side = sorted((picture.width, picture.height), reverse=True)
    return min(max_height * _BOX / long_side, Fraction(max_height, short_side))


def _size(scale: Fraction, picture: Picture) -> tuple[int, int]:
    """Even, as 4:2:0 needs, and never above the source's."""

    def even(length: int) -> int:
        nearest = 2 * int(length * min(scale, Fraction(1)) / 2 + Fraction(1, 2))
        return max(2, min(nearest, length - length % 2))

    return even(picture.width), even(picture.height)


def _upscale(candidate: _Candidate, picture: Picture) -> Dropped:
    message = f"{candidate.wish.max_height} lines; the source has {picture.width}x{picture.height}"
    return Dropped(name=candidate.wish.name, reason="Upscale", message=message)


def _without_duplicates(
    candidates: Sequence[_Candidate], source_rate: Fraction
) -> tuple[list[_Candidate], list[Dropped]]:
    """Rungs meant to differ in size, that the source's size made alike: the best one stays."""
    kept: list[_Candidate] = []
    dropped: list[Dropped] = []
    for candidate in sorted(candidates, key=lambda c: -c.wish.bitrate_kbps):
        like = next((k for k in kept if _alike(k, candidate, source_rate)), None)
        if like is None:
            kept.append(candidate)
        else:
            message = f"the same size as {like.wish.name}"
            dropped.append(Dropped(name=candidate.wish.name, reason="Duplicate", message=message))
    return [c for c in candidates if c in kept], dropped


def _alike(one: _Candidate, other: _Candidate, source_rate: Fraction) -> bool:
    return (
        one.wish.max_height != other.wish.max_height
        and (one.width, one.height) == (other.width, other.height)
        and (one.wish.codec, one.transfer) == (other.wish.codec, other.transfer)
        and for_rung(source_rate, one.wish.max_frame_rate)
        == for_rung(source_rate, other.wish.max_frame_rate)
    )


def _rung(
    candidate: _Candidate,
    rate: Fraction,
    timescale: int,
    *,
    gop: Fraction,
    segment: Fraction,
    seconds: Fraction,
    nvenc: bool,
) -> VideoRung:
    wish = candidate.wish
    return VideoRung(
        name=wish.name,
        codec=wish.codec,
        width=candidate.width,
        height=candidate.height,
        rate=rate,
        timescale=timescale,
        ticks_per_frame=int(timescale / rate),
        gop_frames=int(gop * rate),
        segment_frames=int(segment * rate),
        # rounded up, so that every rung reaches into the same last segment
        frames=max(1, -int(-seconds * rate // 1)),
        bitrate_kbps=wish.bitrate_kbps,
        max_bitrate_kbps=wish.max_bitrate_kbps or wish.bitrate_kbps * 3 // 2,
        transfer=candidate.transfer,
        encoder="Nvenc" if nvenc else "Software",
    )
