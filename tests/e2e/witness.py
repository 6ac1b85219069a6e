"""A witness of a title while it grows: looks at what players are told, again and again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urljoin

import m3u8

from tests.e2e import media

LOOK_EVERY_SECONDS = 0.5
AWAY = {500, 502, 503, 504}
"""The store may be killed: what cannot be had now is asked for again, and owed until it came."""


@dataclass
class Witness:
    """What it saw of one title; `complaints` are sentences about what must not be."""

    master_url: str
    whole_seconds: float
    verified: Callable[[], bool]
    """Whether the title was, by now."""
    complaints: list[str] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)
    """By playlist: the segments that it named last."""
    ended: set[str] = field(default_factory=set)
    """Playlists that said that the title is whole."""
    grown: int = 0
    """How often a playlist had become longer."""
    owed: set[str] = field(default_factory=set)
    """Addresses that were named and have not answered 200 yet."""
    fetched: set[str] = field(default_factory=set)
    _enough: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread = field(default_factory=threading.Thread)

    def look(self) -> None:
        try:
            master = media.get(self.master_url)
            if master.status == 200:
                for url in media.named(self.master_url, master.body.decode()).all:
                    self._playlist(url)
            for url in sorted(self.owed):
                self._fetch(url)
        except (OSError, HTTPException):
            return  # the origin could not be asked: the next look tells

    def _playlist(self, url: str) -> None:
        answer = media.get(url)
        if answer.status != 200:
            if answer.status not in AWAY:
                self._complain(f"{url}, which the master names, answers {answer.status}")
            return
        playlist = m3u8.loads(answer.body.decode())  # type: ignore[no-untyped-call]
        named = [urljoin(url, segment.uri) for segment in playlist.segments]
        before = self.told.get(url, [])
        if named[: len(before)] != before:
            self._complain(f"{url} took back what it named: {before[len(named) :] or before}")
        self.grown += bool(before) and len(named) > len(before)
        self.told[url] = named
        inits = {urljoin(url, m.uri) for m in playlist.segment_map if m is not None}
        self.owed |= {*named, *inits} - self.fetched
        if playlist.is_endlist or playlist.playlist_type == "vod":
            self.ended.add(url)
            if not self.verified():
                self._complain(f"{url} says that the title is whole before it is verified")
            seconds = sum(segment.duration for segment in playlist.segments)
            if seconds < self.whole_seconds - 0.5:
                self._complain(f"{url} ends after {seconds} of {self.whole_seconds} s")

    def _fetch(self, url: str) -> None:
        status = media.get(url, method="HEAD").status
        if status == 200:
            self.owed.discard(url)
            self.fetched.add(url)
        elif status not in AWAY:
            self.owed.discard(url)
            self._complain(f"{url} is named and answers {status}")

    def _complain(self, sentence: str) -> None:
        if sentence not in self.complaints:
            self.complaints.append(sentence)

    def conclude(self) -> None:
        """Look once more, and no more after that; fail if anything was seen that must not be."""
        if self._enough.is_set():
            return
        self.stop()
        self.look()
        assert self.complaints == []
        assert self.owed == set(), "named, and never to be had"

    def stop(self) -> None:
        self._enough.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._enough.wait(LOOK_EVERY_SECONDS):
            self.look()

    def begin(self) -> None:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()


@contextmanager
def witnessed(
    master_url: str, whole_seconds: float, verified: Callable[[], bool]
) -> Iterator[Witness]:
    """From now until it is concluded."""
    seen = Witness(master_url, whole_seconds, verified)
    seen.begin()
    try:
        yield seen
    finally:
        seen.stop()
