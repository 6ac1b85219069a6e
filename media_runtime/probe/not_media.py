"""What to tell a person whose source is no container that is let in. Pure."""

from media_runtime.failure import Refused
from media_runtime.ffmpeg.formats import KNOWN_AS

_SCRIPTS = (
    (b"#extm3u", "an HLS playlist"),
    (b"<mpd", "a DASH manifest"),
    (b"ffconcat", "an ffmpeg script"),
    (b"[playlist]", "a playlist"),
    (b"<smil", "a SMIL script"),
    (b"<asx", "a playlist"),
    (b"<smoothstreamingmedia", "a manifest"),
    (b"v=0", "an SDP description"),
    (b"rtsptext", "a playlist"),
    (b"<svg", "an SVG picture"),
    (b"<html", "a web page"),
    (b"<!doctype", "a web page"),
    (b"<?xml", "XML"),
    (b"\x1b[", "terminal art"),
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"8BPS")
_ARCHIVES = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x28\xb5\x2f\xfd",
)
_ACCEPTED = "accepted are " + ", ".join(dict.fromkeys(KNOWN_AS.values()))


def refusal(head: bytes) -> Refused:
    """A sentence fit for what it seems to be; nothing depends on its being right."""
    beginning = head[:4096].replace(b"\x00", b"").lower()
    for mark, what in _SCRIPTS:
        if mark in beginning if len(mark) > 3 else beginning.startswith(mark):
            return Refused("InputUnsafe", f"not media: {what}; {_ACCEPTED}")
    if head.startswith(_PICTURES) or head[4:8] in (b"ftyp", b"jP  ") or head[8:12] == b"WEBP":
        return Refused("NoMedia", f"not media: a still picture; {_ACCEPTED}")
    if head.startswith(_ARCHIVES):
        return Refused("NoMedia", f"not media: an archive; {_ACCEPTED}")
    if all(byte >= 0x20 or byte in b"\t\r\n\f" for byte in head[:4096]):
        return Refused("NoMedia", f"not media: text; {_ACCEPTED}")
    return Refused("NoMedia", f"not a container that is known; {_ACCEPTED}")
