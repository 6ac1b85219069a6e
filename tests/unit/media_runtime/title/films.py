"""Builders: a plan and its ledger, of the shape asked for, with media that are only numbers."""

from collections.abc import Iterable
from fractions import Fraction

from media_runtime.title.ledger import Entry, ImagesEntry, Segment
from media_runtime.title.plan import (
    AudioRendition,
    ByteRange,
    Chunk,
    Images,
    Plan,
    Source,
    VideoRung,
    VideoTrack,
)

TITLE = "7f0c3a52-9d1e-4b8a-8a54-000000000001"
FRAME_TICKS, RATE, GOP, SEGMENT = 512, Fraction(25), 50, 100
TIMESCALE = FRAME_TICKS * 25
AAC = 1024


def rung(name: str, height: int, kbps: int, *, frames: int) -> VideoRung:
    return VideoRung(
        name=name,
        codec="H264",
        width=height * 16 // 9,
        height=height,
        rate=RATE,
        timescale=TIMESCALE,
        ticks_per_frame=FRAME_TICKS,
        gop_frames=GOP,
        segment_frames=SEGMENT,
        frames=frames,
        bitrate_kbps=kbps,
        max_bitrate_kbps=kbps * 3 // 2,
    )


def rendition(name: str = "stereo", *, language: str = "eng", stream: int = 1) -> AudioRendition:
    return AudioRendition(
        name=name,
        codec="AAC",
        bitrate_kbps=128,
        channels=2,
        sample_rate=48_000,
        language=language,
        stream=stream,
        start_seconds=Fraction(0),
    )


def film(
    *,
    chunk_segments: Iterable[int] = (2, 5, 5),
    rungs: Iterable[str] = ("360p", "720p"),
    audio: Iterable[str] = ("stereo",),
    tail_frames: int = SEGMENT,
) -> Plan:
    """A plan whose last segment holds `tail_frames`; no rungs makes it audio only."""
    counts, names, voices = list(chunk_segments), list(rungs), list(audio)
    frames = (sum(counts) - 1) * SEGMENT + tail_frames
    return Plan(
        title=TITLE,
        name="pilot",
        source=Source(uri="s3://b/demo/pilot.mp4", etag="e", size=1, format="mov"),
        engine="test",
        duration_seconds=frames / RATE,
        gop_seconds=GOP / RATE,
        segment_seconds=SEGMENT / RATE,
        video=VideoTrack(stream=0, start_seconds=Fraction(0)) if names else None,
        rungs=tuple(
            rung(name, int(name.rstrip("p")), 800 * (i + 1), frames=frames)
            for i, name in enumerate(names)
        ),
        audio=tuple(rendition(name, stream=i + 1) for i, name in enumerate(voices)),
        audio_keys={name: f"key-{name}" for name in voices},
        images=Images(every_seconds=10, width=160, height=90) if names else None,
        images_key="key-images" if names else None,
        chunks=tuple(
            Chunk(
                index=i,
                first_segment=sum(counts[:i]),
                segments=count,
                seek_seconds=Fraction(0),
                reads=(ByteRange(offset=0, length=1),),
                keys={name: f"key-{name}-{i}" for name in names},
            )
            for i, count in enumerate(counts if names else [])
        ),
        tasks=("chunk/0", "audio"),
    )


def segments(durations: Iterable[int], *, size: int = 100_000) -> tuple[Segment, ...]:
    return tuple(
        Segment(duration=ticks, offset=i * size, size=size, sha256=f"{i:064x}")
        for i, ticks in enumerate(durations)
    )


def chunk_entry(plan: Plan, rung_name: str, index: int, *, init: str = "a" * 64) -> Entry:
    made = next(r for r in plan.rungs if r.name == rung_name)
    chunk = plan.chunks[index]
    at = range(chunk.first_segment, chunk.first_segment + chunk.segments)
    frames = [min(SEGMENT, made.frames - n * SEGMENT) for n in at]
    return Entry(
        key=chunk.keys[rung_name],
        run=0,
        last=True,
        init=init,
        codecs="avc1.64001e",
        timescale=TIMESCALE,
        start=chunk.first_segment * SEGMENT * FRAME_TICKS,
        segments=segments(n * FRAME_TICKS for n in frames),
        samples=sum(frames),
    )


def audio_entry(
    plan: Plan, name: str, run: int, *, per_run: int = 3, init: str = "b" * 64
) -> Entry | None:
    """Run number `run` of a continuous encode with `per_run` segments in each; None past the end.

    Segments end at the last whole access unit before the picture's segment does.
    """
    total = -(-plan.duration_seconds // plan.segment_seconds)
    first, end = run * per_run, min((run + 1) * per_run, int(total))
    if first >= end:
        return None
    cuts = [_units(min(n * plan.segment_seconds, plan.duration_seconds)) for n in range(end + 1)]
    return Entry(
        key=plan.audio_keys[name],
        run=run,
        last=end == total,
        init=init,
        codecs="mp4a.40.2",
        timescale=48_000,
        start=cuts[first] * AAC,
        segments=segments(((cuts[n + 1] - cuts[n]) * AAC for n in range(first, end)), size=60_000),
        samples=cuts[end] - cuts[first],
    )


def _units(seconds: Fraction) -> int:
    return int(seconds * 48_000 // AAC)


def all_audio(plan: Plan, name: str, *, per_run: int = 3) -> list[Entry]:
    runs = (audio_entry(plan, name, n, per_run=per_run) for n in range(10_000))
    found: list[Entry] = []
    for entry in runs:
        if entry is None:
            break
        found.append(entry)
    return found


def whole_ledger(plan: Plan) -> dict[str, list[Entry]]:
    chunks = {
        chunk.keys[r.name]: [chunk_entry(plan, r.name, chunk.index)]
        for chunk in plan.chunks
        for r in plan.rungs
    }
    return chunks | {plan.audio_keys[r.name]: all_audio(plan, r.name) for r in plan.audio}


def images_entry(plan: Plan) -> ImagesEntry:
    return ImagesEntry(
        key=plan.images_key or "", poster_width=1280, poster_height=720, sheets=1, pictures=5
    )
