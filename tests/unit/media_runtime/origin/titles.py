"""Builders of indexes: titles of every shape a playlist must tell, with media that are numbers."""

from collections.abc import Sequence
from fractions import Fraction
from hashlib import sha256

from media_runtime.title.index import AudioIndex, ImagesIndex, Index, Run, VideoIndex
from media_runtime.title.ledger import Segment
from media_runtime.title.plan import AudioCodec, AudioRendition, Codec, Transfer, VideoRung


def uid(n: int) -> str:
    """A title's id, as the API server makes them."""
    return f"7f0c3a52-9d1e-4b8a-8a54-{n:012x}"


TITLE = uid(1)
AVC, HEVC, AAC = "avc1.64001f", "hvc1.2.4.L120.90", "mp4a.40.2"


def runs(name: str, lengths: Sequence[int], *, per_run: int = 4) -> tuple[Run, ...]:
    """Consecutive segments of these ticks, each of 1,000 bytes and more."""
    cut = [list(lengths[at : at + per_run]) for at in range(0, len(lengths), per_run)]
    return tuple(
        Run(
            key=f"key-{name}-{n}",
            run=0,
            segments=tuple(
                Segment(
                    duration=ticks,
                    offset=i * 1000,
                    size=1000,
                    sha256=sha256(f"{name}/{n}/{i}".encode()).hexdigest(),
                )
                for i, ticks in enumerate(part)
            ),
        )
        for n, part in enumerate(cut)
    )


def video(
    name: str = "720p",
    *,
    height: int = 720,
    kbps: int = 5000,
    rate: str = "25",
    codec: Codec = "H264",
    transfer: Transfer = "SDR",
    segments: int = 5,
    tail_frames: int | None = None,
) -> VideoIndex:
    """Segments of 4 s, or of the whole frames that come nearest."""
    fps = Fraction(rate)
    ticks, scale = fps.denominator, fps.numerator
    frames = round(4 * fps)
    lengths = [frames * ticks] * segments
    if tail_frames is not None:
        lengths[-1] = tail_frames * ticks
    return VideoIndex(
        rung=VideoRung(
            name=name,
            codec=codec,
            width=height * 16 // 9,
            height=height,
            rate=fps,
            timescale=scale,
            ticks_per_frame=ticks,
            gop_frames=frames // 2,
            segment_frames=frames,
            frames=sum(lengths) // ticks,
            bitrate_kbps=kbps,
            max_bitrate_kbps=kbps * 3 // 2,
            transfer=transfer,
        ),
        init=sha256(f"init-{name}".encode()).hexdigest(),
        codecs=AVC if codec == "H264" else HEVC,
        timescale=scale,
        peak_kbps=kbps * 3 // 2,
        average_kbps=kbps,
        runs=runs(name, lengths),
    )


def audio(
    name: str = "stereo",
    *,
    language: str = "eng",
    stream: int = 1,
    channels: int = 2,
    kbps: int = 128,
    codec: AudioCodec = "AAC",
    codecs: str = AAC,
    segments: int = 5,
) -> AudioIndex:
    """Segments of whole access units next to 4 s."""
    ends = [round(n * 4 * 48_000 / 1024) * 1024 for n in range(segments + 1)]
    lengths = [ends[n + 1] - ends[n] for n in range(segments)]
    return AudioIndex(
        rendition=AudioRendition(
            name=name,
            codec=codec,
            bitrate_kbps=kbps,
            channels=channels,
            sample_rate=48_000,
            language=language,
            stream=stream,
            start_seconds=Fraction(0),
        ),
        init=sha256(f"init-{name}".encode()).hexdigest(),
        codecs=codecs,
        timescale=48_000,
        peak_kbps=kbps,
        average_kbps=kbps,
        runs=runs(name, lengths),
    )


SHEETS = ImagesIndex(
    key="key-images",
    every_seconds=2,
    width=160,
    height=90,
    columns=3,
    rows=2,
    pictures=10,
    sheets=2,
    poster_width=1280,
    poster_height=720,
)


def index(
    *tracks: VideoIndex | AudioIndex,
    complete: bool = True,
    seconds: int = 20,
    images: ImagesIndex | None = None,
    hls: bool = True,
    dash: bool = True,
) -> Index:
    """By default a rung and a soundtrack."""
    shown = tracks or (video(), audio())
    return Index(
        title=TITLE,
        name="pilot",
        complete=complete,
        duration_seconds=Fraction(seconds),
        segment_seconds=Fraction(4),
        hls=hls,
        dash=dash,
        video=tuple(t for t in shown if isinstance(t, VideoIndex)),
        audio=tuple(t for t in shown if isinstance(t, AudioIndex)),
        images=images,
    )


LADDER = (
    video("360p", height=360, kbps=800),
    video("480p", height=480, kbps=2000),
    video("1080p", height=1080, kbps=8000),
)

SHAPES: dict[str, Index] = {
    "a rung and a soundtrack": index(),
    "a ladder": index(*LADDER, audio()),
    "no sound": index(*LADDER),
    "sound alone": index(audio()),
    "still encoded": index(*LADDER, audio(), complete=False),
    "29.97 frames a second": index(video(rate="30000/1001"), audio()),
    "23.976 and 59.94": index(
        video("film", rate="24000/1001"), video("sport", rate="60000/1001", kbps=7000), audio()
    ),
    "one frame": index(video(segments=1, tail_frames=1), audio(segments=1), seconds=1),
    "a short tail": index(video(tail_frames=3), audio()),
    "two languages": index(*LADDER, audio("en"), audio("fr", language="fra", stream=2)),
    "stereo and 5.1": index(
        *LADDER,
        audio("stereo"),
        audio("surround", channels=6, kbps=384, codec="EAC3", codecs="ec-3"),
    ),
    "5.1 in one language only": index(
        *LADDER,
        audio("en-stereo"),
        audio("en-surround", channels=6, kbps=384, codec="EAC3", codecs="ec-3"),
        audio("fr-stereo", language="fra", stream=2),
    ),
    "two soundtracks of one language": index(
        *LADDER,
        audio("main"),
        audio("commentary", stream=2),
        audio("unknown", language="und", stream=3),
    ),
    "HDR beside SDR": index(
        *LADDER, video("2160p", height=2160, kbps=20_000, codec="H265", transfer="HDR10"), audio()
    ),
    "HLG": index(video(codec="H265", transfer="HLG"), audio()),
    "thumbnails": index(images=SHEETS),
}
