"""What waits to be sent to one pod: bounded, and always a stream that a decoder can follow."""

from collections import deque

from .unit import Unit


class Backlog:
    """Begins at an entry. When too much waits, all of it is dropped, up to the next entry.

    What is dropped is the old, not the new: a pod that was slow has no use for the past.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._headed = False
        """A header was taken: no second one may follow it."""
        self.follows = False
        """The next unit follows one that was put."""
        self.dropped_bytes = 0
        """Because too much waited; what came before the first entry does not count."""

    def __len__(self) -> int:
        """In bytes: at most the bound and one unit."""
        return self._waiting_bytes

    @property
    def begun(self) -> bool:
        return self._headed or bool(self._waiting)

    def put(self, unit: Unit) -> None:
        if self._waiting and self._waiting_bytes + len(unit.data) > self._max_bytes:
            self._drop()
        if not self.follows:
            if unit.entry is None:
                self.dropped_bytes += len(unit.data) if self._headed else 0
                return
            if not self._headed:
                self._push(unit.entry.header)
            self._push(unit.entry.prelude)
            self.follows = True
        self._push(unit.data)

    def take(self) -> bytes:
        """All that waits, to be written whole."""
        taken = b"".join(self._waiting)
        self._headed = self.begun
        self._clear()
        return taken

    def _push(self, data: bytes) -> None:
        self._waiting.append(data)
        self._waiting_bytes += len(data)

    def _drop(self) -> None:
        self.dropped_bytes += self._waiting_bytes
        self._clear()
        self.follows = False

    def _clear(self) -> None:
        self._waiting.clear()
        self._waiting_bytes = 0
