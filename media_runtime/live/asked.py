"""Which of a channel's files a path names: the reading side of urls.py. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from . import urls
from .clock import Place

_PLAYLIST = re.compile(r"([a-z0-9-]+)\.m3u8")
_INIT = re.compile(r"([a-z0-9-]+)/([0-9a-f]{64})\.mp4")
_SEGMENT = re.compile(r"([a-z0-9-]+)/([0-9]{1,18})\.m4s")
_PART = re.compile(r"([a-z0-9-]+)/([0-9]{1,18})\.([0-9]{1,6})\.m4s")


@dataclass(frozen=True, slots=True)
class Single:
    """There is one of it in a channel."""

    name: Literal["multivariant", "mpd", "clock", "state", "thumbnail"]


@dataclass(frozen=True, slots=True)
class Playlist:
    rendition: str


@dataclass(frozen=True, slots=True)
class Init:
    rendition: str
    name: str


@dataclass(frozen=True, slots=True)
class Segment:
    rendition: str
    msn: int


@dataclass(frozen=True, slots=True)
class PartOf:
    rendition: str
    place: Place


Asked = Single | Playlist | Init | Segment | PartOf

_SINGLES = {
    urls.MULTIVARIANT: Single("multivariant"),
    urls.MPD: Single("mpd"),
    urls.CLOCK: Single("clock"),
    urls.STATE: Single("state"),
    urls.THUMBNAIL: Single("thumbnail"),
}


def asked(rest: str) -> Asked | None:
    """By a path below /live/{channel}/; None if it names nothing of a channel."""
    if rest in _SINGLES:
        return _SINGLES[rest]
    if found := _PLAYLIST.fullmatch(rest):
        return Playlist(found[1])
    if found := _INIT.fullmatch(rest):
        return Init(found[1], found[2])
    if found := _SEGMENT.fullmatch(rest):
        return Segment(found[1], int(found[2]))
    if found := _PART.fullmatch(rest):
        return PartOf(found[1], Place(int(found[2]), int(found[3])))
    return None
