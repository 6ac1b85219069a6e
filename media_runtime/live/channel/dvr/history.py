"""What earlier pods of a channel left in the store, as segments that lead up to the present."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from media_runtime.live.ring import recalled

from .journal import Headers, Journal, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from media_runtime.live.channel.rendition import Rendition
    from media_runtime.live.clock import Timeline
    from media_runtime.live.track import LiveSegment
    from media_runtime.store import Store

    from .keys import DvrKeys

_AT_ONCE = 16


@dataclass(frozen=True)
class Found:
    """All that lies there."""

    segments: Mapping[str, frozenset[int]]
    """By rendition."""
    journals: Mapping[str, int]
    """Minutes by key."""
    headers: Headers


class Listed(NamedTuple):
    """What is known by names alone."""

    segments: Mapping[str, frozenset[int]]
    """By rendition."""
    journals: Mapping[str, int]
    """Minutes by key."""


async def listed(store: Store, keys: DvrKeys) -> Listed:
    """Raises StoreAway."""
    segments: dict[str, set[int]] = {}
    journals: dict[str, int] = {}
    for key in await store.names(keys.root):
        if (segment := keys.segment_at(key)) is not None:
            segments.setdefault(segment[0], set()).add(segment[1])
        elif (minute := keys.minute_at(key)) is not None:
            journals[key] = minute
    return Listed({name: frozenset(told) for name, told in segments.items()}, journals)


async def found(store: Store, keys: DvrKeys, timeline: Timeline, *, since: int) -> Found:
    """Journals are read from the minute `since` on. Raises StoreAway."""
    there = await listed(store, keys)
    read_now = [key for key, minute in there.journals.items() if minute >= since]
    headers = Headers(timeline.segment, await _read(store, read_now))
    return Found(there.segments, there.journals, headers)


async def _read(store: Store, keys: Sequence[str]) -> list[Journal]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(key: str) -> Journal | None:
        async with gate:
            content = await store.read(key)
        return read(content) if content is not None else None

    return [made for made in await asyncio.gather(*map(one, keys)) if made is not None]


def recall(
    what: Found, renditions: Iterable[Rendition], *, oldest: int
) -> dict[str, list[LiveSegment]]:
    """For each rendition's ring what leads up to it, from `oldest` on; what is not there is a gap.

    All begin with the same segment, the first that any of them has.
    """
    there = list(renditions)
    presents = {one.name: one.ring.first_msn for one in there}
    known = [
        msn
        for one in there
        for msn in what.segments.get(one.name, ())
        if oldest <= msn < (presents[one.name] or 0)
    ]
    if not known:
        return {}
    first, made = min(known), {}
    for one in there:
        present, kept = presents[one.name], what.segments.get(one.name, frozenset())
        if present is None:
            continue
        made[one.name] = [
            recalled(
                one.timeline,
                one.cadence,
                msn,
                init=what.headers.of(one.name, msn) or one.init,
                stored=msn in kept,
            )
            for msn in range(first, present)
        ]
    return made
