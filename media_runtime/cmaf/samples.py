"""Samples: coded pictures or access units with their times, read out of movie fragments."""

from collections.abc import Iterator
from dataclasses import dataclass

from .boxes import Box, Bytes, Malformed, walk

NOT_SYNC = 0x0001_0000
"""sample_is_non_sync_sample of ISO/IEC 14496-12 section 8.8.3.1."""


@dataclass(frozen=True, slots=True)
class Sample:
    content: Bytes
    duration: int
    """Ticks of the track's timescale."""
    key: bool
    """Decoding can begin here."""
    offset: int = 0
    """Presentation minus decode time, in ticks; may be negative (trun version 1)."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One moof+mdat of one track."""

    decode_time: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a movie's header says for samples that say nothing."""

    duration: int = 0
    size: int = 0
    flags: int = 0


_UNSAID = Defaults()


def read_fragments(content: Bytes, defaults: Defaults = _UNSAID) -> Iterator[Fragment]:
    """The fragments of a one-track file or segment; sample contents are views into `content`.

    `defaults` are those of a moov that is not in it. Understands what ffmpeg and we write: one traf
    a moof, default-base-is-moof.
    """
    view = memoryview(content)
    for found in walk(view):
        if found.kind == b"moov":
            defaults = read_defaults(found)
        elif found.kind == b"moof":
            yield _fragment(view, found, defaults)


def read_defaults(moov: Box) -> Defaults:
    trex = moov.child(b"mvex", b"trex")
    return Defaults(trex.number(12, 4), trex.number(16, 4), trex.number(20, 4))


def _fragment(view: memoryview, moof: Box, defaults: Defaults) -> Fragment:
    traf = moof.child(b"traf")
    defaults = _tfhd(traf.child(b"tfhd"), defaults)
    tfdt = traf.child(b"tfdt")
    decode_time = tfdt.number(4, 8 if tfdt.number(0, 1) else 4)
    samples: list[Sample] = []
    for trun in (b for b in traf.children() if b.kind == b"trun"):
        samples += _trun(view, moof.start, trun, defaults)
    return Fragment(decode_time, tuple(samples))


def _tfhd(tfhd: Box, defaults: Defaults) -> Defaults:
    flags, at = tfhd.number(1, 3), 8
    if flags & 0x01:
        raise Malformed("tfhd with a base data offset: written without default-base-is-moof")
    at += 4 if flags & 0x02 else 0
    values = [defaults.duration, defaults.size, defaults.flags]
    for i, present in enumerate((0x08, 0x10, 0x20)):
        if flags & present:
            values[i] = tfhd.number(at, 4)
            at += 4
    return Defaults(*values)


def _trun(view: memoryview, moof_start: int, trun: Box, defaults: Defaults) -> Iterator[Sample]:
    flags, count, at = trun.number(1, 3), trun.number(4, 4), 8
    if not flags & 0x01:
        raise Malformed("trun without a data offset")
    place = moof_start + int.from_bytes(trun.body[at : at + 4], "big", signed=True)
    at += 4
    first_flags = defaults.flags
    if flags & 0x04:
        first_flags = trun.number(at, 4)
        at += 4
    for i in range(count):
        duration, size = defaults.duration, defaults.size
        sample_flags = defaults.flags if i else first_flags
        offset = 0
        if flags & 0x100:
            duration, at = trun.number(at, 4), at + 4
        if flags & 0x200:
            size, at = trun.number(at, 4), at + 4
        if flags & 0x400:
            sample_flags, at = trun.number(at, 4), at + 4
        if flags & 0x800:
            # Version 0 is unsigned by the letter, but nobody writes an offset of 2^31 ticks.
            offset, at = int.from_bytes(trun.body[at : at + 4], "big", signed=True), at + 4
        if place + size > len(view):
            raise Malformed("a sample lies beyond the end: the file was cut off")
        content = view[place : place + size]
        yield Sample(content, duration, not sample_flags & NOT_SYNC, offset)
        place += size
