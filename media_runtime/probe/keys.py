"""Content addresses: what a piece of work is made from, and nothing that it is called. Pure.

Equal keys mean the same frames, made in the same way: the source's packets, how they decode, the
frame grid, the rung, the engine. A rung's name is not in it, nor the source's: an edited profile or
a re-uploaded film finds all that it shares with what was done before.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from media_runtime.title.pictures import Wanted
from media_runtime.title.plan import AudioRendition, Images, VideoRung, VideoTrack

from .chunks import Span
from .model import AudioStream, VideoStream
from .packets import Packets
from .timing import Timing

_SCHEME = 1


def packets_digest(packets: Packets, first: int, after: int, origin: int) -> str:
    """Of packets [first, after): their bytes, and their times from `origin`, in ticks."""
    digest = hashlib.sha256()
    for n in range(first, min(after, len(packets))):
        digest.update(b"%d %d " % (packets.pts[n] - origin, packets.discard[n]))
        digest.update(packets.digests[n])
    return digest.hexdigest()


def _key(*parts: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    return hashlib.sha256(json.dumps([_SCHEME, *parts], sort_keys=True).encode()).hexdigest()


def _without_names(document: VideoRung | AudioRendition | Images | VideoTrack) -> dict[str, Any]:
    left_out = {"name", "frames", "stream", "start_seconds"}
    return document.model_dump(mode="json", exclude=left_out)


def picture(
    packets: Packets, span: Span, stream: VideoStream, track: VideoTrack, timing: Timing
) -> str:
    """What one chunk is decoded from, for all its rungs."""
    start = int(timing.start / stream.time_base)
    times = packets_digest(packets, span.first, span.after, start)
    return _key(times, stream.fingerprint, _without_names(track), str(timing.rate))


def chunk(source: str, rung: VideoRung, *, frames: tuple[int, int], facts: tuple[str, ...]) -> str:
    """`frames`, first and after, count from the title's start: a chunk's times are in its bytes.

    `facts`: the engine, and whether SSIM is measured, which the ledger then promises.
    """
    return _key("chunk", source, _without_names(rung), frames, facts)


def audio(rendition: AudioRendition, packets: Packets, stream: AudioStream, *facts: str) -> str:
    """`facts`: the title's duration, its segments' and the engine."""
    first = packets.pts[0]
    times = packets_digest(packets, 0, len(packets), first)
    offset = str(first * stream.time_base - rendition.start_seconds)
    return _key("audio", times, offset, stream.fingerprint, _without_names(rendition), *facts)


def silence(rendition: AudioRendition, *facts: str) -> str:
    return _key("silence", _without_names(rendition), *facts)


def stills(source: str, wish: Images, poster: VideoRung, wanted: Wanted, *facts: str) -> str | None:
    """Of a chunk that is decoded from `source`; None if no picture is taken from it."""
    if not wanted.places:
        return None
    sizes = (wish.width, wish.height, poster.width, poster.height)
    return _key("stills", source, sizes, wanted.places, wanted.posters, *facts)


def images(wish: Images, stills: Sequence[str], *facts: str) -> str:
    """`stills`: of all chunks that have some."""
    return _key("images", _without_names(wish), list(stills), *facts)
