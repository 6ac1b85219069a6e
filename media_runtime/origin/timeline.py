"""The arithmetic that HLS and DASH share: when segments start and end, and how long they may be."""

from fractions import Fraction
from itertools import accumulate, pairwise

from media_runtime.title.index import Index, Track
from media_runtime.title.rates import nearest


def durations(track: Track) -> list[int]:
    """Ticks of each segment that is named."""
    return [segment.duration for run in track.runs for segment in run.segments]


def seconds(track: Track) -> Fraction:
    """How long what is named lasts."""
    return Fraction(sum(durations(track)), track.timescale)


def playable_seconds(index: Index) -> Fraction:
    """How much of the title can be played now: where the first rendition to end does so."""
    return min(seconds(track) for track in (*index.video, *index.audio))


def target_seconds(index: Index) -> int:
    """EXT-X-TARGETDURATION, one for all renditions.

    RFC 8216 section 4.3.3.1 wants it at least every EXTINF rounded, section 6.2.1 never to change,
    and an EVENT playlist does not know its future: so it starts from the nominal length, with room
    for an audio segment's last access unit.
    """
    nominal = [index.segment_seconds + Fraction(1, 8)]
    nominal += [v.rung.segment_frames / v.rung.rate for v in index.video]
    named = [
        Fraction(ticks, track.timescale)
        for track in (*index.video, *index.audio)
        for ticks in durations(track)
    ]
    return max(1, *map(nearest, nominal), *map(nearest, named))


def microseconds(track: Track) -> list[int]:
    """Duration of each segment, rounded so that the sum is nowhere off by more than half a one."""
    ends = accumulate(durations(track), initial=0)
    marks = [nearest(Fraction(end * 1_000_000, track.timescale)) for end in ends]
    return [end - start for start, end in pairwise(marks)]
