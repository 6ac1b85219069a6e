"""What a pod kept in one minute: which headers go with which segments. Pure values.

That a segment is there, the store itself says; all else of it is arithmetic (docs/adr/0040).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import accumulate

from pydantic import ValidationError

from crds.v1alpha1.meta import Model


class Kept(Model):
    """Consecutive segments of one rendition that go with one header."""

    rendition: str
    init: str
    first: int
    last: int


class Journal(Model):
    """Written when a minute begins, and again when it is over."""

    segment: str
    """Seconds of a segment, exact: numbers of another grid mean nothing on this one."""
    minute: int
    """Of Unix time."""
    kept: tuple[Kept, ...] = ()


def minute_of(segment: Fraction, msn: int) -> int:
    return int(msn * segment // 60)


def journal(segment: Fraction, minute: int, inits: Mapping[tuple[str, int], str]) -> Journal:
    """Of the headers of (rendition, segment)."""
    kept: list[Kept] = []
    for (rendition, msn), init in sorted(inits.items()):
        before = kept[-1] if kept else None
        if before and (before.rendition, before.init, before.last + 1) == (rendition, init, msn):
            kept[-1] = before.model_copy(update={"last": msn})
        else:
            kept.append(Kept(rendition=rendition, init=init, first=msn, last=msn))
    return Journal(segment=str(segment), minute=minute, kept=tuple(kept))


def read(content: bytes) -> Journal | None:
    """None for one that a later release wrote in another form."""
    try:
        return Journal.model_validate_json(content)
    except ValidationError:
        return None


class Headers:
    """Which header goes with a segment, by the journals of all pods there were."""

    def __init__(self, segment: Fraction, journals: Iterable[Journal]) -> None:
        self._kept: dict[str, list[Kept]] = {}
        for one in journals:
            if one.segment == str(segment):
                for kept in one.kept:
                    self._kept.setdefault(kept.rendition, []).append(kept)
        self._reach: dict[str, list[int]] = {}
        """Of each that is kept: how far it and all before it reach."""
        for rendition, found in self._kept.items():
            found.sort(key=lambda kept: (kept.first, kept.last))
            self._reach[rendition] = list(accumulate((kept.last for kept in found), max))

    def of(self, rendition: str, msn: int) -> str | None:
        """The minute at hand was told of only by its first segment, so the last before counts."""
        told, reach = self._kept.get(rendition, []), self._reach.get(rendition, [])
        before = at = bisect_right(told, msn, key=lambda kept: kept.first) - 1
        while at >= 0 and reach[at] >= msn:
            if told[at].last >= msn:
                return told[at].init
            at -= 1
        return told[before].init if before >= 0 else None
