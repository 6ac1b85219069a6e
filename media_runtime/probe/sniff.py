"""Names the container of a source from its first bytes, before ffmpeg sees any of it. Pure.

What no rule names is refused: the demuxer is forced to what is found here, so a playlist, a
script or a picture that calls itself movie.mp4 never reaches a program that would obey it.
"""

from media_runtime.failure import Refused
from media_runtime.ffmpeg import Format

from .audio_frames import FRAMES
from .not_media import refusal

SNIFFED_BYTES = 64 << 10

_MOV_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp")
_PICTURE_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"jp2 ", b"jpx ")
_MXF = bytes.fromhex("060e2b34020501010d010201")


def container_of(head: bytes) -> Format:
    """`head`: the first SNIFFED_BYTES of the source, or all of it.

    Raises Refused: InputUnsafe for what makes ffmpeg open something else, NoMedia for the rest.
    """
    if not head:
        raise Refused("NoMedia", "the source is empty (0 bytes)")
    for rule in _RULES:
        if (found := rule(head)) is not None:
            return found
    raise refusal(head)


def _by_signature(head: bytes) -> Format | None:
    if head[4:8] in _MOV_BOXES:
        return None if head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS else "mov"
    signatures: tuple[tuple[bool, Format], ...] = (
        (head.startswith(b"\x1a\x45\xdf\xa3"), "matroska"),
        (head.startswith(b"\x00\x00\x01\xba"), "mpeg"),
        (head[:4] == b"RIFF" and head[8:11] == b"AVI", "avi"),
        (head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE", "wav"),
        (head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"), "aiff"),
        (head.startswith(b"FLV\x01"), "flv"),
        (head.startswith(_MXF), "mxf"),
        (head.startswith(b"fLaC"), "flac"),
        (head.startswith(b"OggS\x00"), "ogg"),
    )
    return next((name for is_it, name in signatures if is_it), None)


def _transport_stream(head: bytes) -> Format | None:
    """Sync bytes of eight packets in a row, or of as many as there are and at least two."""
    for size in (188, 192, 204):
        for first in range(min(size, len(head))):
            syncs = head[first::size][:8]
            # fewer than eight, away from the start, happen by chance in any file
            enough = len(syncs) == 8 or (len(syncs) >= 2 and first in (0, 4))
            if enough and syncs == b"\x47" * len(syncs):
                return "mpegts"
    return None


def _elementary_audio(head: bytes) -> Format | None:
    """Raw audio frames, after an ID3v2 tag if there is one; two frames in a row, so no chance."""
    start = 0
    if head.startswith(b"ID3") and len(head) >= 10:
        start = 10 + sum(
            (byte & 0x7F) << shift for byte, shift in zip(head[6:10], _SYNCHSAFE, strict=True)
        )
        if start >= len(head):
            return "mp3"  # a tag with a large picture; only MP3 carries them in practice
        if head[start:].startswith(b"fLaC"):
            return "flac"
    for name, length_of in FRAMES:
        length = length_of(head[start:])
        after = head[start + length :]
        if length and (not after or length_of(after)):
            return name
    return None


_SYNCHSAFE = (21, 14, 7, 0)
"""Shifts of an ID3v2 integer: seven bits a byte."""


_RULES = (_by_signature, _transport_stream, _elementary_audio)
