"""From a plan and the ledger to an index: what of a title can be played, and no more than that."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

from .index import AudioIndex, ImagesIndex, Index, Run, VideoIndex
from .ledger import Entry, ImagesEntry, Segment
from .plan import AudioRendition, Plan, VideoRung
from .rates import average_kbps, peak_kbps

Ledger = Mapping[str, Sequence[Entry]]
"""Finished entries by content address, sorted by run."""

AUDIO_SLACK = Fraction(1, 8)
"""Seconds that audio may end before the picture and still cover it: an access unit of any codec,
for audio segments end at whole access units and the picture's at whole frames."""


class Gap(Exception):  # noqa: N818 - reads as what it is
    """Called complete, but the ledger lacks a part or holds one that does not fit."""


def assemble(
    plan: Plan, entries: Ledger, images: ImagesEntry | None, *, complete: bool
) -> Index | None:
    """The longest prefix that is finished in every rendition; None if that is nothing.

    `complete` is the word of whoever verified the title, and then anything missing raises Gap.
    Over time the answer only grows at its end, as an EVENT playlist must.
    """
    video = {rung.name: _video_entries(plan, rung, entries) for rung in plan.rungs}
    audio = {r.name: _audio_entries(entries.get(plan.audio_keys[r.name], ())) for r in plan.audio}
    whole = all(len(found) == len(plan.chunks) for found in video.values()) and all(
        found and found[-1].last for found in audio.values()
    )
    if complete and not whole:
        raise Gap(_what_is_missing(plan, video, audio))

    count = _common_segments(video, audio)
    until = None if whole else _until(video, audio, count)
    audio_segments = {name: _segments_until(found, until) for name, found in audio.items()}
    if (video and count == 0) or not all(audio_segments.values()) or not (video or audio):
        return None
    return Index(
        title=plan.title,
        name=plan.name,
        complete=complete,
        duration_seconds=plan.duration_seconds,
        segment_seconds=plan.segment_seconds,
        hls=plan.hls,
        dash=plan.dash,
        video=tuple(
            _video_index(rung, video[rung.name], count, complete=complete) for rung in plan.rungs
        ),
        audio=tuple(
            _audio_index(r, audio[r.name], audio_segments[r.name], complete=complete)
            for r in plan.audio
        ),
        images=_images_index(plan, images),
    )


def _video_entries(plan: Plan, rung: VideoRung, entries: Ledger) -> list[Entry]:
    """The rung's leading chunks, up to the first that is missing or does not join on."""
    found: list[Entry] = []
    for chunk in plan.chunks:
        entry = next(iter(entries.get(chunk.keys[rung.name], ())), None)
        if entry is None or len(entry.segments) != chunk.segments or not _joins(found, entry):
            break
        found.append(entry)
    return found


def _audio_entries(runs: Sequence[Entry]) -> list[Entry]:
    found: list[Entry] = []
    for entry in runs:
        if entry.run != len(found) or not _joins(found, entry):
            break
        found.append(entry)
    return found


def _joins(before: Sequence[Entry], entry: Entry) -> bool:
    """One CMAF header and one unbroken timeline, or a player would stumble."""
    if not before:
        return True
    last = before[-1]
    return (entry.init, entry.timescale, entry.start) == (last.init, last.timescale, _end(last))


def _end(entry: Entry) -> int:
    return entry.start + sum(s.duration for s in entry.segments)


def _ends(found: Sequence[Entry]) -> list[Fraction]:
    """When each segment ends, in seconds of the title."""
    if not found:
        return []
    durations = (s.duration for entry in found for s in entry.segments)
    ticks = accumulate(durations, initial=found[0].start)
    return [Fraction(end, found[0].timescale) for _, end in pairwise(ticks)]


def _covered(found: Sequence[Entry]) -> Fraction | None:
    """Seconds of audio there are; None is all that there will ever be."""
    if not found:
        return Fraction(0)
    return None if found[-1].last else _ends(found)[-1]


