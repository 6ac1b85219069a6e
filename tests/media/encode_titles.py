"""Builders: a small source made by ffmpeg, and a plan over it written by hand."""

import asyncio
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

from crds.v1alpha1.encodingprofile import EncodingProfileSpec, Rendition
from crds.work import EncodeReport, Order
from media_runtime.cmaf import read_fragments
from media_runtime.encode.step import encode
from media_runtime.publish.thumbnails import compose
from media_runtime.store import Store
from media_runtime.title import records
from media_runtime.title.layout import Layout
from media_runtime.title.ledger import Entry, ImagesEntry
from media_runtime.title.pictures import wanted_of
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
from media_runtime.title.tasks import tasks_of

TENANT, TITLE = "demo", "uid-1"
LAYOUT = Layout(TENANT)
PROFILE = EncodingProfileSpec(renditions=[Rendition(name="a", max_height=90, bitrate_kbps=60)])
ORDER = Order(
    tenant=TENANT, title=TITLE, name="pilot", input_uri="s3://streamverse/x", profile=PROFILE
)


def make(file: Path, *flags: str) -> Path:
    """A source by ffmpeg's generators."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", *flags, str(file)], check=True)
    return file


def pattern(seconds: float, *, rate: str = "25", size: str = "320x180") -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=r={rate}:s={size}:d={seconds}"]


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p")


def rung(name: str, width: int, height: int, *, frames: int, **other: Any) -> VideoRung:  # noqa: ANN401
    rate = Fraction(other.pop("rate", 25))
    ticks = other.pop("ticks_per_frame", 512)
    gop = other.pop("gop_frames", round(rate))
    return VideoRung(
        name=name,
        codec=other.pop("codec", "H264"),
        width=width,
        height=height,
        rate=rate,
        timescale=int(rate * ticks),
        ticks_per_frame=ticks,
        gop_frames=gop,
        segment_frames=other.pop("segment_frames", 2 * gop),
        frames=frames,
        bitrate_kbps=other.pop("bitrate_kbps", 100),
        max_bitrate_kbps=other.pop("max_bitrate_kbps", 150),
        **other,
    )


def stereo(*, stream: int | None = 1, **other: Any) -> AudioRendition:  # noqa: ANN401
    return AudioRendition(
        **{
            "name": "stereo",
            "codec": "AAC",
            "bitrate_kbps": 96,
            "channels": 2,
            "sample_rate": 48_000,
            "stream": stream,
            "start_seconds": Fraction(0),
            **other,
        }
    )


def plan_of(
    source: Path,
    rungs: Sequence[VideoRung],
    *,
    chunk_segments: Sequence[int] = (),
    key_frames_every: Fraction = Fraction(15, 25),
    audio: Sequence[AudioRendition] = (),
    images: Images | None = None,
    chunks_in_task: int = 1,
    start: Fraction = Fraction(0),
    form: str = "mov",
    duration: Fraction | None = None,
    **video: Any,  # noqa: ANN401
) -> Plan:
    """Keys are the hash of the rung and its frames, as the probe step's would be, in short."""
    content = source.read_bytes()
    first = rungs[0] if rungs else None
    segment = first.segment_frames / first.rate if first else Fraction(2)
    seconds = duration or (first.frames / first.rate if first else Fraction(0))
    counts = list(chunk_segments) or [-(-seconds // segment)]
    chunks = []
    for i, count in enumerate(counts if rungs else []):
        begin = sum(counts[:i])
        seek = (begin * segment) // key_frames_every * key_frames_every
        chunks.append(
            Chunk(
                index=i,
                first_segment=begin,
                segments=int(count),
                seek_seconds=seek + start,
                reads=(ByteRange(offset=0, length=len(content)),),
                keys={r.name: _key(content, _nameless(r), begin, count) for r in rungs},
            )
        )
    plan = Plan(
        title=TITLE,
        name="pilot",
        source=Source(
            uri=f"s3://streamverse/{LAYOUT.upload(source.name)}",
            etag="",
            size=len(content),
            format=form,
        ),
        engine="test",
        duration_seconds=seconds,
        gop_seconds=first.gop_frames / first.rate if first else segment,
        segment_seconds=segment,
        video=VideoTrack(stream=0, start_seconds=start, **video) if rungs else None,
        rungs=tuple(rungs),
        audio=tuple(audio),
        audio_keys={r.name: _key(content, r, seconds) for r in audio},
        images=images,
        images_key=_key(content, images) if images else None,
        chunks=tuple(chunks),
        chunks_in_task=chunks_in_task,
        tasks=(),
    )
    stilled = tuple(
        chunk.model_copy(update={"stills": _key(content, images, chunk.first_segment)})
        if wanted_of(plan, (chunk,)).places
        else chunk
        for chunk in plan.chunks
    )
    plan = plan.model_copy(update={"chunks": stilled})
    return plan.model_copy(update={"tasks": tasks_of(plan)})


def _nameless(made: VideoRung) -> VideoRung:
    return made.model_copy(update={"name": ""})


def _key(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Title:
    """A planned title in a store of its own folder."""

    plan: Plan
    store: Store
    folder: Path

    def encode(self, task: str) -> EncodeReport:
        with self._scratch(task) as scratch:
            index = self.plan.tasks.index(task)
            return asyncio.run(encode(ORDER, index, self.store, scratch))

    def encode_all(self) -> list[EncodeReport]:
        return [self.encode(task) for task in self.plan.tasks]

    def compose(self) -> None:
        """The thumbnails, as the publish step makes them."""
        with tempfile.TemporaryDirectory() as scratch:
            asyncio.run(compose(self.plan, self.store, LAYOUT, Path(scratch)))

    @contextmanager
    def _scratch(self, task: str) -> Iterator[Path]:
        scratch = self.folder / "scratch" / task
        scratch.mkdir(parents=True)
        yield scratch
        left = [file.name for file in scratch.rglob("*") if file.is_file()]
        for file in left:
            (scratch / file).unlink()
        scratch.rmdir()

    def stored(self, key: str) -> bytes:
        found = asyncio.run(self.store.read(key))
        assert found is not None, f"{key} is not stored"
        return found

    def entry(self, rung_name: str, chunk: int) -> Entry:
        key = self.plan.chunks[chunk].keys[rung_name]
        return Entry.model_validate_json(self.stored(LAYOUT.entry(key, 0)))

    def images_entry(self) -> ImagesEntry:
        stored = self.stored(LAYOUT.images_entry(self.plan.images_key or ""))
        return ImagesEntry.model_validate_json(stored)

    def runs(self, name: str) -> list[Entry]:
        found = records.read_runs(self.store, LAYOUT, self.plan.audio_keys[name])
        return asyncio.run(found)

    def media(self, entry: Entry) -> bytes:
        return self.stored(LAYOUT.media(entry.key, entry.run))

    def rung_file(self, name: str) -> Path:
        """The whole rung as a player has it: header, then every segment."""
        return self._file(name, [self.entry(name, i) for i in range(len(self.plan.chunks))])

    def audio_file(self, name: str = "stereo") -> Path:
        return self._file(name, self.runs(name))

    def _file(self, name: str, entries: Sequence[Entry]) -> Path:
        file = self.folder / f"{name}.mp4"
        header = self.stored(LAYOUT.init(entries[0].init))
        file.write_bytes(header + b"".join(self.media(entry) for entry in entries))
        return file


def title(folder: Path, source: Path, plan: Plan) -> Title:
    store = Store.in_memory()
    asyncio.run(store.upload(LAYOUT.upload(source.name), source))
    asyncio.run(records.write_plan(store, LAYOUT, plan))
    return Title(plan, store, folder)


@dataclass(frozen=True)
class Shown:
    """What a decoder makes of a file."""

    times: list[int]
    """Presentation times of the pictures in the order shown, in ticks."""
    key_times: list[int]
    messages: str
    stream: dict[str, str]


def shown(file: Path) -> Shown:
    stream = "width,height,pix_fmt,codec_name,color_transfer,color_space,channels"
    argv = ["ffprobe", "-v", "warning", "-threads", "1", "-err_detect", "explode"]
    argv += ["-show_entries", f"frame=pts,key_frame:stream={stream}", "-of", "compact", str(file)]
    probed = subprocess.run(argv, check=False, capture_output=True, text=True)
    lines = [
        dict(field.split("=", 1) for field in line.split("|")[1:] if "=" in field)
        for line in probed.stdout.splitlines()
        if line.startswith(("frame|", "stream|"))
    ]
    frames = [line for line in lines if "key_frame" in line]
    return Shown(
        times=[int(frame["pts"]) for frame in frames],
        key_times=[int(frame["pts"]) for frame in frames if frame["key_frame"] == "1"],
        messages=probed.stderr,
        stream=next(line for line in lines if "codec_name" in line),
    )


def likeness(made: Path, source: Path, width: int, height: int) -> list[float]:
    """SSIM of each frame against the source's frame of the same number."""
    graph = (
        f"[1:v]scale={width}:{height},settb=1/1000,setpts=N[a];[0:v]settb=1/1000,setpts=N[b];"
        "[a][b]ssim=stats_file=-"
    )
    argv = ["ffmpeg", "-v", "error", "-i", str(made), "-i", str(source)]
    argv += ["-filter_complex", graph, "-f", "null", "-fps_mode", "passthrough", "-"]
    told = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    return [float(found) for found in re.findall(r"All:([0-9.]+)", told)]


def sizes(media: bytes) -> list[int]:
    """Samples of each segment."""
    return [len(fragment.samples) for fragment in read_fragments(media)]
