"""What a person should know of a source that will be made all the same. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Contents
    from .packets import Scan
    from .timing import Extent, Timing

_APART = Fraction(1, 2)
_HELD = 5
_STILL_SOUND = 2


def is_a_still(shown: Timing, sound: Extent) -> bool:
    """One picture under a long sound is a cover: the title is made as audio only."""
    return shown.frames == 1 and sound[1] - sound[0] > _STILL_SOUND


def warnings(
    found: Contents,
    scanned: Scan,
    shown: Timing | None,
    sound: Extent | None,
    *,
    complete: bool,
) -> tuple[str, ...]:
    """`complete`: the local file has every byte; if not, ffmpeg's complaints mean nothing."""
    told = (
        _no_picture(found, shown),
        _truncated(found, scanned, shown, sound),
        f"{scanned.astray} packets have impossible times" if scanned.astray else "",
        _held(shown),
        _apart(shown, sound),
        _damaged(scanned) if complete else "",
    )
    return tuple(sentence for sentence in told if sentence)


def _no_picture(found: Contents, shown: Timing | None) -> str:
    if found.video is None or shown is not None:
        return ""
    return "its video has no moving picture: made as audio only"


def _truncated(found: Contents, scanned: Scan, shown: Timing | None, sound: Extent | None) -> str:
    ends = [shown.start + shown.seconds] if shown else []
    ends += [sound[1]] if sound else []
    last, declared = max(ends, default=Fraction(0)), found.declared_seconds
    if declared is not None and declared > last * Fraction(101, 100) + 1:
        says = f"the container says {float(declared):.1f} s"
        return f"{says}, its packets end at {float(last):.1f} s: is it truncated?"
    if scanned.beyond_the_end:
        return f"{scanned.beyond_the_end} packets lie behind its end: is it truncated?"
    return ""


def _held(shown: Timing | None) -> str:
    if shown is None or shown.longest_gap_seconds <= _HELD:
        return ""
    return f"for {float(shown.longest_gap_seconds):.1f} s there is no new frame: the last is held"


def _apart(shown: Timing | None, sound: Extent | None) -> str:
    if shown is None or sound is None:
        return ""
    begins, ends = sound[0] - shown.start, sound[1] - shown.start - shown.seconds
    if abs(begins) > _APART:
        when = "after" if begins > 0 else "before"
        return f"its sound begins {float(abs(begins)):.2f} s {when} its picture"
    if ends > _APART:
        return f"its sound ends {float(ends):.2f} s after its picture, and is cut there"
    if ends < -_APART:
        return f"its sound ends {float(-ends):.2f} s before its picture: silence follows"
    return ""


def _damaged(scanned: Scan) -> str:
    messages = scanned.ended.messages
    return f"{messages.errors} damaged places: {messages.gist()}" if messages.errors else ""
