"""One publisher's stream on its way to decoders: each begins at a key frame; none is waited for.

A decoder is started more than once in a stream's life, and a measurement wants a piece of it too.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

from media_runtime.live.switcher.frames import write_all

from .streams import SPLITTERS

if TYPE_CHECKING:
    from .streams import Streamed, Unit

_QUEUED_BYTES = 16 << 20
"""Above what a decoder leaves lying for a second of a very good contribution."""
_KEPT_BYTES = _QUEUED_BYTES // 2
_KEPT_SECONDS = 5.0
"""A newcomer gets what came since the last key frame, unless that is longer ago: it would be shown
as fast as it can be decoded, and more than this is taken for a leap of time stamps."""
_PATIENCE_SECONDS = 12.0
"""Then a stream without marked key frames is begun anywhere: decoders recover where they can."""


class Relay:
    """Fed by `receive`; poured, any number of times, until it is closed."""

    def __init__(self, container: Streamed) -> None:
        self.container: Streamed = container
        self.received_bytes = 0
        self.received_at = time.monotonic()
        self.dropped = 0
        """How often a decoder was too slow, and missed the rest of a group of pictures."""
        self._splitter = SPLITTERS[container]()
        self._readers: set[_Reader] = set()
        self._group: list[Unit] = []
        self._group_bytes = 0
        self._group_at = 0.0
        self._closed = False

    @property
    def prelude(self) -> bytes:
        return self._splitter.prelude

    def receive(self, piece: bytes) -> int:
        """How many units were in it. Raises Broken."""
        self.received_bytes += len(piece)
        self.received_at = time.monotonic()
        units = self._splitter.feed(piece)
        for unit in units:
            self._keep(unit)
            for reader in self._readers:
                self.dropped += reader.take(unit, self.prelude)
        return len(units)

    def close(self) -> None:
        """No more will come: what pours ends once it is drained."""
        self._closed = True
        for reader in self._readers:
            reader.close()

    async def pour(self, into: int) -> None:
        """Writes the stream to a non-blocking pipe, from a key frame on, until it is closed."""
        reader = self._reader()
        try:
            while piece := await reader.next():
                await write_all(into, piece)
        finally:
            self._readers.discard(reader)

    async def sample(self, seconds: float, most_bytes: int = _QUEUED_BYTES) -> bytes:
        """What a decoder gets of the next so many seconds, once something has come."""
        reader, taken = self._reader(), bytearray()
        try:
            taken += await reader.next()
            until = time.monotonic() + seconds
            while len(taken) < most_bytes:
                async with asyncio.timeout(until - time.monotonic()):
                    if not (piece := await reader.next()):
                        break
                taken += piece
        except TimeoutError:
            pass
        finally:
            self._readers.discard(reader)
        return bytes(taken)

    def _reader(self) -> _Reader:
        reader = _Reader()
        if self._group and time.monotonic() - self._group_at <= _KEPT_SECONDS:
            for unit in self._group:
                reader.take(unit, self.prelude)
        if self._closed:
            reader.close()
        self._readers.add(reader)
        return reader

    def _keep(self, unit: Unit) -> None:
        if unit.key:
            self._group, self._group_bytes, self._group_at = [], 0, time.monotonic()
        elif not self._group:
            return
        self._group.append(unit)
        self._group_bytes += len(unit.data)
        late = time.monotonic() - self._group_at > _KEPT_SECONDS
        if late or self._group_bytes > _KEPT_BYTES:
            self._group = []


class _Reader:
    """What one of those who read has still to get."""

    def __init__(self) -> None:
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._begun = False
        self._skipping = True
        self._closed = False
        self._came = asyncio.Event()
        self._since = time.monotonic()

    def take(self, unit: Unit, prelude: bytes) -> bool:
        """True if it begins to drop: too much is queued."""
        if self._skipping and not self._may_begin(unit, prelude):
            return False
        full = self._bytes + len(unit.data) > _QUEUED_BYTES
        self._skipping = full
        if full:
            return True
        if not self._begun:
            self._begun = True
            self._put(prelude)
        self._put(unit.data)
        return False

    def _may_begin(self, unit: Unit, prelude: bytes) -> bool:
        if not prelude or self._bytes > _QUEUED_BYTES // 2:
            return False
        return unit.key or time.monotonic() - self._since > _PATIENCE_SECONDS

    def _put(self, piece: bytes) -> None:
        self._queue.append(piece)
        self._bytes += len(piece)
        self._came.set()

    def close(self) -> None:
        self._closed = True
        self._came.set()

    async def next(self) -> bytes:
        """The next piece, or b"" once there will be none."""
        while not self._queue and not self._closed:
            self._came.clear()
            await self._came.wait()
        if not self._queue:
            return b""
        piece = self._queue.popleft()
        self._bytes -= len(piece)
        return piece
