"""From whatever container, chunks hold the source's own frames, though each starts in its midst."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from crds.v1alpha1.encodingprofile import EncodingProfileSpec, Images, Rendition
from media_runtime.encode.step import encode
from media_runtime.probe.step import probe
from media_runtime.store import Store
from media_runtime.title import records

from .encode_titles import LAYOUT, ORDER, Title, likeness, make, pattern, shown

if TYPE_CHECKING:
    from media_runtime.title.plan import Plan

PROFILE = EncodingProfileSpec(
    segment_duration_millis=2000,
    gop_duration_millis=1000,
    renditions=[Rendition(name="a", max_height=90, bitrate_kbps=200)],
    images=Images(thumbnails_every_seconds=0),
)
WISH = ORDER.model_copy(update={"profile": PROFILE, "target_chunk_seconds": 2})

# B-frames throughout: their decode times are what seeking trips over.
H264 = ("-c:v", "libx264", "-preset", "veryfast", "-g", "40", "-bf", "3", "-pix_fmt", "yuv420p")
OPEN_GOP = (*H264, "-x264-params", "open-gop=1:keyint=40:min-keyint=40:scenecut=0")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=40")
MPEG2 = ("-c:v", "mpeg2video", "-g", "15", "-bf", "2", "-b:v", "3M")
MPEG4 = ("-c:v", "mpeg4", "-g", "40", "-bf", "2", "-q:v", "3")


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("film.mp4", H264),
        ("open-gop.mp4", OPEN_GOP),
        ("hevc.mp4", HEVC),
        ("fragmented.mp4", (*H264, "-movflags", "frag_keyframe+empty_moov")),
        ("faststart.mov", (*H264, "-movflags", "faststart")),
        ("film.mkv", H264),
        ("open-gop.mkv", OPEN_GOP),
        ("vp9.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "40")),
        ("film.ts", H264),
        ("open-gop.ts", OPEN_GOP),
        ("mpeg2.ts", MPEG2),
        ("film.flv", H264),
        ("mpeg4.avi", MPEG4),
        ("film.mxf", MPEG2),
        ("film.mpg", MPEG2),
        ("intra.mov", ("-c:v", "prores_ks", "-profile:v", "0")),
    ],
)
def test_every_chunk_holds_the_source_s_frames(
    tmp_path: Path, name: str, flags: tuple[str, ...]
) -> None:
    source = make(tmp_path / name, *pattern(6.6, size="160x90"), *flags)
    film, warnings = asyncio.run(encoded(source, tmp_path))
    assert warnings == []
    made = film.rung_file("a")
    assert len(film.plan.chunks) >= 3
    assert len(shown(made).times) == film.plan.rungs[0].frames
    assert min(likeness(made, source, 160, 90)) > 0.85


async def encoded(source: Path, folder: Path) -> tuple[Title, list[str]]:
    store = Store.in_memory()
    key = LAYOUT.upload(source.name)
    await store.upload(key, source)
    order = WISH.model_copy(update={"input_uri": f"s3://{store.bucket}/{key}"})
    (folder / "probe").mkdir()
    await probe(order, store, folder / "probe")
    plan: Plan = await records.read_plan(store, LAYOUT, order.title)
    warnings: list[str] = []
    for n in range(len(plan.tasks)):
        scratch = folder / f"task-{n}"
        scratch.mkdir()
        report = await encode(order, n, store, scratch)
        warnings += report.warnings
    return Title(plan, store, folder), warnings
