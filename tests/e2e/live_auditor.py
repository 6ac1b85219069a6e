"""Somebody who reads a channel's playlist all the time, and notes what must never be."""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

from tests.e2e import media

_LOOK_SECONDS = 1.0


@dataclass
class Auditor:
    """Of one media playlist, on a thread of its own."""

    url: str
    every: float = _LOOK_SECONDS
    wrong: list[str] = field(default_factory=list)
    """What broke the rules of one timeline."""
    away: int = 0
    """Answers other than 200."""
    dates: dict[int, datetime] = field(default_factory=dict)
    """EXT-X-PROGRAM-DATE-TIME of each segment, by media sequence number."""
    seen: dict[int, datetime] = field(default_factory=dict)
    """When each segment that became the newest was first in the playlist, `every` late at most."""
    ended: bool = False
    newest: int = -1
    longest_pause: float = 0.0
    """Seconds without a new segment."""

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._grown = time.monotonic()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def forget_pause(self) -> None:
        self.longest_pause, self._grown = 0.0, time.monotonic()

    def _watch(self) -> None:
        while not self._stopped.wait(self.every):
            try:
                answer = media.get(self.url)
            except (OSError, HTTPException):
                self.away += 1
                continue
            if answer.status == 200:
                self._read(answer.body.decode())
            else:
                self.away += 1

    def _read(self, text: str) -> None:
        if "#EXT-X-DISCONTINUITY\n" in text:
            self._complain("a discontinuity")
        if "#EXT-X-DISCONTINUITY-SEQUENCE:0\n" not in text:
            self._complain("a discontinuity sequence other than 0")
        self.ended = self.ended or "#EXT-X-ENDLIST\n" in text
        first, dates = dated(text)
        for number, date in enumerate(dates, first):
            self._note(number, date)
        newest = first + len(dates) - 1
        if newest < self.newest:
            self._complain(f"the newest segment went back from {self.newest} to {newest}")
        if newest > self.newest:
            now = time.monotonic()
            if self.newest >= 0:
                self.longest_pause = max(self.longest_pause, now - self._grown)
            self._grown, self.newest = now, newest
            self.seen[newest] = datetime.now(UTC)

    def _note(self, number: int, date: datetime) -> None:
        known = self.dates.setdefault(number, date)
        if known != date:
            self._complain(f"segment {number} was of {known}, and now of {date}")
        before = self.dates.get(number - 1)
        if before is not None and date - before != timedelta(seconds=2):
            self._complain(f"segment {number} begins {date - before} after the one before")

    def _complain(self, what: str) -> None:
        if what not in self.wrong:
            self.wrong.append(what)


def dated(text: str) -> tuple[int, list[datetime]]:
    """The media sequence number of the first segment, and the date of each whole one. Pure."""
    first, date, dates = 0, None, []
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name == "#EXT-X-MEDIA-SEQUENCE":
            first = int(value)
        elif name == "#EXT-X-PROGRAM-DATE-TIME":
            date = datetime.fromisoformat(value)
        elif line and not line.startswith("#"):
            assert date is not None, f"{line} has no date of its own"
            dates.append(date)
            date = None
    return first, dates
