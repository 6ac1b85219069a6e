"""Low-latency HLS (draft-pantos-hls-rfc8216bis): a track rendered as its media playlist. Pure."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from . import urls
from .clock import Place, Targets, microseconds
from .parts import Part
from .tags import at_least, decimal, quoted, tag, text
from .track import LiveSegment, Track

VERSION = 9
"""Of EXT-X-SKIP, the newest thing that is said."""
SKIP_TARGETS = 6
PARTS_TARGETS = 3
"""Parts further from the end than so many target durations are not told (section 4.4.4.9)."""


def media_playlist(
    track: Track, others: Sequence[Track], targets: Targets, *, skip: bool = False
) -> str:
    """Whole, or the delta update (section 6.2.5.1) of the same moment if anything can be skipped.

    `others` are all other tracks of the channel: a player that switches learns where they are.
    """
    skipped = skippable(track, targets) if skip else 0
    return text(
        [
            *_head(track, targets),
            *([tag("EXT-X-SKIP", SKIPPED_SEGMENTS=skipped)] if skipped else []),
            *_segments(track, targets, skipped),
            *(["#EXT-X-ENDLIST"] if track.ended else _ahead(track, others)),
        ]
    )


def skippable(track: Track, targets: Targets) -> int:
    """Segments that lie wholly before the skip boundary."""
    boundary = _seconds(track, track.segments[-1].end) - SKIP_TARGETS * targets.segment
    return sum(s.whole and _seconds(track, s.end) <= boundary for s in track.segments)


def _head(track: Track, targets: Targets) -> Iterator[str]:
    yield "#EXTM3U"
    yield f"#EXT-X-VERSION:{VERSION}"
    yield f"#EXT-X-TARGETDURATION:{targets.segment}"
    yield tag(
        "EXT-X-SERVER-CONTROL",
        CAN_BLOCK_RELOAD="YES",
        CAN_SKIP_UNTIL=at_least(SKIP_TARGETS * targets.segment),
        HOLD_BACK=at_least(3 * targets.segment),
        PART_HOLD_BACK=at_least(3 * _told(targets.part)),
    )
    yield tag("EXT-X-PART-INF", PART_TARGET=at_least(targets.part))
    yield f"#EXT-X-MEDIA-SEQUENCE:{track.first_msn}"
    yield f"#EXT-X-DISCONTINUITY-SEQUENCE:{track.discontinuity_sequence}"
    yield "#EXT-X-INDEPENDENT-SEGMENTS"


def _told(part_target: Fraction) -> Fraction:
    """As a player reads it: three times what it reads is not three times what was meant."""
    return Fraction(at_least(part_target))


def _segments(track: Track, targets: Targets, skipped: int) -> Iterator[str]:
    edge = _seconds(track, track.segments[-1].end) - PARTS_TARGETS * targets.segment
    inits = [None, *(segment.init for segment in track.segments)]
    for segment, (before, now) in list(zip(track.segments, pairwise(inits), strict=True))[skipped:]:
        if segment.discontinuity:
            yield "#EXT-X-DISCONTINUITY"
        if now != before:
            yield tag("EXT-X-MAP", URI=quoted(urls.init(track.name, segment.init)))
        shown = track.timeline.moment(track.cadence, segment.start)
        stamp = shown.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield f"#EXT-X-PROGRAM-DATE-TIME:{stamp}"
        if not segment.whole or _seconds(track, segment.start) >= edge:
            yield from (_part(track, part) for part in segment.parts)
        if segment.whole:
            yield from _whole(track, segment)


def _part(track: Track, part: Part) -> str:
    return tag(
        "EXT-X-PART",
        DURATION=_lasting(track, part.start, part.start + part.ticks),
        URI=quoted(urls.part(track.name, part.place)),
        INDEPENDENT="YES" if part.independent else None,
        GAP="YES" if part.gap else None,
    )


def _whole(track: Track, segment: LiveSegment) -> Iterator[str]:
    if segment.gap:
        yield "#EXT-X-GAP"
    yield f"#EXTINF:{_lasting(track, segment.start, segment.end)},"
    yield urls.segment(track.name, segment.msn)


def _ahead(track: Track, others: Sequence[Track]) -> Iterator[str]:
    yield tag("EXT-X-PRELOAD-HINT", TYPE="PART", URI=quoted(urls.part(track.name, track.following)))
    for other in others:
        yield _report(other.name, other.last)


def _report(name: str, last: Place) -> str:
    return tag(
        "EXT-X-RENDITION-REPORT",
        URI=quoted(urls.media_playlist(name)),
        LAST_MSN=last.msn,
        LAST_PART=last.part,
    )


def _lasting(track: Track, start: int, end: int) -> str:
    return decimal(microseconds(track.cadence, end) - microseconds(track.cadence, start))


def _seconds(track: Track, ticks: int) -> Fraction:
    return Fraction(ticks, track.cadence.timescale)
