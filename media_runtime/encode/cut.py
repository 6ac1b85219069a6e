"""Cuts a rung's coded frames into segments of the title, each exactly where it belongs. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from media_runtime.cmaf import Fragment, Header, Sample, write_segment
from media_runtime.cmaf.random_access import is_random_access
from media_runtime.failure import Refused
from media_runtime.title.ledger import Segment
from media_runtime.title.plan import VideoRung

from .encoders import REORDERED
from .span import Span


def shift_of(rung: VideoRung) -> int:
    """Ticks by which composition offsets are raised so that none is negative; one in all chunks."""
    return REORDERED[rung.codec] * rung.ticks_per_frame


def on_grid(fragments: Sequence[Fragment], rung: VideoRung, span: Span) -> list[Sample]:
    """The frames in decode order, with the durations and offsets of the rung's grid.

    Raises Refused(EncodeFailed) unless they are exactly the span's frames, each once.
    """
    shown: list[int] = []
    samples: list[Sample] = []
    for fragment in fragments:
        at = fragment.decode_time
        for sample in fragment.samples:
            shown.append(at + sample.offset)
            samples.append(sample)
            at += sample.duration
    ticks = rung.ticks_per_frame
    places = [(time - min(shown)) / ticks for time in shown]
    if sorted(places) != list(range(span.count)):
        raise Refused(
            "EncodeFailed",
            f"{rung.name}: {len(samples)} of {span.count} frames, or not on the grid",
        )
    shift = shift_of(rung)
    return [
        replace(sample, duration=ticks, offset=(int(place) - i) * ticks + shift)
        for i, (sample, place) in enumerate(zip(samples, places, strict=True))
    ]


def require_key_frames(samples: Sequence[Sample], rung: VideoRung, header: Header) -> None:
    """Key frames at every GOP's start and nowhere else, by the coded bytes too.

    Raises Refused(VerifyFailed).
    """
    for i, sample in enumerate(samples):
        due = i % rung.gop_frames == 0
        shown_first = sample.offset == shift_of(rung)
        if sample.key != due or (due and not shown_first):
            raise Refused("VerifyFailed", f"{rung.name}: a key frame is not on the GOP grid")
        if due and not is_random_access(header, sample.content):
            raise Refused("VerifyFailed", f"{rung.name}: a player cannot begin at frame {i}")


def segments_of(
    samples: Sequence[Sample], rung: VideoRung, span: Span
) -> tuple[bytes, tuple[Segment, ...]]:
    """The object's bytes, and where each segment lies in it."""
    pieces: list[bytes] = []
    table: list[Segment] = []
    offset = 0
    for start in range(0, span.count, rung.segment_frames):
        taken = samples[start : start + rung.segment_frames]
        frame = span.first + start
        piece = write_segment(
            taken,
            sequence=frame // rung.segment_frames + 1,
            decode_time=frame * rung.ticks_per_frame,
        )
        pieces.append(piece)
        table.append(table_row(piece, offset, sum(s.duration for s in taken)))
        offset += len(piece)
    return b"".join(pieces), tuple(table)


def table_row(piece: bytes, offset: int, duration: int) -> Segment:
    return Segment(
        duration=duration, offset=offset, size=len(piece), sha256=sha256(piece).hexdigest()
    )
