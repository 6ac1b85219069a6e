"""A chunk's worker reads only its part of the source, and decodes the same frames from it."""

import asyncio
import re
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from media_runtime.fetch import fetch_ranges
from media_runtime.probe.divide import divided
from media_runtime.probe.packets import Packets
from media_runtime.probe.parts import Undivided
from media_runtime.store import Store
from media_runtime.title.plan import ByteRange, Chunk, Plan
from tests.media.clips import Clips
from tests.media.probing import LAYOUT, order, run

LAYOUTS = {
    "index-last.mp4": (),
    "index-first.mp4": ("-movflags", "+faststart"),
    "b-frames.mov": ("-preset", "fast", "-bf", "3"),
    "open-gop.mp4": ("-preset", "fast", "-bf", "3", "-x264-params", "open-gop=1:keyint=30"),
    "one-key-frame.mp4": ("-force_key_frames", "0", "-g", "9999"),
}

UNDIVIDED = {
    "ts": (),
    "avi": (),
    "early.mp4": (
        *("-preset", "veryfast", "-bf", "3"),
        *("-movflags", "frag_keyframe+empty_moov+negative_cts_offsets"),
    ),
}


def frames(plan: Plan, chunk: Chunk, file: Path) -> tuple[list[str], list[str]]:
    """What ffmpeg said; and presentation time and digest of each frame that the chunk shows."""
    assert plan.video is not None
    rate = plan.rungs[-1].rate
    begin = plan.video.start_seconds + chunk.first_segment * plan.segment_seconds
    wanted = min(chunk.segments * plan.segment_seconds, plan.duration_seconds - begin)
    before = int((begin - chunk.seek_seconds) * rate)
    ran = subprocess.run(
        [
            *("ffmpeg", "-nostdin", "-loglevel", "warning", "-copyts", "-seek_timestamp", "1"),
            *("-noaccurate_seek", "-ss", f"{float(chunk.seek_seconds):.6f}", "-i", str(file)),
            *("-map", "0:v", "-frames:v", str(before + int(wanted * rate))),
            *("-fps_mode", "passthrough", "-f", "framemd5", "-"),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    said = re.sub(r"@ 0x\w+", "", ran.stderr).splitlines()
    lines = [line.split(",") for line in ran.stdout.splitlines() if not line.startswith("#")]
    return said, [f"{line[2].strip()} {line[5].strip()}" for line in lines][before:]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("small", [1, 1 << 30], ids=["from the index", "from the whole"])
def test_chunks_decode_from_their_reads_as_from_the_whole(
    clips: Clips, tmp_path: Path, name: str, small: int
) -> None:
    file = clips.film(name, *LAYOUTS[name], seconds=14, size="640x360")

    async def go() -> tuple[Plan, list[Path]]:
        store = Store.in_memory()
        await store.upload(LAYOUT.upload("film"), file)
        plan = (await run(order(), store, small=small)).plan
        parts = [tmp_path / f"part{chunk.index}" for chunk in plan.chunks]
        for chunk, part in zip(plan.chunks, parts, strict=True):
            await fetch_ranges(store, plan.source, chunk.reads, part)
        return plan, parts

    plan, parts = asyncio.run(go())
    assert len(parts) == 4
    for chunk, part in zip(plan.chunks, parts, strict=True):
        shown = frames(plan, chunk, part)
        assert len(shown[1]) == int(min(4, 14 - chunk.first_segment * 4) * Fraction(25))
        assert shown == frames(plan, chunk, file)


def test_a_worker_reads_little_of_a_long_film(clips: Clips) -> None:
    file = clips.film("minute.mp4", seconds=60, size="640x360")

    async def go() -> Plan:
        store = Store.in_memory()
        await store.upload(LAYOUT.upload("film"), file)
        return (await run(order(), store)).plan

    plan = asyncio.run(go())
    shares = [sum(r.length for r in chunk.reads) / plan.source.size for chunk in plan.chunks]
    assert max(shares) < 0.35
    assert sum(shares) / len(shares) < 0.25


@pytest.mark.parametrize("container", UNDIVIDED)
def test_a_container_that_cannot_be_divided_is_read_whole_and_this_is_told(
    clips: Clips, container: str
) -> None:
    file = clips.film(f"whole.{container}", *UNDIVIDED[container])

    async def go() -> Plan:
        store = Store.in_memory()
        await store.upload(LAYOUT.upload("film"), file)
        return (await run(order(), store)).plan

    with capture_logs() as said:
        plan = asyncio.run(go())
    everything = (ByteRange(offset=0, length=plan.source.size),)
    assert {chunk.reads for chunk in plan.chunks} == {everything}
    assert {chunk.excerpt for chunk in plan.chunks} == {()}
    (told,) = (line for line in said if line["event"] == "every worker reads the whole source")
    assert told["why"]


def test_packets_that_have_only_decoding_times_divide_nothing(clips: Clips) -> None:
    """As AVI codes them, reordered: ffmpeg makes up what they lack from those before."""
    file, packets = clips.film("told.mkv"), Packets()
    divided(file, "matroska", packets)
    packets.untold.append(0)
    with pytest.raises(Undivided, match="when they are shown"):
        divided(file, "matroska", packets)


def test_a_plan_is_the_same_however_much_of_the_source_was_brought(clips: Clips) -> None:
    file = clips.film("brought.mp4", seconds=30, size="1280x720")

    async def go(small: int) -> Plan:
        store = Store.in_memory()
        await store.upload(LAYOUT.upload("film"), file)
        return (await run(order(), store, small=small)).plan

    assert file.stat().st_size > 6 << 20
    assert asyncio.run(go(1)) == asyncio.run(go(1 << 30))
