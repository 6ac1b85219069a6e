"""What libsrt's thread has read for a publisher's task: bounded, for it cannot be made to wait."""

import asyncio
from collections import deque

MAX_BYTES = 4 << 20


class Inbox:
    """Put into from the loop's thread only."""

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._more = asyncio.Event()
        self._ended = False

    def put(self, data: bytes) -> None:
        """When too much waits, the newest is left out: a transport stream survives a gap."""
        if self._waiting_bytes + len(data) <= MAX_BYTES:
            self._waiting.append(data)
            self._waiting_bytes += len(data)
            self._more.set()

    def end(self) -> None:
        self._ended = True
        self._more.set()

    async def take(self) -> bytes:
        """All that waits; empty at the end."""
        while not self._waiting and not self._ended:
            self._more.clear()
            await self._more.wait()
        taken = b"".join(self._waiting)
        self._waiting.clear()
        self._waiting_bytes = 0
        return taken
