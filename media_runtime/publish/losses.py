"""What was done of a title and is there no more: to be done again, not to be refused. Pure.

A content address is shared. One who retires another title may delete it in the very moment in
which this one comes to count on it; disks lose objects too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from media_runtime.title.tasks import tasks_for

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from media_runtime.title.ledger import Entry, ImagesEntry
    from media_runtime.title.plan import Chunk, Plan

    from .judge import Ledger


@dataclass(frozen=True)
class Losses:
    tasks: tuple[str, ...] = ()
    """What has to be done again, in the order of a plan."""
    keys: tuple[str, ...] = ()
    """Content addresses of which an object is missing: what their ledger promises is not true."""


def losses(
    plan: Plan, entries: Ledger, present: Mapping[str, int], stills: Container[str] | None
) -> Losses:
    """`present`: as for `judge.objections`. `stills`: addresses of those that are there; None where
    nobody needs them, as the thumbnails that are made of them are there.
    """
    headers: set[str] = set()

    def lost(key: str) -> bool:
        found = entries.get(key, ())
        if not found or not found[-1].last:
            return True
        # Of all that share a lost header, one that is encoded again brings it back.
        bare = {e.init for e in found if f"inits/{e.init}.mp4" not in present} - headers
        headers.update(bare)
        return bool(bare) or not all(_stored(entry, present) for entry in found)

    keys = [key for chunk in plan.chunks for key in chunk.keys.values() if lost(key)]
    keys += [key for key in plan.audio_keys.values() if lost(key)]
    gone = set(keys)
    chunks = {
        chunk.index
        for chunk in plan.chunks
        if gone & set(chunk.keys.values()) or _bare(chunk, stills)
    }
    audio = bool(gone & set(plan.audio_keys.values()))
    return Losses(tasks_for(plan, chunks, audio=audio), tuple(dict.fromkeys(keys)))


def _bare(chunk: Chunk, stills: Container[str] | None) -> bool:
    return stills is not None and chunk.stills is not None and chunk.stills not in stills


def _stored(entry: Entry, present: Mapping[str, int]) -> bool:
    return f"chunks/{entry.key}/{entry.run}.m4s" in present


def are_shown(images: ImagesEntry | None, present: Mapping[str, int]) -> bool:
    """Whether all of the thumbnails' files are there."""
    if images is None:
        return False
    sheets = (f"images/{images.key}/sheet-{n}.jpg" for n in range(images.sheets))
    return all(at in present for at in (f"images/{images.key}/poster.jpg", *sheets))
