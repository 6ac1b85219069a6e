"""A worker of any container that can be divided reads its part, and makes of it the same bytes."""

import asyncio
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from crds.v1alpha1.encodingprofile import AudioProfile, EncodingProfileSpec, Images, Rendition
from media_runtime.encode.step import encode
from media_runtime.fetch.padding import padding
from media_runtime.ffmpeg import Format
from media_runtime.probe.clusters import clusters
from media_runtime.probe.fragments import fragments
from media_runtime.probe.step import probe
from media_runtime.store import Store
from media_runtime.title import records
from media_runtime.title.ledger import Entry
from media_runtime.title.plan import Plan
from tests.media.clips import Clips

from .encode_titles import LAYOUT, ORDER, make

PROFILE = EncodingProfileSpec(
    segment_duration_millis=2000,
    gop_duration_millis=1000,
    renditions=[Rendition(name="a", max_height=90, bitrate_kbps=200)],
    audio=[AudioProfile(name="stereo")],
    images=Images(thumbnails_every_seconds=4),
)
WISH = ORDER.model_copy(update={"profile": PROFILE, "target_chunk_seconds": 20})
SECONDS = 38
MARGIN_SECONDS = 8
"""Back to a key frame, on through what decoders take ahead, and to where both clusters begin and
end; some variance of the rate."""

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-g", "40", "-bf", "3", "-pix_fmt", "yuv420p")
OPEN_GOP = (*H264, "-x264-params", "open-gop=1:keyint=40:min-keyint=40:scenecut=0")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=40")
MPEG2 = ("-c:v", "mpeg2video", "-g", "15", "-bf", "2")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "40")
SECOND_LONG = ("-cluster_time_limit", "1000")

SHARED = {H264: "h264", OPEN_GOP: "open-gop", HEVC: "hevc"}
"""Codings that several containers hold."""
FRAGMENTED = ("-movflags", "frag_keyframe+empty_moov")
ALONE = ("-movflags", "frag_keyframe+empty_moov+default_base_moof")
LATER = ("-output_ts_offset", "3600.5")

DIVIDED = {
    "film.mkv": (H264, SECOND_LONG),
    "open-gop.mkv": (OPEN_GOP, SECOND_LONG),
    "cues-in-front.mkv": (H264, (*SECOND_LONG, "-cues_to_front", "1")),
    "without-cues.mkv": (H264, (*SECOND_LONG, "-live", "1")),
    "later-clock.mkv": (H264, (*SECOND_LONG, *LATER)),
    "hevc.mkv": (HEVC, SECOND_LONG),
    "vfw.mkv": (("-c:v", "msmpeg4", "-g", "40"), SECOND_LONG),
    "mpeg2.mkv": (MPEG2, SECOND_LONG),
    "vp9.webm": (VP9, SECOND_LONG),
    "fragmented.mp4": (H264, FRAGMENTED),
    "open-gop.mp4": (OPEN_GOP, ALONE),
    "index-of-segments.mp4": (H264, ("-movflags", "dash+global_sidx+frag_keyframe")),
    "fragments-of-a-track.mp4": (H264, ("-movflags", "empty_moov+separate_moof+frag_keyframe")),
    "fragments-of-frames.mp4": (H264, ("-movflags", "empty_moov", "-frag_duration", "300000")),
    "hevc-fragmented.mov": (HEVC, FRAGMENTED),
    "later-fragments.mp4": (H264, (*ALONE, *LATER)),
}


class CountingStore(Store):
    """Counts what is read of sources."""

    read_bytes = 0

    async def read_range(
        self, key: str, offset: int, length: int, *, etag: str | None = None
    ) -> bytes:
        self.read_bytes += length
        return await super().read_range(key, offset, length, etag=etag)

    @classmethod
    def with_source(cls, source: Path) -> Self:
        store = cls.in_memory()
        asyncio.run(store.upload(LAYOUT.upload(source.name), source))
        return store


@dataclass(frozen=True)
class Encoded:
    media: dict[str, bytes]
    """What was stored of chunks and their pictures, by its key."""
    entries: list[Entry]
    read_bytes: dict[str, int]
    """By task."""
    warnings: list[str]


def film(clips: Clips, file: Path, coding: tuple[str, ...], container: tuple[str, ...]) -> Path:
    """With a tone, and so much noise that gaps between what is read are worth leaving out."""
    picture = f"testsrc2=r=25:s=320x180:d={SECONDS},noise=alls=30:allf=t:all_seed=7"
    tone = f"sine=frequency=440:duration={SECONDS}"
    sound = ("-c:a", "libopus" if file.suffix == ".webm" else "aac")
    sources = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone)
    coded = (*sources, "-b:v", "1500k", *sound, *coding)
    if coding not in SHARED:
        return make(file, *coded, *container)
    whole = clips.made(f"noisy-{SHARED[coding]}.mp4", *coded)
    return make(file, "-i", str(whole), "-map", "0", "-c", "copy", *container)


def planned(source: Path, folder: Path) -> Plan:
    store = Store.in_memory()
    key = LAYOUT.upload(source.name)
    folder.mkdir()

    async def go() -> Plan:
        await store.upload(key, source)
        order = WISH.model_copy(update={"input_uri": f"s3://{store.bucket}/{key}"})
        await probe(order, store, folder)
        return await records.read_plan(store, LAYOUT, order.title)

    return asyncio.run(go())


