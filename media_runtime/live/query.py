"""What a player's request asks of a live track, and when it is answered. Pure.

RFC 8216bis section 6.2.5.2 for playlists (delivery directives), section 4.4.5.3 for hinted parts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from math import ceil

from .clock import Place, Targets
from .track import Track

SEGMENTS_AHEAD = 2
BLOCK_TARGETS = 3
"""A request is not held longer than so many target durations: it is answered 503."""

_INTEGER = re.compile(r"[0-9]{1,18}")


class Answer(Enum):
    NOW = "now"
    ABSENT = "absent"
    """404: it is over, or nobody was told of it yet."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Until the part is there."""

    place: Place


@dataclass(frozen=True, slots=True)
class BadRequest:
    """400, for the reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Directives:
    msn: int | None = None
    part: int | None = None
    skip: bool = False
    """A delta update is welcome."""


def directives(query: Mapping[str, str]) -> Directives | BadRequest:
    """Of a playlist's URL, the _HLS_ ones; others are not ours to judge."""
    numbers: dict[str, int | None] = {}
    for name in ("_HLS_msn", "_HLS_part"):
        given = query.get(name)
        if given is not None and not _INTEGER.fullmatch(given):
            return BadRequest(f"{name} is a decimal integer, not {given[:40]!r}")
        numbers[name] = None if given is None else int(given)
    msn, part = numbers["_HLS_msn"], numbers["_HLS_part"]
    if part is not None and msn is None:
        return BadRequest("_HLS_part says nothing without _HLS_msn")
    # v2 asks that date ranges be skipped too: there are none
    return Directives(msn, part, skip=query.get("_HLS_skip") in {"YES", "v2"})


def playlist_answer(
    asked: Directives, track: Track, targets: Targets
) -> Answer | Wait | BadRequest:
    """When the playlist is to be answered: it then holds what was asked for."""
    if asked.msn is None or track.ended:
        return Answer.NOW
    newest = track.last_whole_msn
    if asked.msn > newest + SEGMENTS_AHEAD:
        return BadRequest(
            f"_HLS_msn {asked.msn} is more than {SEGMENTS_AHEAD} segments ahead of {newest}"
        )
    place = _place(asked.msn, asked.part, track)
    if asked.part is not None and place > track.timeline.after(track.last, _advance(targets)):
        return BadRequest(
            f"part {place.part} of segment {place.msn} is more than {_advance(targets)} parts "
            f"ahead of part {track.last.part} of segment {track.last.msn}"
        )
    return Answer.NOW if place <= track.last else Wait(place)


def part_answer(place: Place, track: Track) -> Answer | Wait:
    """Of a part that a playlist names or hints at."""
    if track.first_msn <= place.msn and place <= track.last:
        return Answer.NOW if place.part < track.timeline.parts else Answer.ABSENT
    if place == track.following and not track.ended:
        return Wait(place)
    return Answer.ABSENT


def segment_answer(msn: int, track: Track) -> Answer | Wait:
    """Of a segment that may still grow; the next is waited for, as a DASH player's clock is off.

    A part of it is enough to begin the answer with.
    """
    if track.first_msn <= msn <= track.last.msn:
        return Answer.NOW
    if msn == track.last.msn + 1 and not track.ended:
        return Wait(Place(msn, 0))
    return Answer.ABSENT


def _place(msn: int, part: int | None, track: Track) -> Place:
    """Without a part the whole segment is meant; beyond its last, the next segment's first."""
    parts = track.timeline.parts
    if part is None:
        return Place(msn, parts - 1)
    return Place(msn, part) if part < parts else Place(msn + 1, 0)


def _advance(targets: Targets) -> int:
    """The Advance Part Limit: three seconds of parts, or three parts that are longer."""
    return ceil(3 / targets.part) if targets.part < 1 else 3
