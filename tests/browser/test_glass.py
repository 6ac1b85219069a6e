"""The clock that our camera films is read back from a browser, at the lowest rung too."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bench.live_clock import TURN_MILLIS, Scene

from .conftest import ROOT

RATE, FRAMES = 10, 60
BEGAN = 1_790_000_000_000
STEP_MILLIS = 777
"""From frame to frame, so that many bits change at once."""


@pytest.fixture
def stage() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    argv = [sys.executable, "-m", "bench.live_stage", str(port)]
    with subprocess.Popen(argv, cwd=ROOT) as process:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{url}/time", timeout=1).close()  # noqa: S310 - our own
                break
            except (urllib.error.URLError, ConnectionError):
                assert process.poll() is None, "the stage died while starting"
                try:
                    process.wait(timeout=0.1)
                except subprocess.TimeoutExpired:
                    continue
        yield url
        process.terminate()


def filmed(path: Path, height: int, kbps: int) -> None:
    """A clip of the clock as a rung of that size has it: filmed in 360 lines, and scaled."""
    scene = Scene.of(640, 360)
    frames = b"".join(scene.frame(n, BEGAN + n * STEP_MILLIS) for n in range(FRAMES))
    argv = [
        *("ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "640x360"),
        *("-r", str(RATE), "-i", "-", "-vf", f"scale=-2:{height}", "-c:v", "libx264"),
        *("-preset", "veryfast", "-b:v", f"{kbps}k", "-maxrate", f"{kbps}k"),
        *("-bufsize", f"{kbps}k", "-movflags", "+faststart", str(path)),
    ]
    subprocess.run(argv, input=frames, check=True)


@pytest.mark.parametrize(("height", "kbps"), [(360, 300), (144, 40)])
def test_a_clock_survives_a_low_rung(
    page: Page, stage: str, tmp_path: Path, height: int, kbps: int
) -> None:
    clip = tmp_path / "clip.mp4"
    filmed(clip, height, kbps)
    put = urllib.request.Request(  # noqa: S310 - our own
        f"{stage}/media/clip.mp4", clip.read_bytes(), method="PUT"
    )
    urllib.request.urlopen(put, timeout=10).close()  # noqa: S310
    page.goto(f"{stage}/time")
    seen = page.evaluate(
        """async () => {
          const { eye } = await import("/eye.js");
          const video = document.body.appendChild(document.createElement("video"));
          Object.assign(video, { src: "/media/clip.mp4", muted: true });
          const look = eye(video), seen = [];
          video.requestVideoFrameCallback(function shown(_, frame) {
            seen.push([frame.mediaTime, look()]);
            video.requestVideoFrameCallback(shown);
          });
          await video.play();
          await new Promise((ended) => { video.onended = ended; });
          return seen;
        }"""
    )
    right = [
        clock == (BEGAN + round(time * RATE) * STEP_MILLIS) % TURN_MILLIS for time, clock in seen
    ]
    assert len(right) > FRAMES / 3, "too few pictures were shown"
    # a picture may have been replaced by the next one before it was looked at
    assert sum(right) > 0.9 * len(right), seen
