"""A store that is asked again: batch steps outlast a store that restarts."""

from __future__ import annotations

import asyncio
import time
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from .objects import Store, StoreAway, StoreRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from .objects import Head, Version

PATIENCE_SECONDS = 90.0
"""A store that is killed and started again is away for up to a minute."""
REFUSED_PATIENCE_SECONDS = 15.0
"""A store that has just started may not know its keys and buckets yet; who is wrong waits less."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 5.0

P = ParamSpec("P")
T = TypeVar("T")


def _asked_again(
    verb: Callable[Concatenate[PatientStore, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[PatientStore, P], Coroutine[Any, Any, T]]:
    @wraps(verb)
    async def patiently(self: PatientStore, /, *args: P.args, **kwargs: P.kwargs) -> T:
        since = time.monotonic()
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await verb(self, *args, **kwargs)
            except StoreAway as e:
                if time.monotonic() + pause - since > self._patience_with(e):
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    return patiently


class PatientStore(Store):
    """Every verb but `stream` is tried until the patience is over, and only then raises StoreAway.

    A `create` or a `swap` whose answer was lost finds its own object when it is tried again, and
    says False.
    """

    patience_seconds: float = PATIENCE_SECONDS

    def _patience_with(self, away: StoreAway) -> float:
        if isinstance(away, StoreRefused):
            return min(self.patience_seconds, REFUSED_PATIENCE_SECONDS)
        return self.patience_seconds

    @_asked_again
    async def read(self, key: str) -> bytes | None:
        return await super().read(key)

    @_asked_again
    async def read_range(
        self, key: str, offset: int, length: int, *, etag: str | None = None
    ) -> bytes:
        return await super().read_range(key, offset, length, etag=etag)

    @_asked_again
    async def head(self, key: str) -> Head | None:
        return await super().head(key)

    @_asked_again
    async def write(self, key: str, content: bytes) -> None:
        return await super().write(key, content)

    @_asked_again
    async def create(self, key: str, content: bytes) -> bool:
        return await super().create(key, content)

    @_asked_again
    async def look(self, key: str) -> Version | None:
        return await super().look(key)

    @_asked_again
    async def swap(self, key: str, content: bytes, etag: str) -> bool:
        return await super().swap(key, content, etag)

    @_asked_again
    async def upload(self, key: str, file: Path) -> None:
        return await super().upload(key, file)

    @_asked_again
    async def names(self, prefix: str) -> list[str]:
        return await super().names(prefix)
