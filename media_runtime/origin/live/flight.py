"""One answer on its way from a pod, for all who asked for it. It belongs to one event loop."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self

from media_runtime.origin.problems import Problem

from .copies import Copy


@dataclass(frozen=True, slots=True)
class Head:
    """Of an answer that goes out before all of it is there."""

    media_type: str
    cache_control: str


class Flight:
    """Written by one task and read by any number, each from its beginning, at its own pace.

    The pieces are shared, never copied; a reader that is gone changes nothing for the others.
    """

    def __init__(self) -> None:
        self.head: Head | None = None
        self.pieces: list[bytes] = []
        self._copy: Copy | None = None
        self._problem: Problem | None = None
        self._news = asyncio.Event()

    def begin(self, head: Head) -> None:
        """It grows, and readers shall see it do so."""
        self.head = head
        self._tell()

    def add(self, piece: bytes) -> None:
        self.pieces.append(piece)
        self._tell()

    def land(self, copy: Copy) -> None:
        self._copy = copy
        self._tell()

    def fail(self, problem: Problem) -> None:
        self._problem = problem
        self._tell()

    async def known(self) -> Copy | Self:
        """The whole answer, or itself once it has begun to grow. Raises Problem."""
        while self._copy is None and self.head is None:
            if self._problem:
                raise self._problem
            await self._news.wait()
        return self._copy or self

    async def read(self) -> AsyncIterator[bytes]:
        """From the beginning, as it grows. Raises Problem where it breaks off."""
        at = 0
        while True:
            while at < len(self.pieces):
                at += 1
                yield self.pieces[at - 1]
            if self._copy:
                return
            if self._problem:
                raise self._problem
            await self._news.wait()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
