"""The ledger: one entry for each finished run of segments, written after its bytes: a promise."""

from typing import Literal

from pydantic import ConfigDict

from .model import Document


class Segment(Document):
    """One CMAF segment inside its object: one or more moof+mdat pairs, the first a key frame."""

    duration: int
    """Ticks of the rendition's timescale."""
    offset: int
    size: int
    """Bytes."""
    sha256: str


class Entry(Document):
    """A finished run of one content address. Video has one run; audio grows run by run."""

    version: Literal[1] = 1
    key: str
    run: int
    """The number of the object with its bytes. Audio's are counted. A chunk's is drawn from the
    bytes: whoever else encodes it may come to others, and must not write over these."""
    last: bool
    """No run follows: the content address is complete."""
    init: str
    """sha256 of the CMAF header, which is stored under inits/."""
    codecs: str
    """RFC 6381."""
    timescale: int
    start: int
    """baseMediaDecodeTime of the first segment, in ticks, on the title's timeline."""
    segments: tuple[Segment, ...]
    samples: int
    """Frames (video) or access units (audio), decoded again and counted before this was written."""
    ssim: float | None = None
    warnings: tuple[str, ...] = ()


class ImagesEntry(Document):
    """The finished thumbnails of a title."""

    version: Literal[1] = 1
    key: str
    poster_width: int
    poster_height: int
    sheets: int
    pictures: int


class Stills(Document):
    """A chunk's pictures for thumbnails and poster: what it promises is in it, as JPEG files."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    version: Literal[1] = 1
    thumbnails: tuple[bytes, ...]
    posters: tuple[bytes, ...] = ()
    """The first of them again, at the poster's size."""
