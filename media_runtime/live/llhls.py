"""Low-latency HLS (draft-pantos-hls-rfc8216bis): a track rendered as its media playlist. Pure."""

from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction

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


class Written:
    """The lines of a rendition's segments that will not change, so that each is written once.

    It holds text only: delta updates pass segments by before their bytes are let go.
    """

    def __init__(self) -> None:
        self._lines: dict[int, tuple[Hashable, list[str]]] = {}

    def lines(self, track: Track, segment: LiveSegment, *, mapped: bool) -> list[str]:
        """`mapped`: its header is told anew."""
        told = segment.init, segment.end, segment.discontinuity, segment.gap, mapped
        kept = self._lines.get(segment.msn)
        if kept is None or kept[0] != told:
            lines = list(_lines(track, segment, mapped=mapped, parts=False))
            kept = self._lines[segment.msn] = told, lines
            if len(self._lines) > 2 * len(track.segments) + 16:
                gone = [msn for msn in self._lines if msn < track.first_msn]
                for msn in gone:
                    del self._lines[msn]
        return kept[1]


def media_playlist(
    track: Track,
    others: Sequence[Track],
    targets: Targets,
    *,
    skip: bool = False,
    written: Written | None = None,
) -> str:
    """Whole, or the delta update (section 6.2.5.1) of the same moment if anything can be skipped.

    `others` are all other tracks of the channel: a player that switches learns where they are.
    `written` saves writing the same again, and changes nothing.
    """
    skipped = skippable(track, targets) if skip else 0
    return text(
        [
            *_head(track, targets),
            *([tag("EXT-X-SKIP", SKIPPED_SEGMENTS=skipped)] if skipped else []),
            *_segments(track, targets, skipped, written or Written()),
            *(["#EXT-X-ENDLIST"] if track.ended else _ahead(track, others)),
        ]
    )


def skippable(track: Track, targets: Targets) -> int:
    """Segments that lie wholly before the skip boundary."""
    newest = track.segments[-1]
    boundary = newest.end - SKIP_TARGETS * targets.segment * track.cadence.timescale
    return bisect_right(track.segments, boundary, key=lambda segment: segment.end)


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


def _segments(track: Track, targets: Targets, skipped: int, written: Written) -> Iterator[str]:
    edge = track.segments[-1].end - PARTS_TARGETS * targets.segment * track.cadence.timescale
    before = track.segments[skipped - 1].init if skipped else None
    for segment in track.segments[skipped:]:
        mapped, before = segment.init != before, segment.init
        if segment.whole and segment.start < edge:
            yield from written.lines(track, segment, mapped=mapped)
        else:
            yield from _lines(track, segment, mapped=mapped, parts=True)


def _lines(track: Track, segment: LiveSegment, *, mapped: bool, parts: bool) -> Iterator[str]:
    if segment.discontinuity:
        yield "#EXT-X-DISCONTINUITY"
    if mapped:
        yield tag("EXT-X-MAP", URI=quoted(urls.init(track.name, segment.init)))
    shown = track.timeline.moment(track.cadence, segment.start)
    stamp = shown.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yield f"#EXT-X-PROGRAM-DATE-TIME:{stamp}"
    if parts and not segment.slim:
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
