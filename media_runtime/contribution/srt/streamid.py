"""What a caller's streamid asks for: the bare key, or SRT Access Control's form of it. Pure."""

from urllib.parse import unquote

from media_runtime.contribution.key import StreamKey, parse
from media_runtime.contribution.refusal import PublisherRefused

_FORM = "#!::"
"""SRT Access Control (Stream ID) Guidelines: then comma-separated letter=value."""


def key_in(streamid: str) -> StreamKey:
    """Raises PublisherRefused."""
    if streamid.startswith("%23"):  # ffmpeg hands on what a URL's fragment mark had to be
        streamid = unquote(streamid)
    if not streamid.startswith(_FORM):
        return parse(streamid)
    fields = (field.partition("=") for field in streamid.removeprefix(_FORM).split(","))
    said = {name: value for name, _, value in fields}
    if said.get("m", "publish") != "publish":
        raise PublisherRefused("BadRequest", "nothing is played here; say m=publish")
    return parse(said.get("r", ""))
