"""What is being recorded of a channel, and what of its segments makes a recording. Pure.

A take is a mark in the store, not in a pod: it goes on through restarts, and whichever pod runs
when it is over makes a file of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from crds.v1alpha1.meta import Model

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .journal import Headers

_NEARLY = 95
"""Per cent: a rung that misses hardly more than another is preferred if it is larger."""


class Take(Model):
    began: int
    """The number of its first segment."""
    until: int | None = None
    """Of the first that is not in it; None while it goes on."""


class Reel(NamedTuple):
    """Consecutive segments that go with one header each of picture and sound: one file."""

    first: int
    end: int
    rung: str
    rung_init: str
    sound: str | None
    sound_init: str | None


def best_rung(
    rungs: Sequence[str], there: Mapping[str, Collection[int]], span: range
) -> str | None:
    """Of rungs from the lowest up the highest that is there nearly as often as any."""
    counts = {name: sum(msn in span for msn in there.get(name, ())) for name in rungs}
    most = max(counts.values(), default=0)
    fit = [name for name in rungs if counts[name] * 100 >= most * _NEARLY]
    return fit[-1] if most else None


def reels(
    span: range,
    rung: str,
    sound: str | None,
    there: Mapping[str, Collection[int]],
    of: Headers,
    *,
    longest: int,
) -> list[Reel]:
    """What is missing makes no new file; a header that changes does, and so many segments do."""
    found: list[Reel] = []
    pictures = there.get(rung, ())
    for msn in span:
        if msn not in pictures or (init := of.of(rung, msn)) is None:
            continue
        sound_init = of.of(sound, msn) if sound else None
        before = found[-1] if found else None
        same = before and (before.rung_init, before.sound_init) == (init, sound_init)
        if before and same and msn - before.first < longest:
            found[-1] = before._replace(end=msn + 1)
        else:
            heard = sound if sound_init else None
            found.append(Reel(msn, msn + 1, rung, init, heard, sound_init))
    return found
