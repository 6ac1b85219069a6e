"""A small film for browsers: made by ffmpeg, laid into a store by hand as the encoder would."""

import subprocess
from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from media_runtime.store import Store
from media_runtime.title.assemble import assemble
from media_runtime.title.index import Ended, Publication
from media_runtime.title.layout import Layout
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

SECONDS, RATE, SEGMENT_FRAMES = 12, 25, 50
RUNGS = {"180p": (320, 180, 200), "360p": (640, 360, 600)}
VOICES = {"english": "eng", "french": "fra"}
CHUNKS = (1, 3, 2)
"""Segments in each."""
SHORT = (1, 2)
"""The same of its first half."""
SHEETS = Images(every_seconds=2, width=160, height=90)
MPD = "{urn:mpeg:dash:schema:mpd:2011}"


@dataclass(frozen=True)
class Rendition:
    codecs: str
    timescale: int
    init: bytes
    segments: tuple[bytes, ...]
    durations: tuple[int, ...]

    def entry(self, key: str, run: int, first: int, end: int) -> Entry:
        sizes = [len(s) for s in self.segments[first:end]]
        return Entry(
            key=key,
            run=run,
            last=end == len(self.segments) or key.startswith("v-"),
            init=sha256(self.init).hexdigest(),
            codecs=self.codecs,
            timescale=self.timescale,
            start=sum(self.durations[:first]),
            segments=tuple(
                Segment(
                    duration=ticks,
                    offset=sum(sizes[:n]),
                    size=sizes[n],
                    sha256=sha256(self.segments[first + n]).hexdigest(),
                )
                for n, ticks in enumerate(self.durations[first:end])
            ),
            samples=1,
        )


@dataclass(frozen=True)
class Footage:
    renditions: dict[str, Rendition]
    sheet: bytes
    poster: bytes

    def cut(self, segments: int) -> "Footage":
        """Its beginning."""
        cut = {
            name: replace(r, segments=r.segments[:segments], durations=r.durations[:segments])
            for name, r in self.renditions.items()
        }
        return replace(self, renditions=cut)


def shoot(folder: Path) -> Footage:
    """Twelve seconds of a test pattern with a counter, two rungs, two voices, 2 s segments."""
    scaled = ";".join(f"[v{i}]scale={w}:{h}[o{i}]" for i, (w, h, _) in enumerate(RUNGS.values()))
    split = "".join(f"[v{i}]" for i in range(len(RUNGS)))
    argv = ["ffmpeg", "-v", "error", "-y"]
    argv += ["-f", "lavfi", "-i", f"testsrc2=s=640x360:r={RATE}:d={SECONDS}"]
    for n in range(len(VOICES)):
        tone = f"sine=frequency={330 * (n + 1)}:sample_rate=48000:duration={SECONDS},volume=0.05"
        argv += ["-f", "lavfi", "-i", tone]
    argv += ["-filter_complex", f"[0:v]split={len(RUNGS)}{split};{scaled}"]
    for i, (_, _, kbps) in enumerate(RUNGS.values()):
        argv += ["-map", f"[o{i}]", f"-b:v:{i}", f"{kbps}k"]
    for n in range(len(VOICES)):
        argv += ["-map", f"{n + 1}:a"]
    argv += ["-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-g", str(SEGMENT_FRAMES)]
    argv += ["-keyint_min", str(SEGMENT_FRAMES), "-sc_threshold", "0"]
    argv += ["-c:a", "aac", "-b:a", "96k", "-ac", "2", "-f", "dash", "-seg_duration", "2"]
    argv += ["-adaptation_sets", "id=0,streams=v id=1,streams=a", str(folder / "film.mpd")]
    subprocess.run(argv, check=True, timeout=120)
    return Footage(
        renditions=dict(zip([*RUNGS, *VOICES], _renditions(folder), strict=True)),
        sheet=_picture(folder, "fps=1/2,scale=160:90,tile=10x10"),
        poster=_picture(folder, "scale=640:360"),
    )


def _renditions(folder: Path) -> list[Rendition]:
    found = []
    for representation in ET.parse(folder / "film.mpd").iter(f"{MPD}Representation"):  # noqa: S314 - our own
        template = next(representation.iter(f"{MPD}SegmentTemplate"))
        number = representation.attrib["id"]
        durations = [
            int(s.attrib["d"])
            for s in template.iter(f"{MPD}S")
            for _ in range(int(s.attrib.get("r", 0)) + 1)
        ]
        names = [f"chunk-stream{number}-{n + 1:05}.m4s" for n in range(len(durations))]
        found.append(
            Rendition(
                codecs=representation.attrib["codecs"],
                timescale=int(template.attrib["timescale"]),
                init=(folder / f"init-stream{number}.m4s").read_bytes(),
                segments=tuple((folder / name).read_bytes() for name in names),
                durations=tuple(durations),
            )
        )
    return found


def _picture(folder: Path, chain: str) -> bytes:
    out = folder / "picture.jpg"
    source = f"testsrc2=s=640x360:r={RATE}:d={SECONDS}"
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-vf", chain]
    subprocess.run([*argv, "-frames:v", "1", str(out)], check=True, timeout=120)
    return out.read_bytes()


