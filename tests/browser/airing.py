"""A channel on air for browsers: its pod as a process, with the built-in test picture."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crds.live import ChannelInput, ChannelOrder
from crds.v1alpha1.encodingprofile import EncodingProfileSpec

ROOT = Path(__file__).resolve().parents[2]
PROFILE = EncodingProfileSpec.model_validate(
    {
        "gopDurationMillis": 2000,
        "segmentDurationMillis": 2000,
        "renditions": [
            {"name": "180p", "codec": "H264", "maxHeight": 180, "bitrateKbps": 300},
            {"name": "90p", "codec": "H264", "maxHeight": 90, "bitrateKbps": 120},
        ],
        "audio": [{"name": "stereo", "codec": "AAC", "bitrateKbps": 96}],
    }
)
START_SECONDS = 60


def order(name: str, uid: str) -> ChannelOrder:
    """Of little work: a small picture, and a short window so that the DVR is soon needed."""
    return ChannelOrder(
        tenant="demo",
        channel=name,
        uid=uid,
        generation=1,
        inputs=(ChannelInput(name="pattern", protocol="Test", priority=1),),
        profile=PROFILE,
        frame_rate="25",
        window_seconds=12,
        dvr_seconds=600,
    )


@contextmanager
def on_air(
    what: ChannelOrder, port: int, store: str, scratch: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Its pod, once three segments can be had; killed at the end, for it would serve on."""
    environment = {
        "STREAMVERSE_STORE_ENDPOINT": store,
        "STREAMVERSE_CHANNEL": what.model_dump_json(by_alias=True),
        "STREAMVERSE_CHANNEL_HOST": "127.0.0.1",
        "STREAMVERSE_CHANNEL_HTTP_PORT": str(port),
        "STREAMVERSE_CHANNEL_CONTRIBUTION_PORT": "0",
        "STREAMVERSE_CHANNEL_KEYS_FOLDER": str(scratch),
        "STREAMVERSE_CHANNEL_DRAIN_SECONDS": "0",
        "TMPDIR": str(scratch),
    }
    argv = [sys.executable, "-m", "media_runtime", "channel"]
    with subprocess.Popen(argv, cwd=ROOT, env=os.environ | environment) as pod:
        try:
            _until_ready(f"http://127.0.0.1:{port}/readyz", pod)
            yield pod
        finally:
            pod.terminate()
            try:
                pod.wait(timeout=20)
            except subprocess.TimeoutExpired:
                pod.kill()


def _until_ready(url: str, pod: subprocess.Popen[bytes]) -> None:
    for _ in range(START_SECONDS * 5):
        assert pod.poll() is None, "the channel's pod died while starting"
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            try:
                pod.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError(f"no three segments after {START_SECONDS} s")
