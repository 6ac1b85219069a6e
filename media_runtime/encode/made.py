"""A chunk in one rung, from what the encoder wrote to what is stored. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from media_runtime.cmaf import Fragment, Header, codecs_string, write_header
from media_runtime.title.ledger import Entry
from media_runtime.title.plan import Chunk, VideoRung

from .cut import on_grid, require_key_frames, segments_of, shift_of
from .span import span_of

_DIGITS = 12
"""Of the hash that numbers an object: there are two of one chunk at most, and then they differ."""


@dataclass(frozen=True)
class Made:
    """Not yet promised to anybody."""

    entry: Entry
    header: bytes
    media: bytes


def made(
    chunk: Chunk,
    rung: VideoRung,
    header: Header,
    fragments: Sequence[Fragment],
    warnings: tuple[str, ...],
) -> Made:
    """Raises Refused: EncodeFailed, VerifyFailed."""
    span = span_of(rung, chunk)
    header = replace(header, timescale=rung.timescale, shift=shift_of(rung))
    samples = on_grid(fragments, rung, span)
    require_key_frames(samples, rung, header)
    media, segments = segments_of(samples, rung, span)
    init = write_header(header)
    entry = Entry(
        key=chunk.keys[rung.name],
        run=int(sha256(media).hexdigest()[:_DIGITS], 16),
        last=True,
        init=sha256(init).hexdigest(),
        codecs=codecs_string(header),
        timescale=rung.timescale,
        start=span.first * rung.ticks_per_frame,
        segments=segments,
        samples=span.count,
        warnings=warnings,
    )
    return Made(entry, init, media)
