"""Who has a name: of the titles that want it, the one that was wished for last.

The pointer is only ever swapped for the version that was looked at, so of two who change it at
once one looks again. A retired title marks it before it is deleted: between the two nobody takes
it, and what is deleted is surely the mark.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from media_runtime.failure import TryAgain

from .index import Publication

if TYPE_CHECKING:
    from media_runtime.store import Store

    from .layout import Layout

_LOOK_SECONDS, _PATIENCE_SECONDS = 0.5, 60.0
_DELETE_SECONDS, FORGOTTEN_SECONDS = 60.0, 900.0
"""A mark is deleted at once, or its maker tries again with a new one; an older one is forgotten."""


def gives_way(held: Publication, to: Publication, now: float) -> bool:
    """A name that was only lent goes to who was wished for later; a published one when that is
    complete too.
    """
    if held.let_go_at is not None:
        return now - held.let_go_at > FORGOTTEN_SECONDS
    if held.title == to.title:
        return to.complete or not held.complete
    return held.rank < to.rank and (to.complete or not held.complete)


async def take(store: Store, layout: Layout, name: str, mine: Publication) -> Publication:
    """Whose name it is afterwards: `mine`, or that of the title which keeps it.

    Raises TryAgain while another title is letting it go.
    """
    at, until = layout.publication(name), time.monotonic() + _PATIENCE_SECONDS
    while True:
        found = await store.look(at)
        if found is None:
            if await store.create(at, mine.to_json()):
                return mine
            continue
        held = Publication.from_json(found.content, at)
        if held == mine:
            return mine
        if gives_way(held, mine, time.time()):
            if await store.swap(at, mine.to_json(), found.etag):
                return mine
        elif held.let_go_at is None:
            return held
        elif time.monotonic() > until:
            raise TryAgain(f"the name {name} is just being let go by title {held.title}")
        else:
            await asyncio.sleep(_LOOK_SECONDS)


async def let_go(store: Store, layout: Layout, name: str, title: str) -> bool:
    """Gives the name back if it is this title's still; whether it was."""
    at = layout.publication(name)
    while found := await store.look(at):
        held = Publication.from_json(found.content, at)
        if held.title != title:
            return False
        mark = held.model_copy(update={"let_go_at": time.time()})
        if await store.swap(at, mark.to_json(), found.etag):
            async with asyncio.timeout(_DELETE_SECONDS):
                await store.delete([at])
            return True
    return False
