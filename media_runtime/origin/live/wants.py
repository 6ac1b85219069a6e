"""What a request below /live/{channel}/ wants, in the one spelling that all share. Pure.

What is not in this grammar is never sent upstream: keys of caches and of requests in flight come
from here, and nobody can make up more of them than a channel has.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from urllib.parse import parse_qsl

from media_runtime.live import urls
from media_runtime.live.asked import Init, PartOf, Playlist, Segment, Single, asked
from media_runtime.live.query import BadRequest, Directives, directives

LONGEST = 200
"""Characters of a path (a rendition, and a hash), and of delivery directives."""
NOTHING = Directives()
_START_OVER = re.compile(r"start-over/([1-9][0-9]{0,10})/(.+)")


class Kind(Enum):
    MULTIVARIANT = "multivariant"
    MPD = "mpd"
    PLAYLIST = "playlist"
    INIT = "init"
    SEGMENT = "segment"
    PART = "part"
    THUMBNAIL = "thumbnail"

    @property
    def manifest(self) -> bool:
        """It changes, and it is what leads a player on: here an edge is told to fail over."""
        return self in {Kind.MULTIVARIANT, Kind.MPD, Kind.PLAYLIST}

    @property
    def immutable(self) -> bool:
        return self in {Kind.INIT, Kind.SEGMENT, Kind.PART}


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
    directives: Directives = NOTHING
    since: int | None = None
    """Start-over: seconds of Unix time before which nothing is listed."""

    @property
    def query(self) -> str:
        """Sorted, and only what a pod knows."""
        given = (
            ("_HLS_msn", self.directives.msn),
            ("_HLS_part", self.directives.part),
            ("_HLS_skip", "YES" if self.directives.skip else None),
        )
        return "&".join(f"{name}={value}" for name, value in given if value is not None)

    @property
    def key(self) -> str:
        """The same for all who want the same."""
        since = "" if self.since is None else f"{self.since}/"
        return f"{since}{self.rest}?{self.query}"

    @property
    def blocking(self) -> bool:
        return self.directives.msn is not None


@lru_cache(maxsize=1024)
def want(rest: str, query: str = "") -> Want | BadRequest | None:
    """None where nothing goes by such a name. Give it short arguments: they are remembered."""
    over = _START_OVER.fullmatch(rest)
    match asked(over[2] if over else rest):
        case Single("multivariant"):
            return Want(Kind.MULTIVARIANT, urls.MULTIVARIANT, since=int(over[1]) if over else None)
        case Playlist(rendition):
            return _playlist(rendition, query, int(over[1]) if over else None)
        case found if over is None:
            return _other(found)
    return None


def _playlist(rendition: str, query: str, since: int | None) -> Want | BadRequest:
    given = directives(dict(parse_qsl(query)))
    if isinstance(given, BadRequest):
        return given
    if since is not None:
        # It tells of neither parts nor delta updates (startover.py).
        given = Directives(given.msn)
    rest = urls.media_playlist(rendition)
    return Want(Kind.PLAYLIST, rest, rendition, directives=given, since=since)


def _other(found: object) -> Want | None:
    match found:
        case Single("mpd"):
            return Want(Kind.MPD, urls.MPD)
        case Single("thumbnail"):
            return Want(Kind.THUMBNAIL, urls.THUMBNAIL)
        case Init(rendition, name):
            return Want(Kind.INIT, urls.init(rendition, name), rendition, name)
        case Segment(rendition, msn):
            return Want(Kind.SEGMENT, urls.segment(rendition, msn), rendition, msn=msn)
        case PartOf(rendition, place):
            return Want(Kind.PART, urls.part(rendition, place), rendition, msn=place.msn)
    return None
