"""The operator is told that there is news, wherever its replicas are, and of nothing else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crds.live import ChannelState, OnAirState
from media_runtime.live.channel.nudge import Nudge

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
QUIET_SECONDS = 1.5
"""The nudge looks each second: a look falls into it, which would tell what is no news."""


def state(**changes: object) -> ChannelState:
    usual: dict[str, object] = {
        "channel": "news",
        "generation": 1,
        "started_at": NOON,
        "on_air": OnAirState(kind="Slate", since=NOON, reason="Starting"),
        "inputs": (),
    }
    return ChannelState.model_validate(usual | changes)


@dataclass
class Replica:
    """Of the operator."""

    heard: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                asked = await reader.readuntil(b"\r\n\r\n")
                self.heard.append(asked.decode().splitlines()[0])
                writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")


@asynccontextmanager
async def listening(port: int = 0) -> AsyncIterator[tuple[Replica, int]]:
    replica = Replica()
    server = await asyncio.start_server(replica.answer, "127.0.0.1", port)
    async with server:
        yield replica, server.sockets[0].getsockname()[1]


async def until_heard(replica: Replica, count: int) -> None:
    async with asyncio.timeout(20):
        while len(replica.heard) < count:  # noqa: ASYNC110 - what is heard has no event
            await asyncio.sleep(0.02)


async def nothing_more(replica: Replica, count: int) -> None:
    """Fails as soon as there is."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(QUIET_SECONDS):
            await until_heard(replica, count + 1)
    assert len(replica.heard) == count


def test_each_change_is_told_once() -> None:
    now = state()

    async def goes_on() -> list[str]:
        nonlocal now
        async with listening() as (replica, port):
            nudge = Nudge(f"http://localhost:{port}/nudge/channel/demo/news", lambda: now)
            running = asyncio.create_task(nudge.run())
            await until_heard(replica, 1)
            now = state(behind_millis=900)  # no news
            await nothing_more(replica, 1)
            now = state(stale="SLATE_INPUT")
            await until_heard(replica, 2)
            await nothing_more(replica, 2)
            running.cancel()
            return replica.heard

    assert asyncio.run(goes_on()) == ["POST /nudge/channel/demo/news HTTP/1.1"] * 2


def test_what_nobody_heard_is_told_again(later: int) -> None:
    async def goes_on() -> tuple[int, int]:
        nudge = Nudge(f"http://127.0.0.1:{later}/nudge", state)
        running = asyncio.create_task(nudge.run())
        async with asyncio.timeout(20):
            while not nudge.failed:  # noqa: ASYNC110 - a failure has no event
                await asyncio.sleep(0.02)
        async with listening(later) as (replica, _):
            await until_heard(replica, 1)
            running.cancel()
        return nudge.failed, len(replica.heard)

    assert asyncio.run(goes_on()) == (1, 1)