def _common_segments(
    video: Mapping[str, Sequence[Entry]], audio: Mapping[str, Sequence[Entry]]
) -> int:
    """Leading segments that every rung has and that every audio rendition covers."""
    ends = list(zip(*map(_ends, video.values()), strict=False))
    limits = [limit for limit in map(_covered, audio.values()) if limit is not None]
    return sum(all(max(end) <= limit + AUDIO_SLACK for limit in limits) for end in ends)


def _until(
    video: Mapping[str, Sequence[Entry]], audio: Mapping[str, Sequence[Entry]], count: int
) -> Fraction | None:
    """The second up to which audio is worth naming: the picture's end, or the shortest audio's."""
    if video:
        return max((_ends(found)[count - 1] for found in video.values() if count), default=None)
    limits = [limit for limit in map(_covered, audio.values()) if limit is not None]
    return min(limits, default=None)


def _segments_until(found: Sequence[Entry], until: Fraction | None) -> int:
    """As many as cover it: a last segment within the slack would be one more than that."""
    ends = _ends(found)
    if until is None:
        return len(ends)
    wanted = (True, *(end < until - AUDIO_SLACK for end in ends))
    return sum(more and end <= until + AUDIO_SLACK for more, end in zip(wanted, ends, strict=False))


def _runs(found: Sequence[Entry], count: int) -> tuple[Run, ...]:
    """The first `count` segments, in the objects that they lie in."""
    runs: list[Run] = []
    for entry in found:
        taken = entry.segments[:count]
        if taken:
            runs.append(Run(key=entry.key, run=entry.run, segments=taken))
        count -= len(taken)
    return tuple(runs)


def _segments(runs: Sequence[Run]) -> list[Segment]:
    return [segment for run in runs for segment in run.segments]


def _video_index(
    rung: VideoRung, found: Sequence[Entry], count: int, *, complete: bool
) -> VideoIndex:
    first, runs = found[0], _runs(found, count)
    measured = _segments(runs) if complete else []
    return VideoIndex(
        rung=rung,
        init=first.init,
        codecs=first.codecs,
        timescale=first.timescale,
        start=first.start,
        peak_kbps=peak_kbps(measured, first.timescale) or rung.max_bitrate_kbps,
        average_kbps=average_kbps(measured, first.timescale) or rung.bitrate_kbps,
        runs=runs,
    )


def _audio_index(
    rendition: AudioRendition, found: Sequence[Entry], count: int, *, complete: bool
) -> AudioIndex:
    first, runs = found[0], _runs(found, count)
    measured = _segments(runs) if complete else []
    return AudioIndex(
        rendition=rendition,
        init=first.init,
        codecs=first.codecs,
        timescale=first.timescale,
        start=first.start,
        peak_kbps=peak_kbps(measured, first.timescale) or rendition.bitrate_kbps,
        average_kbps=average_kbps(measured, first.timescale) or rendition.bitrate_kbps,
        runs=runs,
    )


def _images_index(plan: Plan, entry: ImagesEntry | None) -> ImagesIndex | None:
    if plan.images is None or entry is None:
        return None
    return ImagesIndex(
        key=entry.key,
        **plan.images.model_dump(),
        pictures=entry.pictures,
        sheets=entry.sheets,
        poster_width=entry.poster_width,
        poster_height=entry.poster_height,
    )


def _what_is_missing(
    plan: Plan, video: Mapping[str, Sequence[Entry]], audio: Mapping[str, Sequence[Entry]]
) -> str:
    short = [
        f"{name} has {len(found)} of {len(plan.chunks)} chunks"
        for name, found in video.items()
        if len(found) < len(plan.chunks)
    ]
    silent = [
        f"{name} ends early" for name, found in audio.items() if not (found and found[-1].last)
    ]
    return f"title {plan.title} is not whole: {'; '.join([*short, *silent])}"
