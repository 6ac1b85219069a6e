"""How long who may keep an answer: this replica, an edge, a player. Pure.

RFC 8216bis appendix B.1 wants answers to blocking requests kept, for all viewers ask for the same.
"""

import re

from .wants import Kind, Want

HLS = "application/vnd.apple.mpegurl"
DASH = "application/dash+xml"

MANIFEST_SECONDS = 0.1
"""A plain playlist is asked of the pod so often, however many ask: thrice a part at most."""

_PLAIN = "public, max-age=0, must-revalidate"
_THUMBNAIL_SECONDS = 1.0
_LINEUP = "public, max-age=1, must-revalidate"
"""No stale answer: an edge that cannot reach this origin is to try the next."""
_BYTES = {
    # Named in playlists for three target durations.
    Kind.PART: "public, max-age=60, immutable",
    Kind.SEGMENT: "public, max-age=3600, immutable",
    Kind.INIT: "public, max-age=86400, immutable",
}
_TARGET = re.compile(rb"#EXT-X-TARGETDURATION:([0-9]{1,3})\n")
_ENDED = b"#EXT-X-ENDLIST\n"


def cache_control(want: Want, content: bytes = b"") -> str:
    if want.kind in _BYTES:
        return _BYTES[want.kind]
    if want.kind is not Kind.PLAYLIST:
        return _LINEUP
    return f"public, max-age={seconds}" if (seconds := _blocked(want, content)) else _PLAIN


def keep_seconds(want: Want, content: bytes) -> float:
    """In this replica's memory; what never changes stays until there is no room."""
    if want.kind.immutable:
        return float("inf")
    if want.kind is Kind.THUMBNAIL:
        return _THUMBNAIL_SECONDS
    return float(_blocked(want, content) or MANIFEST_SECONDS)


def _blocked(want: Want, content: bytes) -> int:
    """Six target durations: what was asked for is in it, and always will be."""
    found = _TARGET.search(content[:512])
    return 6 * int(found[1]) if want.blocking and found else 0


def media_type(want: Want, said: str) -> str:
    """As the pod says of media; of text we know it."""
    if want.kind is Kind.MPD:
        return DASH
    return HLS if want.kind.manifest else said
