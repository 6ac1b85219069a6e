"""The names in a title's URLs, below /vod/{asset}/: one place for those who write and who serve."""

import re
from uuid import UUID

INIT = "init.mp4"
POSTER = "poster.jpg"
THUMBNAILS = "thumbnails.vtt"

_REVISION = re.compile(r"[0-9a-f]{32}")


def revision(title: str) -> str:
    """The title itself, a uid, without its dashes: bytes below it never change.

    It is the whole uid, so that any replica can find the title by it, whatever the name that
    stands before it leads to by now.
    """
    return title.replace("-", "")


def title_of(revision: str) -> str | None:
    """The title that a revision names; None if no title could."""
    return str(UUID(revision)) if _REVISION.fullmatch(revision) else None


def media_playlist(rendition: str) -> str:
    return f"{rendition}.m3u8"


def growing_playlist(rendition: str) -> str:
    """Another path than the whole title's playlist: at one URL neither may become the other."""
    return f"growing/{rendition}.m3u8"


def init(rendition: str) -> str:
    return f"{rendition}/{INIT}"


def segment(rendition: str, n: int | str) -> str:
    return f"{rendition}/{n}.m4s"


def sheet(n: int | str) -> str:
    return f"sheet-{n}.jpg"
