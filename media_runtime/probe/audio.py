"""Which audio renditions are made: the profile's, in each language of the source. Pure."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from crds.v1alpha1.encodingprofile import AudioProfile
from media_runtime.failure import Refused
from media_runtime.title.plan import AudioRendition

from .engine import Engine
from .model import AudioStream

_MOST_LANGUAGES = 8
_STEREO = 2
_LONGEST_NAME = 32


def renditions(
    profile: Sequence[AudioProfile],
    streams: Sequence[AudioStream],
    *,
    start_seconds: Fraction,
    engine: Engine,
) -> tuple[AudioRendition, ...]:
    """The first language has the profile's names; others add theirs, as "stereo-deu".

    Raises Refused: NoAudio where the profile says Fail, UnsupportedCodec.
    """
    for wish in profile:
        if not engine.hears(wish.codec):
            raise Refused("UnsupportedCodec", f"audio {wish.name}: no encoder of {wish.codec}")
    if not streams:
        return _distinct(filter(None, (_silence(wish, start_seconds) for wish in profile)))
    made: list[AudioRendition] = []
    for place, stream in enumerate(by_language(streams)):
        for wish in profile:
            name = wish.name if place == 0 else f"{wish.name}-{stream.language}"[-_LONGEST_NAME:]
            made.append(_rendition(wish, name.lstrip("-"), stream, start_seconds))
    return _distinct(made)


def by_language(streams: Sequence[AudioStream]) -> list[AudioStream]:
    """One stream of each language, the default one's first: most channels, then the earliest."""
    ranked = sorted(streams, key=lambda s: (not s.default, -s.channels, s.index))
    best: dict[str, AudioStream] = {}
    for stream in ranked:
        best.setdefault(stream.language, stream)
    return list(best.values())[:_MOST_LANGUAGES]


def _rendition(
    wish: AudioProfile, name: str, stream: AudioStream, start_seconds: Fraction
) -> AudioRendition:
    return AudioRendition(
        name=name,
        codec=wish.codec,
        bitrate_kbps=wish.bitrate_kbps,
        channels=min(wish.channels, stream.channels),
        # the two rates that players meet every day; Opus has but one
        sample_rate=44_100 if stream.sample_rate == 44_100 and wish.codec != "Opus" else 48_000,
        language=stream.language,
        stream=stream.index,
        start_seconds=start_seconds,
        loudness_lufs=wish.loudness_lufs,
    )


def _silence(wish: AudioProfile, start_seconds: Fraction) -> AudioRendition | None:
    if wish.if_missing == "Fail":
        raise Refused("NoAudio", f"audio {wish.name} is asked for, and the source has none")
    if wish.if_missing == "Omit":
        return None
    return AudioRendition(
        name=wish.name,
        codec=wish.codec,
        bitrate_kbps=wish.bitrate_kbps,
        channels=min(wish.channels, _STEREO),
        sample_rate=48_000,
        stream=None,
        start_seconds=start_seconds,
    )


def _distinct(renditions: Iterable[AudioRendition]) -> tuple[AudioRendition, ...]:
    """A source with fewer channels makes two wishes one: the first name stays."""
    found: dict[AudioRendition, AudioRendition] = {}
    for rendition in renditions:
        found.setdefault(rendition.model_copy(update={"name": ""}), rendition)
    return tuple(found.values())
