"""What must be true of a finished title, each a small question with an answer in words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil

from media_runtime.title.ledger import Entry, ImagesEntry
from media_runtime.title.plan import Plan

Ledger = Mapping[str, Sequence[Entry]]


def objections(
    plan: Plan, entries: Ledger, images: ImagesEntry | None, present: Mapping[str, int]
) -> Iterator[str]:
    """Why the title may not be published; nothing if it may.

    `present`: names of objects below the tenant, as `wanted_objects` gives them, and their sizes.
    """
    tracks = tracks_of(plan, entries)
    for name, found in tracks.items():
        yield from _whole(plan, name, found)
    if plan.images_key and images is None:
        yield "the thumbnails are missing"
    yield from _missing(wanted_objects(plan, entries, images), present)
    if all(tracks.values()):
        yield from _apart(plan, entries)
    yield from _unlike(plan, tracks)


def _missing(wanted: Mapping[str, int | None], present: Mapping[str, int]) -> Iterator[str]:
    for what, size in wanted.items():
        if what not in present:
            yield f"{what} is promised, but is not there"
        elif size is not None and present[what] != size:
            yield f"{what} has {present[what]} bytes, not {size}"


def _apart(plan: Plan, entries: Ledger) -> Iterator[str]:
    millis, most = ceil(av_skew(plan, entries) * 1000), plan.av_skew_max_millis
    if millis > most:
        yield f"sound and picture are {millis} ms apart; {most} ms at most are asked for"


def _unlike(plan: Plan, tracks: Mapping[str, Sequence[Entry]]) -> Iterator[str]:
    if plan.min_ssim is None:
        return
    for rung in plan.rungs:
        likeness = mean_ssim(tracks[rung.name])
        if likeness is None:
            yield f"{rung.name} was not measured for SSIM"
        elif likeness < plan.min_ssim:
            yield f"{rung.name} has an SSIM of {likeness:.4f}; {plan.min_ssim:g} is asked for"


def tracks_of(plan: Plan, entries: Ledger) -> dict[str, list[Entry]]:
    """The entries of each rendition by its name, in order; short where some are missing."""
    tracks = {
        rung.name: [
            entry for chunk in plan.chunks for entry in entries.get(chunk.keys[rung.name], ())
        ]
        for rung in plan.rungs
    }
    return tracks | {r.name: list(entries.get(plan.audio_keys[r.name], ())) for r in plan.audio}


def _whole(plan: Plan, name: str, found: Sequence[Entry]) -> Iterator[str]:
    rung = next((rung for rung in plan.rungs if rung.name == name), None)
    if rung is not None and len(found) < len(plan.chunks):
        yield f"{name} has {len(found)} of {len(plan.chunks)} chunks"
        return
    if rung is None and not (found and found[-1].last):
        yield f"{name} has no last run"
        return
    if len({entry.init for entry in found}) != 1:
        yield f"{name} has chunks with different headers"
    at = found[0].start
    for entry in found:
        if entry.start != at:
            yield f"{name} has a gap before tick {entry.start}"
        at = entry.start + sum(segment.duration for segment in entry.segments)
    frames = sum(entry.samples for entry in found)
    if rung is not None and frames != rung.frames:
        yield f"{name} has {frames} of {rung.frames} frames"
    seconds = Fraction(at - found[0].start, found[0].timescale)
    if abs(seconds - plan.duration_seconds) > plan.segment_seconds:
        yield f"{name} lasts {float(seconds):.3f} s of {float(plan.duration_seconds):.3f} s"


def wanted_objects(
    plan: Plan, entries: Ledger, images: ImagesEntry | None
) -> dict[str, int | None]:
    """Every object that the title's manifests will lead to: "chunks/{key}/{run}" -> its size."""
    wanted: dict[str, int | None] = {}
    for found in tracks_of(plan, entries).values():
        for entry in found:
            last = entry.segments[-1]
            wanted[f"chunks/{entry.key}/{entry.run}.m4s"] = last.offset + last.size
            wanted[f"inits/{entry.init}.mp4"] = None
    if images is not None:
        wanted[f"images/{images.key}/poster.jpg"] = None
        wanted |= {f"images/{images.key}/sheet-{n}.jpg": None for n in range(images.sheets)}
    return wanted


def av_skew(plan: Plan, entries: Ledger) -> Fraction:
    """Seconds: the most that sound begins or ends apart from the picture, in any rendition.

    In between, both are counted on one clock from there: each unit lies where its number says.
    """
    tracks = tracks_of(plan, entries)
    pictures = [_extent(tracks[rung.name]) for rung in plan.rungs]
    sounds = [_extent(tracks[rendition.name]) for rendition in plan.audio]
    return max(
        (
            max(abs(picture[0] - sound[0]), abs(picture[1] - sound[1]))
            for picture in pictures
            for sound in sounds
        ),
        default=Fraction(0),
    )


def _extent(found: Sequence[Entry]) -> tuple[Fraction, Fraction]:
    last = found[-1]
    end = last.start + sum(segment.duration for segment in last.segments)
    return Fraction(found[0].start, found[0].timescale), Fraction(end, last.timescale)


def mean_ssim(found: Sequence[Entry]) -> float | None:
    """Over the frames of all chunks that were measured; None if none was."""
    measured = [(entry.ssim, entry.samples) for entry in found if entry.ssim is not None]
    frames = sum(n for _, n in measured)
    return round(sum(value * n for value, n in measured) / frames, 5) if frames else None
