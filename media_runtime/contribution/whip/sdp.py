"""Session descriptions as WHIP hands them over: judged before aiortc sees them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from media_runtime.contribution.refusal import PublisherRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BYTES = 64 << 10
_MAX_SECTIONS = 4
_WANTED = {"audio": (" opus/48000",), "video": (" h264/90000", " vp8/90000")}


def judged(offer: str) -> str:
    """The offer as it may be answered. Raises PublisherRefused.

    Without candidates: the publisher calls, and nothing of ours sends anything to addresses that
    somebody wrote down.
    """
    lines = offer.splitlines()
    sections = [line for line in lines if line.startswith("m=")]
    if not lines or lines[0] != "v=0" or not 0 < len(sections) <= _MAX_SECTIONS:
        raise PublisherRefused("BadRequest", "this is no SDP offer of pictures and sound")
    for kind, codecs in _WANTED.items():
        here = [line for line in sections if line.startswith(f"m={kind} ")]
        if len(here) > 1:
            raise PublisherRefused("BadRequest", f"more than one {kind} track")
        if here and not any(codec in offer.lower() for codec in codecs):
            names = " or ".join(codec.strip().partition("/")[0] for codec in codecs)
            raise PublisherRefused("BadRequest", f"offer {names} for {kind}")
    if not any(line.startswith(("m=audio ", "m=video ")) for line in sections):
        raise PublisherRefused("BadRequest", "neither pictures nor sound are offered")
    dropped = ("a=candidate:", "a=end-of-candidates")
    return "\r\n".join(line for line in lines if not line.startswith(dropped)) + "\r\n"


def answered(answer: str, addresses: Sequence[str]) -> str:
    """The answer, naming `addresses` (if any) where it names the pod's own."""
    if not addresses:
        return answer
    out: list[str] = []
    for line in answer.splitlines():
        if line.startswith("a=candidate:"):
            fields = line.split(" ")
            out += [" ".join([*fields[:4], one, *fields[5:]]) for one in addresses]
        else:
            out.append(line)
    return "\r\n".join(out) + "\r\n"