class Production:
    """A title of this footage on its way into the store, step by step."""

    def __init__(
        self,
        store: Store,
        footage: Footage,
        *,
        tenant: str,
        name: str,
        rungs: Collection[str] = tuple(RUNGS),
        voices: Collection[str] = tuple(VOICES),
        chunks: tuple[int, ...] = CHUNKS,
        edition: int = 1,
    ) -> None:
        self._store, self._layout = store, Layout(tenant)
        self._footage = footage.cut(sum(chunks))
        self.name = name
        self.plan = _plan(name, rungs, voices, chunks, edition)
        self._entries: dict[str, list[Entry]] = {}
        self._images: ImagesEntry | None = None

    async def announce(self) -> None:
        """What the probe step leaves: the plan, and the name."""
        await self._store.write(self._layout.plan(self.plan.title), self.plan.to_json())
        pointer = Publication(title=self.plan.title).to_json()
        await self._store.write(self._layout.publication(self.name), pointer)

    async def chunk(self, index: int) -> None:
        chunk = self.plan.chunks[index]
        for rung, key in chunk.keys.items():
            end = chunk.first_segment + chunk.segments
            await self._lay(self._footage.renditions[rung], key, 0, chunk.first_segment, end)

    async def sound(self, run: int, first: int, end: int | None = None) -> None:
        for voice, key in self.plan.audio_keys.items():
            rendition = self._footage.renditions[voice]
            stop = len(rendition.segments) if end is None else end
            await self._lay(rendition, key, run, first, stop)

    async def images(self) -> None:
        key = self.plan.images_key
        if key is None:
            return
        made = ImagesEntry(key=key, poster_width=640, poster_height=360, sheets=1, pictures=6)
        await self._store.write(self._layout.sheet(key, 0), self._footage.sheet)
        await self._store.write(self._layout.poster(key), self._footage.poster)
        await self._store.write(self._layout.images_entry(key), made.to_json())
        self._images = made

    async def publish(self) -> None:
        index = assemble(self.plan, self._entries, self._images, complete=True)
        if index is None:
            raise AssertionError("nothing to publish")
        await self._store.write(self._layout.index(self.plan.title), index.to_json())

    async def fail(self, reason: str, message: str) -> None:
        why = Ended(reason=reason, message=message)
        await self._store.write(self._layout.ended(self.plan.title), why.to_json())

    async def release(self) -> None:
        """All of it at once."""
        await self.announce()
        for index in range(len(self.plan.chunks)):
            await self.chunk(index)
        await self.sound(0, 0)
        await self.images()
        await self.publish()

    async def _lay(self, made: Rendition, key: str, run: int, first: int, end: int) -> None:
        entry = made.entry(key, run, first, end)
        await self._store.write(self._layout.init(entry.init), made.init)
        await self._store.write(self._layout.media(key, run), b"".join(made.segments[first:end]))
        await self._store.write(self._layout.entry(key, run), entry.to_json())
        self._entries.setdefault(key, []).append(entry)


def _plan(
    name: str,
    rungs: Collection[str],
    voices: Collection[str],
    chunks: tuple[int, ...],
    edition: int,
) -> Plan:
    frames = sum(chunks) * SEGMENT_FRAMES
    return Plan(
        title=str(uuid5(NAMESPACE_URL, f"{name}/{edition}")),
        name=name,
        source=Source(uri="s3://none/film.mp4", etag="e", size=1, format="mov"),
        engine="test",
        duration_seconds=Fraction(frames, RATE),
        gop_seconds=Fraction(2),
        segment_seconds=Fraction(2),
        video=VideoTrack(stream=0, start_seconds=Fraction(0)) if rungs else None,
        rungs=tuple(_rung(rung, RUNGS[rung], frames) for rung in rungs),
        audio=tuple(_voice(n, voice, VOICES[voice]) for n, voice in enumerate(voices)),
        audio_keys={voice: f"a-{name}-{voice}" for voice in voices},
        images=SHEETS if rungs else None,
        images_key=f"i-{name}" if rungs else None,
        chunks=tuple(_chunk(name, n, rungs, chunks) for n in range(len(chunks) if rungs else 0)),
        tasks=(),
    )


def _rung(name: str, shape: tuple[int, int, int], frames: int) -> VideoRung:
    width, height, kbps = shape
    return VideoRung(
        name=name,
        codec="H264",
        width=width,
        height=height,
        rate=Fraction(RATE),
        timescale=12_800,
        ticks_per_frame=512,
        gop_frames=SEGMENT_FRAMES,
        segment_frames=SEGMENT_FRAMES,
        frames=frames,
        bitrate_kbps=kbps,
        max_bitrate_kbps=kbps * 3 // 2,
    )


def _voice(n: int, name: str, language: str) -> AudioRendition:
    return AudioRendition(
        name=name,
        codec="AAC",
        bitrate_kbps=96,
        channels=2,
        sample_rate=48_000,
        language=language,
        stream=n + 1,
        start_seconds=Fraction(0),
    )


def _chunk(name: str, n: int, rungs: Collection[str], chunks: tuple[int, ...]) -> Chunk:
    return Chunk(
        index=n,
        first_segment=sum(chunks[:n]),
        segments=chunks[n],
        seek_seconds=Fraction(0),
        reads=(ByteRange(offset=0, length=1),),
        keys={rung: f"v-{name}-{rung}-{n}" for rung in rungs},
    )
