"""Raw pictures and sound on their way through pipes, without copies beyond the kernel's.

All of it runs on the event loop's thread: descriptors are non-blocking, and nothing is locked.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections import deque

from .picture import SAMPLE_BYTES, SAMPLE_RATE

PIPE_BYTES = 1 << 20
_HEARD_SECONDS = 4


def wide_pipe() -> tuple[int, int]:
    """(read end, write end) that hold 1 MiB where the system lets them: fewer wake-ups a frame."""
    reading, writing = os.pipe()
    with contextlib.suppress(OSError):  # over the user's quota of pipe pages, or out of memory
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return reading, writing


class Pictures:
    """The newest pictures of one input, counted from the decoder's start; older ones are let go."""

    def __init__(self, frame_bytes: int, queued: int = 16) -> None:
        self.arrived = 0
        """Frames of the channel that what came is enough for."""
        self.every = 1
        """So many frames of the channel show one picture."""
        self._frame_bytes, self._queued = frame_bytes, queued
        self._queue: deque[tuple[int, bytearray]] = deque()
        self._spare: list[bytearray] = []
        self._shown: bytearray | None = None
        self._filling = bytearray(frame_bytes)
        self._filled = 0

    def fill_from(self, descriptor: int) -> bytearray | None:
        """One read: a whole picture if it completes one. Raises EOFError at the end."""
        room = memoryview(self._filling)[self._filled :]
        got = os.readv(descriptor, [room])
        if got == 0:
            raise EOFError
        self._filled += got
        if self._filled < self._frame_bytes:
            return None
        whole = self._filling
        self._queue.append((self.arrived, whole))
        self.arrived += self.every
        if len(self._queue) > self._queued:
            self._spare.append(self._queue.popleft()[1])
        self._filling, self._filled = self._blank(), 0
        return whole

    def show(self, index: int) -> bytearray | None:
        """Picture `index`, or the last before it; None if there was never one.

        It stays whole until the next call.
        """
        while self._queue and self._queue[0][0] <= index:
            self._release()
            self._shown = self._queue.popleft()[1]
        return self._shown

    def restart(self, every: int = 1) -> None:
        """A new decoder begins at 0; what is shown stays until it brings something."""
        self.every = every
        self._spare += [frame for _, frame in self._queue]
        self._queue.clear()
        self.arrived = self._filled = 0

    @property
    def shown(self) -> bytearray | None:
        return self._shown

    def _release(self) -> None:
        if self._shown is not None:
            self._spare.append(self._shown)

    def _blank(self) -> bytearray:
        return self._spare.pop() if self._spare else bytearray(self._frame_bytes)


class Sound:
    """The last four seconds of one input's samples, counted from the decoder's start."""

    def __init__(self) -> None:
        self.arrived = 0
        self._ring = bytearray(_HEARD_SECONDS * SAMPLE_RATE * SAMPLE_BYTES)
        self._bytes = 0

    def fill_from(self, descriptor: int) -> bytes:
        """One read: the bytes that came. Raises EOFError at the end."""
        piece = os.read(descriptor, 1 << 16)
        if not piece:
            raise EOFError
        self.add(piece)
        return piece

    def add(self, piece: bytes) -> None:
        at = self._bytes % len(self._ring)
        first = min(len(piece), len(self._ring) - at)
        self._ring[at : at + first] = piece[:first]
        self._ring[: len(piece) - first] = piece[first:]
        self._bytes += len(piece)
        self.arrived = self._bytes // SAMPLE_BYTES

    def hear(self, sample: int, count: int) -> bytearray:
        """`count` samples from `sample` on; what has not come or is gone is silence."""
        oldest = max(0, self.arrived - len(self._ring) // SAMPLE_BYTES)
        begin, end = max(sample, oldest), min(sample + count, self.arrived)
        if begin >= end:
            return bytearray(count * SAMPLE_BYTES)
        at = begin * SAMPLE_BYTES % len(self._ring)
        wanted = (end - begin) * SAMPLE_BYTES
        heard = self._ring[at : at + wanted]
        heard += self._ring[: wanted - len(heard)]
        lead = (begin - sample) * SAMPLE_BYTES
        return bytearray(lead) + heard + bytearray(count * SAMPLE_BYTES - lead - wanted)

    def restart(self) -> None:
        self.arrived = self._bytes = 0


async def write_all(descriptor: int, data: bytes | bytearray) -> None:
    """Writes to a non-blocking pipe; waits while it is full. Raises BrokenPipeError."""
    left = memoryview(data)
    loop = asyncio.get_running_loop()
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:
            room = loop.create_future()
            loop.add_writer(descriptor, _done, room)
            try:
                await room
            finally:
                loop.remove_writer(descriptor)


def _done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
