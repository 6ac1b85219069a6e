"""CMAF headers: what ffmpeg put in its moov, read; and the same said again in one fixed form.

ffmpeg's own header tells the bit rate and duration of the chunk at hand, so it differs from chunk
to chunk. Ours is made of the codec configuration alone: byte-identical for all chunks of a rung.
"""

import struct
from dataclasses import dataclass

from .boxes import Box, Bytes, Malformed, box, full_box, walk


@dataclass(frozen=True, slots=True)
class VideoFormat:
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class AudioFormat:
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Header:
    """All that a decoder needs before the first sample."""

    timescale: int
    entry: bytes
    """The SampleEntry box of stsd, as "avc1" with its avcC, without what varies."""
    format: VideoFormat | AudioFormat
    language: str = "und"
    shift: int = 0
    """Ticks that presentation is earlier than tfdt plus composition offset: an edit list says so.

    Pictures that are decoded before they are shown need it: without it either the first decode
    time or the offsets were negative, and ffmpeg then plays the picture late by that much.
    """

    @property
    def kind(self) -> bytes:
        return self.entry[4:8]

    def configuration(self, kind: bytes) -> Box:
        """A box inside the sample entry, as avcC; Malformed if it has none."""
        after = 78 if isinstance(self.format, VideoFormat) else 28
        entry = next(walk(self.entry))
        for found in entry.children(after=after):
            if found.kind == kind:
                return found
        raise Malformed(f"{self.kind!r} has no {kind!r}")


_VARYING = (b"btrt", b"free")
"""btrt is the bit rate of the chunk at hand."""


def read_header(content: Bytes) -> Header:
    """From a file that begins with ftyp and moov, of one track; its edit list is not read."""
    moov = next((b for b in walk(content) if b.kind == b"moov"), None)
    if moov is None:
        raise Malformed("no moov")
    mdia = moov.child(b"trak", b"mdia")
    mdhd = mdia.child(b"mdhd")
    long = mdhd.number(0, 1) == 1
    stsd = mdia.child(b"minf", b"stbl", b"stsd")
    entry = next(stsd.children(after=8))
    timescale = mdhd.number(20 if long else 12, 4)
    if bytes(mdia.child(b"hdlr").body[8:12]) == b"vide":
        picture = VideoFormat(entry.number(24, 2), entry.number(26, 2))
        return Header(timescale, _steady(entry, 78), picture)
    sound = AudioFormat(entry.number(24, 2), entry.number(16, 2))
    return Header(timescale, _steady(entry, 28), sound)


def _steady(entry: Box, fields: int) -> bytes:
    """The sample entry without boxes whose content depends on the samples."""
    kept = [box(b.kind, b.body) for b in entry.children(after=fields) if b.kind not in _VARYING]
    return box(entry.kind, _anonymous(entry.body[:fields]), *kept)


def _anonymous(fields: memoryview) -> bytes:
    """Without the encoder's name (compressorname): it says "Lavc… libx264" and helps nobody."""
    if len(fields) < 78:
        return bytes(fields)
    return b"".join((fields[:42], bytes(32), fields[74:]))


def write_header(header: Header) -> bytes:
    """Writes ftyp and moov. A function of its argument: no dates, no tool's name, no bit rate."""
    ftyp = box(b"ftyp", b"iso6", b"\0\0\0\0", b"iso6", b"cmfc", b"dash", b"mp41")
    mvhd = full_box(
        b"mvhd", 0, 0, struct.pack(">IIIIIH10x", 0, 0, header.timescale, 0, 0x10000, 0x100),
        _IDENTITY, bytes(24), struct.pack(">I", 2),
    )  # fmt: skip
    trex = full_box(b"trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0))
    trak = box(b"trak", _tkhd(header), _edts(header), _mdia(header))
    return ftyp + box(b"moov", mvhd, trak, box(b"mvex", trex))


_IDENTITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def _tkhd(header: Header) -> bytes:
    size, volume = struct.pack(">II", 0, 0), 0x100
    if isinstance(header.format, VideoFormat):
        volume = 0
        size = struct.pack(">II", header.format.width << 16, header.format.height << 16)
    # 7: enabled, in the movie, in its preview
    fields = struct.pack(">IIIII8xHHHH", 0, 0, 1, 0, 0, 0, 0, volume, 0)
    return full_box(b"tkhd", 0, 7, fields, _IDENTITY, size)


def _edts(header: Header) -> bytes:
    """ISO/IEC 14496-12 section 8.6.6: one edit, of no stated length as the track is fragmented."""
    if not header.shift:
        return b""
    return box(b"edts", full_box(b"elst", 0, 0, struct.pack(">IIiHH", 1, 0, header.shift, 1, 0)))


def _mdia(header: Header) -> bytes:
    a, b, c = (ord(letter) - 0x60 for letter in header.language)
    mdhd = full_box(
        b"mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, header.timescale, 0, a << 10 | b << 5 | c, 0)
    )
    if isinstance(header.format, VideoFormat):
        handler, name, media = b"vide", b"video\0", full_box(b"vmhd", 0, 1, bytes(8))
    else:
        handler, name, media = b"soun", b"sound\0", full_box(b"smhd", 0, 0, bytes(4))
    hdlr = full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), name)
    dref = full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))
    stsd = full_box(b"stsd", 0, 0, struct.pack(">I", 1), header.entry)
    empty = [full_box(kind, 0, 0, bytes(4)) for kind in (b"stts", b"stsc", b"stco")]
    stbl = box(b"stbl", stsd, *empty, full_box(b"stsz", 0, 0, bytes(8)))
    return box(b"mdia", mdhd, hdlr, box(b"minf", media, box(b"dinf", dref), stbl))
