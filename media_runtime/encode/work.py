"""Work by content address: done once, by whoever comes first, and waited for by the others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from .claims import Claims

_LOOK_SECONDS = 1.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Done:
    media_millis: int = 0
    warnings: tuple[str, ...] = ()
    reused: bool = False
    """Nothing had to be done: all of it was there, or somebody else did it meanwhile."""


class Work(Protocol):
    @property
    def keys(self) -> AbstractSet[str]:
        """The content addresses that this task is to have filled."""

    async def is_done(self, key: str) -> bool: ...

    async def perform(self, keys: AbstractSet[str]) -> Done: ...


async def done_once(work: Work, claims: Claims) -> Done:
    """Returns when every key is filled. Never waits while it holds a claim, so nobody deadlocks."""
    done: Done | None = None
    while missing := await _missing(work, work.keys):
        async with claims.taken(missing) as mine:
            # Looked up again under the claim: it may have been let go because the work was done.
            if ours := await _missing(work, mine):
                did = await work.perform(ours)
                done = Done(did.media_millis, (*(done.warnings if done else ()), *did.warnings))
        others = missing - mine
        if others:
            log.info("another job is doing the same work", keys=len(others))
            await asyncio.sleep(_LOOK_SECONDS)
    return done or Done(reused=True)


async def _missing(work: Work, keys: AbstractSet[str]) -> AbstractSet[str]:
    ordered = sorted(keys)
    found = await asyncio.gather(*(work.is_done(key) for key in ordered))
    return {key for key, is_there in zip(ordered, found, strict=True) if not is_there}
