"""A channel's pod as a process of its own, as a node runs it, and what a player asks of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.media.ports import kept_port
from tests.unit.media_runtime.live.lint import Read, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import Message

RUNGS = [
    {"name": "180p", "maxHeight": 180, "bitrateKbps": 250},
    {"name": "90p", "maxHeight": 90, "bitrateKbps": 100},
]
RENDITIONS = ("180p", "90p", "stereo")
LOOKS_SECONDS = 0.05
"""Between two looks at a pod, which nothing but asking tells of: a small part of a segment, and
seldom enough to leave the processor to its encoders.
"""


def order(**changes: object) -> dict[str, Any]:
    usual: dict[str, object] = {
        "tenant": "demo",
        "channel": "news",
        "uid": "u1",
        "generation": 1,
        "inputs": [{"name": "bars", "protocol": "Test", "priority": 1}],
        "frameRate": "25",
        "windowSeconds": 16,
        "dvrSeconds": 120,
        "profile": {
            "segmentDurationMillis": 2000,
            "gopDurationMillis": 2000,
            "renditions": RUNGS,
            "audio": [{"name": "stereo", "bitrateKbps": 64}],
        },
    }
    return usual | changes


@dataclass
class Answer:
    status: int
    headers: Message
    content: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass
class LivePod:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> Answer:
        return self._asked(Request(f"{self.url}{path}", headers=headers))  # noqa: S310 - http

    def post(self, path: str) -> Answer:
        return self._asked(Request(f"{self.url}{path}", method="POST"))  # noqa: S310 - http

    def _asked(self, request: Request) -> Answer:
        began = time.monotonic()
        try:
            with urlopen(request, timeout=20) as answer:  # noqa: S310 - http
                content, status, told = answer.read(), answer.status, answer.headers
        except HTTPError as e:
            content, status, told = e.read(), e.code, e.headers
        return Answer(status, told, content, time.monotonic() - began)

    def playlist(self, rendition: str = "180p", query: str = "") -> Read:
        answer = self.get(f"/live/{rendition}.m3u8{query}")
        assert answer.status == 200, answer
        return read(answer.text)

    def state(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.get("/state").content)
        return told

    def metric(self, name: str) -> float:
        """The sum over its labels."""
        lines = self.get("/metrics").text.splitlines()
        name = f"streamverse_channel_{name}"
        return sum(float(x.split()[-1]) for x in lines if x.split("{")[0].split(" ")[0] == name)

    def until(self, wanted: Callable[[], object], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not wanted():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, f"not within {seconds} s; {self.log.read_text()[-3000:]}"
            time.sleep(LOOKS_SECONDS)

    def ready(self) -> bool:
        try:
            return self.get("/readyz").status == 200
        except OSError:
            return False

    def channel(self) -> int:
        """The process id of what is on air: the only child of the one that watches it."""
        (found,) = children(self.process.pid)
        return found

    def encoders(self) -> list[int]:
        """Process ids of what encodes now: its only children that split their input."""
        found = []
        for pid in children(self.channel()):
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"split=" in words and words.startswith(b"ffmpeg"):
                found.append(pid)
        return found


def children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield from map(int, (task / "children").read_text().split())


@contextmanager
def live_pod(scratch: Path, **changes: object) -> Iterator[LivePod]:
    """Ready to be played. It is killed at the end if it still lives."""
    with starting_pod(scratch, **changes) as pod:
        pod.until(pod.ready)
        yield pod


@contextmanager
def starting_pod(scratch: Path, **changes: object) -> Iterator[LivePod]:
    log, temporary = scratch / f"pod-{time.monotonic_ns()}.log", scratch / "tmp"
    temporary.mkdir(exist_ok=True)
    with kept_port() as port, log.open("wb") as said:
        told = {
            "STREAMVERSE_CHANNEL": json.dumps(order(**changes)),
            "STREAMVERSE_CHANNEL_HOST": "127.0.0.1",
            "STREAMVERSE_CHANNEL_HTTP_PORT": str(port),
            "STREAMVERSE_CHANNEL_CONTRIBUTION_PORT": "0",
            "STREAMVERSE_CHANNEL_DRAIN_SECONDS": "0",
            "STREAMVERSE_STORE_ENDPOINT": f"file://{scratch}/store",
            "TMPDIR": str(temporary),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "media_runtime", "channel"],
            env=os.environ | told,
            stdout=said,
            stderr=said,
        )
        try:
            yield LivePod(process, port, log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
