"""What a request below /live/{channel}/ wants, in the one spelling that all share. Pure.

What is not in this grammar is never sent upstream: keys of caches and of requests in flight come
from here, and nobody can make up more of them than a channel has.
"""

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl

from media_runtime.live import urls
from media_runtime.live.query import BadRequest, Directives, directives

_NAME = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NUMBER = r"0|[1-9][0-9]{0,17}"
_PLAYLIST = re.compile(rf"({_NAME})\.m3u8")
_INIT = re.compile(rf"({_NAME})/([A-Za-z0-9_-]{{1,64}})\.mp4")
_SEGMENT = re.compile(rf"({_NAME})/({_NUMBER})\.m4s")
_PART = re.compile(rf"({_NAME})/({_NUMBER})\.({_NUMBER})\.m4s")
_START_OVER = re.compile(rf"start-over/([1-9][0-9]{{0,10}})/({_NAME}\.m3u8)")


NOTHING = Directives()


class Kind(Enum):
    MULTIVARIANT = "multivariant"
    MPD = "mpd"
    PLAYLIST = "playlist"
    INIT = "init"
    SEGMENT = "segment"
    PART = "part"

    @property
    def manifest(self) -> bool:
        """It changes, and it is what leads a player on: here an edge is told to fail over."""
        return self in {Kind.MULTIVARIANT, Kind.MPD, Kind.PLAYLIST}


_LINEUPS = {urls.MULTIVARIANT: Kind.MULTIVARIANT, urls.MPD: Kind.MPD}


@dataclass(frozen=True, slots=True)
class Want:
    kind: Kind
    rest: str
    """The path at the pod, below /live/."""
    rendition: str = ""
    name: str = ""
    """Of an init."""
    msn: int = -1
    """Of a segment or part."""
    asked: Directives = NOTHING
    since: int | None = None
    """Start-over: seconds of Unix time before which nothing is listed."""

    @property
    def query(self) -> str:
        """Sorted, and only what a pod knows."""
        given = (
            ("_HLS_msn", self.asked.msn),
            ("_HLS_part", self.asked.part),
            ("_HLS_skip", "YES" if self.asked.skip else None),
        )
        return "&".join(f"{name}={value}" for name, value in given if value is not None)

    @property
    def key(self) -> str:
        """The same for all who want the same."""
        since = "" if self.since is None else f"{self.since}/"
        return f"{since}{self.rest}?{self.query}"

    @property
    def blocking(self) -> bool:
        return self.asked.msn is not None


def want(rest: str, query: str = "") -> Want | BadRequest | None:
    """None where nothing goes by such a name."""
    if rest in _LINEUPS:
        return Want(_LINEUPS[rest], rest)
    if found := _PLAYLIST.fullmatch(rest):
        return _playlist(rest, found[1], query)
    if found := _START_OVER.fullmatch(rest):
        return _start_over(int(found[1]), found[2], query)
    return _media(rest)


def _media(rest: str) -> Want | None:
    if found := _PART.fullmatch(rest):
        return Want(Kind.PART, rest, found[1], msn=int(found[2]))
    if found := _SEGMENT.fullmatch(rest):
        return Want(Kind.SEGMENT, rest, found[1], msn=int(found[2]))
    if found := _INIT.fullmatch(rest):
        return Want(Kind.INIT, rest, found[1], found[2])
    return None


def _playlist(rest: str, rendition: str, query: str) -> Want | BadRequest:
    asked = directives(dict(parse_qsl(query)))
    if isinstance(asked, BadRequest):
        return asked
    return Want(Kind.PLAYLIST, rest, rendition, asked=asked)


def _start_over(since: int, rest: str, query: str) -> Want | BadRequest:
    """Whole segments only: neither parts nor delta updates are told of (startover.py)."""
    if rest == urls.MULTIVARIANT:
        return Want(Kind.MULTIVARIANT, rest, since=since)
    asked = directives(dict(parse_qsl(query)))
    if isinstance(asked, BadRequest):
        return asked
    rendition = rest.removesuffix(".m3u8")
    return Want(Kind.PLAYLIST, rest, rendition, asked=Directives(asked.msn), since=since)
