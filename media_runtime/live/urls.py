"""The names in a channel's URLs, below /live/{channel}/: one place for writers and servers."""

from .clock import Place

MULTIVARIANT = "master.m3u8"
MPD = "manifest.mpd"
CLOCK = "clock"
"""Answers the time (DASH's UTCTiming)."""
STATE = "state.json"
THUMBNAIL = "thumbnail.jpg"


def media_playlist(rendition: str) -> str:
    return f"{rendition}.m3u8"


def init(rendition: str, name: str) -> str:
    return f"{rendition}/{name}.mp4"


def segment(rendition: str, msn: int | str) -> str:
    return f"{rendition}/{msn}.m4s"


def part(rendition: str, place: Place) -> str:
    return f"{rendition}/{place.msn}.{place.part}.m4s"