def encoded(source: Path, plan: Plan, folder: Path) -> Encoded:
    """All that is made of the picture, by workers one after the other."""
    store = CountingStore.with_source(source)
    reads: dict[str, int] = {}
    warnings: list[str] = []

    async def go() -> tuple[dict[str, bytes], list[Entry]]:
        await records.write_plan(store, LAYOUT, plan)
        for n, task in enumerate(plan.tasks):
            if task == "audio":
                continue
            (folder / str(n)).mkdir(parents=True)
            before = store.read_bytes
            report = await encode(WISH, n, store, folder / str(n))
            reads[task] = store.read_bytes - before
            warnings.extend(report.warnings)
        media, entries = {}, []
        for chunk in plan.chunks:
            for key in chunk.keys.values():
                content = await store.read(LAYOUT.entry(key, 0))
                assert content is not None
                entry = Entry.model_validate_json(content)
                entries.append(entry)
                media[key] = await store.read(LAYOUT.media(key, entry.run)) or b""
            if chunk.stills is not None:
                media[chunk.stills] = await store.read(LAYOUT.stills(chunk.stills)) or b""
        return media, entries

    media, entries = asyncio.run(go())
    return Encoded(media, entries, reads, warnings)


def of_the_whole(plan: Plan) -> Plan:
    chunks = tuple(chunk.model_copy(update={"excerpt": ()}) for chunk in plan.chunks)
    return plan.model_copy(update={"chunks": chunks})


@pytest.mark.parametrize("name", DIVIDED)
def test_an_excerpt_gives_the_bytes_that_the_whole_gives(
    clips: Clips, tmp_path: Path, name: str
) -> None:
    source = film(clips, tmp_path / name, *DIVIDED[name])
    plan = planned(source, tmp_path / "probe")
    assert all(chunk.excerpt for chunk in plan.chunks)
    part = encoded(source, plan, tmp_path / "part")
    whole = encoded(source, of_the_whole(plan), tmp_path / "whole")
    assert part.media == whole.media
    assert all(part.media.values())
    assert part.entries == whole.entries
    assert part.warnings == whole.warnings == []
    size = source.stat().st_size
    assert set(whole.read_bytes.values()) == {size}
    taken = {"chunk/0": 4, "chunk/1-2": 20, "chunk/3-4": 14}
    for task, seconds in taken.items():
        assert part.read_bytes[task] < (seconds + MARGIN_SECONDS) / SECONDS * size


def test_likeness_is_measured_against_an_excerpt_too(clips: Clips, tmp_path: Path) -> None:
    source = film(clips, tmp_path / "film.mkv", OPEN_GOP, SECOND_LONG)
    plan = planned(source, tmp_path / "probe").model_copy(update={"min_ssim": 0.1})
    part = encoded(source, plan, tmp_path / "part")
    whole = encoded(source, of_the_whole(plan), tmp_path / "whole")
    assert [entry.ssim for entry in part.entries] == [entry.ssim for entry in whole.entries]
    assert all(entry.ssim for entry in part.entries)


def test_what_is_left_out_of_matroska_may_be_larger_than_four_gib(
    clips: Clips, tmp_path: Path
) -> None:
    """One Void of 2 GiB is more than ffmpeg skips."""
    content = film(clips, tmp_path / "film.mkv", H264, SECOND_LONG).read_bytes()
    parts = clusters(content)
    # a segment of any size
    header = content[: parts.always[0][1]] + bytes.fromhex("18538067") + b"\x01" + b"\xff" * 7
    header += content[parts.always[1][1] : parts.units[0][0]]
    last = content[parts.units[-4][0] : parts.units[-1][1]]
    far, near = (behind(tmp_path / "made", "matroska", header, last, hole) for hole in HOLES)
    assert far == near


def test_what_is_left_out_of_fragments_may_be_larger_than_four_gib(
    clips: Clips, tmp_path: Path
) -> None:
    content = film(clips, tmp_path / "film.mp4", (*H264, "-bf", "0"), ALONE).read_bytes()
    parts = fragments(content)
    header = content[: parts.units[0][0]]
    last = content[parts.units[-4][0] : parts.units[-1][1]]
    far, near = (behind(tmp_path / "made", "mov", header, last, hole) for hole in HOLES)
    assert far == near


HOLES = (5 << 30, 1000)


def behind(made: Path, form: Format, header: bytes, units: bytes, hole: int) -> list[str]:
    """The frames that ffmpeg decodes of these units, so far behind the header."""
    with made.open("wb") as file:
        file.write(header)
        for at, nothing in padding(form, hole):
            file.seek(len(header) + at)
            file.write(nothing)
        file.seek(len(header) + hole)
        file.write(units)
    argv = ["ffmpeg", "-v", "warning", "-copyts", "-f", form, "-i", str(made), "-map", "0:v"]
    argv += ["-fps_mode", "passthrough", "-f", "framemd5", "-"]
    decoded = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert decoded.stderr == ""
    frames = [line for line in decoded.stdout.splitlines() if not line.startswith("#")]
    assert frames
    return frames
