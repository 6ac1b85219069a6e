"""The plan of a title: what will be encoded, cut where, and under which content address.

Written once, by the probe step, before the first frame is encoded; every later step reads it.
"""

from typing import Literal

from .model import Document, Rate

Codec = Literal["H264", "H265", "VP9", "AV1"]
AudioCodec = Literal["AAC", "Opus", "EAC3"]
Transfer = Literal["SDR", "HDR10", "HLG"]


class Source(Document):
    """The mezzanine, pinned: a read that meets another etag fails with InputChanged."""

    uri: str
    etag: str
    size: int
    """Bytes."""
    format: str
    """The demuxer's name, as in -format_whitelist."""


class VideoRung(Document):
    """One rung of the ladder, every choice made."""

    name: str
    codec: Codec
    width: int
    height: int
    rate: Rate
    timescale: int
    ticks_per_frame: int
    gop_frames: int
    segment_frames: int
    """A whole multiple of gop_frames."""
    frames: int
    """In the whole title: the last segment may be shorter."""
    bitrate_kbps: int
    max_bitrate_kbps: int
    transfer: Transfer = "SDR"
    """What comes out; a tone-mapped rung of an HDR source is SDR."""
    encoder: Literal["Software", "Nvenc"] = "Software"


class Mastering(Document):
    """How an HDR10 source was graded (SMPTE ST 2086, CTA-861.3), in the integers of HEVC's SEI."""

    green: tuple[int, int]
    """Chromaticity x and y, in units of 0.00002."""
    blue: tuple[int, int]
    red: tuple[int, int]
    white: tuple[int, int]
    luminance: tuple[int, int]
    """Greatest and least, in units of 0.0001 cd/m2."""
    max_cll: int = 0
    """Brightest pixel in cd/m2; 0 is not known."""
    max_fall: int = 0


class VideoTrack(Document):
    """How the source's picture is to be read."""

    stream: int
    """ffmpeg's stream index."""
    start_seconds: Rate
    """Presentation time of the first frame, on the source's own clock."""
    rotation: Literal[0, 90, 180, 270] = 0
    """Clockwise degrees that a player would turn the coded picture by."""
    deinterlace: bool = False
    transfer: Transfer = "SDR"
    matrix: Literal["BT709", "BT601", "BT2020"] = "BT709"
    """Of the coded picture; where the source does not say, guessed by its size as players do."""
    full_range: bool = False
    mastering: Mastering | None = None
    """Of an HDR10 source that says so."""


class AudioRendition(Document):
    name: str
    codec: AudioCodec
    bitrate_kbps: int
    channels: int
    sample_rate: int
    language: str = "und"
    stream: int | None = None
    """ffmpeg's stream index; None is silence."""
    start_seconds: Rate
    """Presentation time zero of the title on the source's clock: where the picture starts."""
    loudness_lufs: float | None = None


class Images(Document):
    """Thumbnails: JPEG sheets of columns x rows pictures, and one poster."""

    every_seconds: int
    width: int
    height: int
    columns: int = 10
    rows: int = 10


class ByteRange(Document):
    offset: int
    length: int


class Chunk(Document):
    """A run of whole segments that is found again by its content, in each rung."""

    index: int
    first_segment: int
    segments: int
    seek_seconds: Rate
    """The source's key frame to decode from, at or before the first frame; source clock."""
    reads: tuple[ByteRange, ...]
    """The parts of the source that decoding needs, headers included, ascending, merged."""
    excerpt: tuple[ByteRange, ...] = ()
    """Enough of a container that is decoded from its beginning, once what lies between is filled
    with the container's own padding. Where there is one, it is read instead of `reads`."""
    keys: dict[str, str]
    """Content address of this chunk in each rung: rung name -> key."""
    stills: str | None = None
    """Content address of the pictures in it that thumbnails and poster are made of."""


class Plan(Document):
    version: Literal[1] = 1
    title: str
    """The title's id: the TranscodeJob's uid."""
    name: str
    """What it is published as, unique in the tenant."""
    source: Source
    engine: str
    """Encoder versions that shape bytes; part of every key."""
    duration_seconds: Rate
    gop_seconds: Rate
    segment_seconds: Rate
    video: VideoTrack | None = None
    rungs: tuple[VideoRung, ...]
    audio: tuple[AudioRendition, ...]
    audio_keys: dict[str, str]
    """Content address of each audio rendition, whole: name -> key."""
    images: Images | None = None
    images_key: str | None = None
    chunks: tuple[Chunk, ...]
    chunks_in_task: int = 1
    """So many neighbouring chunks one worker encodes from one decode; the first stands alone."""
    tasks: tuple[str, ...]
    """What the encode Job's completion indexes do, of title.tasks.tasks_of: what is left."""
    mended: int = 0
    """How often the tasks were counted anew, because what was done had been lost."""
    min_ssim: float | None = None
    av_skew_max_millis: int = 40
    hls: bool = True
    dash: bool = True
