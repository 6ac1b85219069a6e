"""What was done of a title and is there no more: to be done again, not to be refused. Pure.

A content address is shared. One who retires another title may delete it in the very moment in
which this one comes to count on it; disks lose objects too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from media_runtime.title.ledger import Entry, ImagesEntry
    from media_runtime.title.plan import Plan

    from .judge import Ledger


@dataclass(frozen=True)
class Losses:
    tasks: tuple[str, ...] = ()
    """What has to be done again, in the order of a plan."""
    keys: tuple[str, ...] = ()
    """Content addresses of which an object is missing: what their ledger promises is not true."""
    images: bool = False


def losses(
    plan: Plan, entries: Ledger, images: ImagesEntry | None, present: Mapping[str, int]
) -> Losses:
    """`present`: as for `judge.objections`."""
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
    chunks = [f"chunk/{c.index}" for c in plan.chunks if gone & set(c.keys.values())]
    audio = ["audio"] if gone & set(plan.audio_keys.values()) else []
    pictures = plan.images_key is not None and _pictures_lost(images, present)
    first = [task for task in chunks if task == "chunk/0"]
    others = [task for task in chunks if task != "chunk/0"]
    return Losses(
        tasks=(*first, *audio, *others, *(["images"] if pictures else [])),
        keys=tuple(dict.fromkeys(keys)),
        images=pictures,
    )


def _stored(entry: Entry, present: Mapping[str, int]) -> bool:
    return f"chunks/{entry.key}/{entry.run}.m4s" in present


def _pictures_lost(images: ImagesEntry | None, present: Mapping[str, int]) -> bool:
    if images is None:
        return True
    sheets = (f"images/{images.key}/sheet-{n}.jpg" for n in range(images.sheets))
    return not all(at in present for at in (f"images/{images.key}/poster.jpg", *sheets))
