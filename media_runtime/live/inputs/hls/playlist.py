"""What a foreign playlist says, and which of its renditions a channel takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import m3u8

from media_runtime.failure import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from media_runtime.ffmpeg import Format

BEHIND_SEGMENTS = 3
"""Where to join, before the end (RFC 8216 6.3.3): what was fetched outlasts a late playlist."""
_MOST_SEGMENTS = 20_000


@dataclass(frozen=True)
class Segment:
    msn: int
    url: str
    header: str | None
    """EXT-X-MAP's."""
    gap: bool = False


@dataclass(frozen=True)
class Media:
    """A media playlist."""

    segments: tuple[Segment, ...]
    target_seconds: float
    ended: bool

    @property
    def joins_at(self) -> int:
        """The media sequence number to begin with."""
        if not self.segments:
            raise Refused("NoMedia", "the playlist has no segment")
        if self.ended:
            return self.segments[0].msn
        return self.segments[max(0, len(self.segments) - BEHIND_SEGMENTS)].msn

    def since(self, msn: int) -> tuple[Segment, ...] | None:
        """The segments from this one on; None: it is gone, or the numbers began anew."""
        if not self.segments:
            return ()
        first, last = self.segments[0].msn, self.segments[-1].msn
        if not first <= msn <= last + 1 + BEHIND_SEGMENTS:
            return None
        return self.segments[msn - first :]

    @property
    def container(self) -> Format:
        """By the map, and the name: MPEG-TS has no map, and packed audio tells by its suffix."""
        first = self.segments[0] if self.segments else None
        if first is not None and first.header is not None:
            return "mov"
        name = "" if first is None else first.url.partition("?")[0].lower()
        packed: dict[str, Format] = {"aac": "aac", "ac3": "ac3", "ec3": "eac3", "mp3": "mp3"}
        return packed.get(name.rpartition(".")[2], "mpegts")


@dataclass(frozen=True)
class Variant:
    url: str
    height: int
    bandwidth: int
    sound: str | None = None
    """The playlist of its sound, where that is apart."""


def read(text: str, url: str) -> Media | tuple[Variant, ...]:
    """Raises Refused for what is no playlist, or none that we can play."""
    if not text.lstrip("\ufeff").startswith("#EXTM3U"):
        raise Refused("NoMedia", "the address leads to no playlist")
    try:
        found: Any = m3u8.loads(text, uri=url)  # type: ignore[no-untyped-call]
        return _variants(found) if found.is_variant else _media(found)
    except Refused:
        raise
    except Exception as e:
        raise Refused("InputCorrupt", f"the playlist cannot be read: {type(e).__name__}") from e


def _variants(found: Any) -> tuple[Variant, ...]:  # noqa: ANN401 - the library has no types
    variants = []
    for one in found.playlists:
        told = one.stream_info
        sounds = [
            sound
            for sound in one.media
            if sound is not None and sound.type == "AUDIO" and sound.uri
        ]
        first = sorted(sounds, key=lambda sound: sound.default != "YES")
        variants.append(
            Variant(
                url=one.absolute_uri,
                height=int(told.resolution[1]) if told.resolution else 0,
                bandwidth=int(told.bandwidth or 0),
                sound=first[0].absolute_uri if first else None,
            )
        )
    return tuple(variants)


def _media(found: Any) -> Media:  # noqa: ANN401 - the library has no types
    if len(found.segments) > _MOST_SEGMENTS:
        raise Refused("InputTooLarge", f"the playlist has more than {_MOST_SEGMENTS} segments")
    segments = []
    # low-latency playlists end with the parts of a segment that is not whole: it has no URI yet
    for n, one in enumerate(one for one in found.segments if one.uri):
        if one.key is not None and one.key.method not in (None, "", "NONE"):
            raise Refused("UnsupportedCodec", "the playlist is encrypted")
        header = one.init_section
        if one.byterange or (header is not None and header.byterange):
            raise Refused("UnsupportedCodec", "the playlist has byte ranges, which are not read")
        segments.append(
            Segment(
                msn=int(found.media_sequence or 0) + n,
                url=one.absolute_uri,
                header=None if header is None else header.absolute_uri,
                gap=bool(one.gap_tag),
            )
        )
    target = float(found.target_duration or 6)
    return Media(tuple(segments), min(max(target, 0.5), 60.0), ended=bool(found.is_endlist))


def fitting(variants: Sequence[Variant], height: int) -> Variant:
    """The best that the canvas holds, else the smallest. Raises Refused if there is none."""
    if not variants:
        raise Refused("NoMedia", "the playlist has no rendition")
    held = [one for one in variants if one.height <= height]
    if held:
        return max(held, key=lambda one: (one.height, one.bandwidth))
    return min(variants, key=lambda one: (one.height, one.bandwidth))
