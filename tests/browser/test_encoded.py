"""What the encoder makes plays: a source goes through the job's own steps and is watched."""

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from crds.v1alpha1.encodingprofile import AudioProfile, EncodingProfileSpec, Images, Rendition
from crds.work import Order
from media_runtime.encode.step import encode
from media_runtime.probe.step import probe
from media_runtime.publish.step import publish
from media_runtime.store import Store
from media_runtime.title import records
from media_runtime.title.layout import Layout

from .conftest import Await

SECONDS = 18
"""Of the film: enough for three changes of rung on a busy machine too."""
LAYOUT = Layout("demo")
ORDER = Order(
    tenant="demo",
    title="7f0c3a52-9d1e-4b8a-8a54-0000000e2c0d",
    name="encoded",
    input_uri=f"s3://streamverse/{LAYOUT.upload('clip.mp4')}",
    target_chunk_seconds=4,
    profile=EncodingProfileSpec(
        segment_duration_millis=2000,
        gop_duration_millis=1000,
        renditions=[
            Rendition(name="90p", max_height=90, bitrate_kbps=60),
            Rendition(name="180p24", max_height=180, max_frame_rate=24, bitrate_kbps=150),
            Rendition(name="180p", max_height=180, bitrate_kbps=200),
        ],
        audio=[AudioProfile(name="stereo", bitrate_kbps=96)],
        images=Images(thumbnails_every_seconds=2),
    ),
)


def clip(file: Path) -> bytes:
    """At 29.97 frames a second and 44.1 kHz, as cameras and CDs have it, B-frames included."""
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi"]
    argv += ["-i", f"testsrc2=s=320x180:r=30000/1001:d={SECONDS}", "-f", "lavfi"]
    argv += ["-i", f"sine=frequency=440:sample_rate=44100:duration={SECONDS},volume=0.05"]
    argv += ["-c:v", "libx264", "-preset", "veryfast", "-g", "45", "-pix_fmt", "yuv420p"]
    subprocess.run([*argv, "-c:a", "aac", str(file)], check=True, timeout=60)
    return file.read_bytes()


async def transcode(store: Store, scratch: Path) -> None:
    await store.write(LAYOUT.upload("clip.mp4"), clip(scratch / "clip.mp4"))
    await probe(ORDER, store, scratch)
    plan = await records.read_plan(store, LAYOUT, ORDER.title)
    for task in range(len(plan.tasks)):
        folder = scratch / str(task)
        folder.mkdir()
        await encode(ORDER, task, store, folder)
    await publish(ORDER, store)


@pytest.fixture(scope="module", autouse=True)
def encoded(store: Store, await_: Await, tmp_path_factory: pytest.TempPathFactory) -> None:
    await_(transcode(store, tmp_path_factory.mktemp("scratch")))


@pytest.mark.parametrize("engine", ["hls", "dash"])
def test_an_encoded_film_plays_to_its_end_through_changes_of_rung(
    page: Page, origin: str, engine: str
) -> None:
    page.goto(f"{origin}/watch/demo.encoded?engine={engine}")
    page.wait_for_function("() => streamverse.ready && streamverse.rungs.length > 1")
    # A change waits for the end of the segment that plays: three fit into ten seconds, barely.
    for rung in ("90p", "180p24", "180p"):
        page.evaluate("name => streamverse.chooseRung(name)", rung)
        page.wait_for_function("name => streamverse.rung === name", arg=rung)
    page.wait_for_function("() => streamverse.ended")
    assert page.evaluate("() => [streamverse.errors, streamverse.stalls]") == [[], 0]
    ended_at = page.evaluate("() => document.querySelector('video').currentTime")
    assert ended_at == pytest.approx(SECONDS, abs=0.2)
