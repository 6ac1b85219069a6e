"""For how long nobody answers at an address while something is killed, as its viewers notice it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException

from tests.e2e import media

ASKED_EVERY_SECONDS = 0.1


@dataclass
class Silence:
    """Of one address; asked all the while, by a connection of its own each time."""

    url: str
    longest_seconds: float = 0.0
    answers: int = 0
    _enough: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        last = time.monotonic()
        while not self._enough.wait(ASKED_EVERY_SECONDS):
            answered = self._answered()
            now = time.monotonic()
            self.longest_seconds = max(self.longest_seconds, now - last)
            if answered:
                self.answers, last = self.answers + 1, now

    def stop(self) -> None:
        self._enough.set()

    def _answered(self) -> bool:
        try:
            return media.get(self.url).status == 200
        except (OSError, HTTPException):
            return False


@contextmanager
def listened_to(url: str) -> Iterator[Silence]:
    """Complete when the block is left."""
    silence = Silence(url)
    thread = threading.Thread(target=silence.listen, daemon=True)
    thread.start()
    try:
        yield silence
    finally:
        silence.stop()
        thread.join()
