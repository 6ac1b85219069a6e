"""A real origin process between channels' pods and viewers, over real sockets."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from media_runtime.live.clock import Place

from .paper_channel import GRID, UID, PaperChannel, content_of

pytestmark = pytest.mark.alone

ROOT = Path(__file__).resolve().parents[2]
SERVE = "from media_runtime.origin.main import serve; serve()"
ADDED_P95_SECONDS = 0.150
"""To what it takes who asks the pod itself."""
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
    (seen,) = await _crowds(seconds, str(before.port), "/live/demo.news/720p.m3u8", str(count))
    return seen


async def crowd_and_one(
    before: Origin, channel: PaperChannel, count: int, seconds: float
) -> tuple[dict[Place, list[float]], dict[Place, float]]:
    """As `crowd`; and when one among them did who asks the pod itself, for the sound's playlist."""
    there = str(channel.port), "/live/aac.m3u8", "1"
    here = str(before.port), "/live/demo.news/720p.m3u8", str(count)
    directly, seen = await _crowds(seconds, *there, *here)
    return seen, {place: at for place, (at,) in directly.items()}


async def _crowds(seconds: float, *told: str) -> list[dict[Place, list[float]]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.media.crowd", str(seconds), *told),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    found, _ = await process.communicate()
    assert process.returncode == 0
    return [{_place(name): at for name, at in one.items()} for one in json.loads(found)]


def _place(name: str) -> Place:
    msn, part = map(int, name.split("."))
    return Place(msn, part)


# So long that the hiccup of one part is beyond the 95th percentile.
@pytest.mark.parametrize(
    ("viewers", "seconds"), [(100, 8.0), pytest.param(1000, 60.0, marks=pytest.mark.soak)]
)
def test_viewers_who_wait_for_a_part_have_it_at_once_and_it_is_told_once(
    tmp_path: Path, viewers: int, seconds: float
) -> None:
    async def scenario() -> None:
        channel = PaperChannel()
        async with channel.on_air(), origin(tmp_path, channel.port) as before:
            await crowd(before, 10, 0.5)
            held = before.resident_bytes()
            seen, directly = await crowd_and_one(before, channel, viewers, seconds)
            grown = before.resident_bytes() - held
        # The first and the last parts are those of viewers who come and go.
        full = [p for p, times in sorted(seen.items()) if len(times) == viewers and p in directly]
        assert len(full) >= seconds / float(GRID.part) / 2, {p: len(t) for p, t in seen.items()}
        # What the pod or the whole machine was late by is not the origin's.
        added = sorted(at - directly[place] for place in full[1:] for at in seen[place])
        told = {n: round(added[len(added) * n // 100], 3) for n in (50, 95, 99)}
        assert told[95] <= ADDED_P95_SECONDS, told
        assert max(channel.made.values()) == 1
        assert grown <= MOST_GROWTH_BYTES

    asyncio.run(scenario())


def test_no_viewer_notices_that_a_channel_s_pod_dies(tmp_path: Path) -> None:
    async def scenario() -> None:
        dying, staying = PaperChannel(), PaperChannel()
        async with staying.on_air(), AsyncExitStack() as stack:
            await stack.enter_async_context(dying.on_air())
            async with origin(tmp_path, dying.port, staying.port) as before:
                watching = asyncio.create_task(crowd(before, 20, 4.0))
                # Viewers wait at the first pod when it goes.
                async with asyncio.timeout(30):
                    while not dying.made:  # noqa: ASYNC110 - of requests, which set no event
                        await asyncio.sleep(0.02)
                await dying.there(GRID.after(max(dying.appended), 2))
                await stack.aclose()
                seen = await watching
        assert dying.made
        assert staying.made
        # A viewer who was refused would have stopped; a part that was missed would be no one's.
        parts = sorted(seen)
        assert all(len(seen[place]) == 20 for place in parts[1:-2]), seen
        assert parts == [GRID.after(parts[0], n) for n in range(len(parts))]

    asyncio.run(scenario())


def test_who_is_behind_the_pod_s_memory_is_served_from_the_store(tmp_path: Path) -> None:
    async def scenario() -> None:
        channel = PaperChannel(backlog=3)
        old = min(channel.appended).msn - 60
        path = tmp_path / "demo" / "live" / "news" / UID / "720p" / f"{old}.m4s"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"two minutes ago")
        async with (
            channel.on_air(),
            origin(tmp_path, channel.port) as before,
            aiohttp.ClientSession() as session,
        ):
            url = f"{before.url}/live/demo.news/720p"
            async with session.get(f"{url}/{old}.m4s") as answer:
                assert (answer.status, await answer.read()) == (200, b"two minutes ago")
            async with session.get(f"{url}/{old - 1}.m4s") as answer:
                assert answer.status == 404

    asyncio.run(scenario())


def test_a_growing_segment_comes_part_by_part_and_whole_to_who_is_late(tmp_path: Path) -> None:
    async def scenario() -> None:
        channel = PaperChannel()
        async with channel.on_air(), origin(tmp_path, channel.port) as before:
            msn = max(channel.appended).msn + 1
            whole = b"".join(content_of("720p", Place(msn, n)) for n in range(GRID.parts))
            await channel.there(Place(msn, 1))
            url = f"{before.url}/live/demo.news/720p/{msn}.m4s"
            async with aiohttp.ClientSession() as session:
                async with session.get(url) as early, session.get(url) as late:
                    assert early.content_length is None
                    first = await early.content.readany()
                    assert Place(msn, GRID.parts - 1) not in channel.appended
                    assert whole.startswith(first)
                    assert first + await early.content.read() == whole
                    assert await late.content.read() == whole
                async with session.get(url) as again:
                    assert again.content_length == len(whole)

    asyncio.run(scenario())
