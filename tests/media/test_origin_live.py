"""A real origin process between channels' pods and viewers, over real sockets."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from media_runtime.live.clock import Place

from .paper_channel import GRID, PaperChannel

ROOT = Path(__file__).resolve().parents[2]
SERVE = "from media_runtime.origin.main import serve; serve()"
ADDED_P95_SECONDS = 0.150
MOST_GROWTH_BYTES = 64 << 20


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


class Origin:
    def __init__(self, url: str, port: int, process: asyncio.subprocess.Process) -> None:
        self.url, self.port, self._process = url, port, process

    def resident_bytes(self) -> int:
        pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@asynccontextmanager
async def origin(store: Path, *pods: int) -> AsyncIterator[Origin]:
    """One replica, for which demo.news is at these ports."""
    port = free_port()
    addresses = ",".join(f"127.0.0.1:{pod}" for pod in pods)
    environment = {
        "STREAMVERSE_STORE_ENDPOINT": store.as_uri(),
        "STREAMVERSE_ORIGIN_HOST": "127.0.0.1",
        "STREAMVERSE_ORIGIN_PORT": str(port),
        "STREAMVERSE_ORIGIN_LIVE_PODS": json.dumps({"demo.news": addresses}),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, cwd=ROOT, env=os.environ | environment
    )
    found = Origin(f"http://127.0.0.1:{port}", port, process)
    try:
        await ready(found.url)
        yield found
    finally:
        process.terminate()
        assert await process.wait() == 0


async def ready(url: str) -> None:
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


async def crowd(before: Origin, count: int, seconds: float) -> dict[Place, list[float]]:
    """When so many viewers had the playlist of each part; in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.media.crowd", str(before.port)),
        *("/live/demo.news/720p.m3u8", str(count), str(seconds)),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode == 0
    seen = {}
    for name, times in json.loads(told).items():
        msn, part = map(int, name.split("."))
        seen[Place(msn, part)] = times
    return seen


@pytest.mark.parametrize(
    ("viewers", "seconds"), [(200, 4.0), pytest.param(1000, 8.0, marks=pytest.mark.soak)]
)
def test_viewers_who_wait_for_a_part_have_it_at_once_and_it_is_told_once(
    tmp_path: Path, viewers: int, seconds: float
) -> None:
    async def scenario() -> None:
        channel = PaperChannel()
        async with channel.on_air(), origin(tmp_path, channel.port) as before:
            await crowd(before, 10, 0.5)
            held = before.resident_bytes()
            seen = await crowd(before, viewers, seconds)
            grown = before.resident_bytes() - held
        # The first and the last parts are those of viewers who come and go.
        full = [place for place, times in sorted(seen.items()) if len(times) == viewers]
        assert len(full) >= seconds / float(GRID.part) / 2, {p: len(t) for p, t in seen.items()}
        added = sorted(at - channel.appended[place] for place in full[1:] for at in seen[place])
        told = {n: round(added[len(added) * n // 100], 3) for n in (50, 95, 99)}
        assert told[95] <= ADDED_P95_SECONDS, told
        assert max(channel.made.values()) == 1
        assert grown <= MOST_GROWTH_BYTES

    asyncio.run(scenario())
