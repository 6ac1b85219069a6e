"""The names in a title's URLs, below /vod/{asset}/: one place for those who write and who serve."""

from hashlib import sha256

INIT = "init.mp4"
POSTER = "poster.jpg"
THUMBNAILS = "thumbnails.vtt"


def revision(title: str) -> str:
    """Names the encode: bytes below it never change, a new encode has another."""
    return sha256(title.encode()).hexdigest()[:10]


def media_playlist(rendition: str) -> str:
    return f"{rendition}.m3u8"


def init(rendition: str) -> str:
    return f"{rendition}/{INIT}"


def segment(rendition: str, n: int | str) -> str:
    return f"{rendition}/{n}.m4s"


def sheet(n: int | str) -> str:
    return f"sheet-{n}.jpg"
