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


def state(**changes: object) -> ChannelState:
    usual: dict[str, object] = {
        "channel": "news",
        "generation": 1,
        "started_at": NOON,
        "on_air": OnAirState(kind="Slate", since=NOON, reason="Starting"),
        "inputs": (),
    }
    return ChannelState.model_validate(usual | changes)


class Watched:
    """A channel's state, which the nudge looks at from time to time."""

    def __init__(self) -> None:
        self.now = state()
        self._looks: asyncio.Queue[None] = asyncio.Queue()

    def look(self) -> ChannelState:
        self._looks.put_nowait(None)
        return self.now

    async def acted_upon(self) -> None:
        """It was looked at as it is now, and then again: whatever that look led to is over."""
        while not self._looks.empty():
            self._looks.get_nowait()
        async with asyncio.timeout(20):
            for _ in range(2):
                await self._looks.get()


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


def test_each_change_is_told_once() -> None:
    async def goes_on() -> list[str]:
        watched = Watched()
        async with listening() as (replica, port):
            nudge = Nudge(f"http://localhost:{port}/nudge/channel/demo/news", watched.look)
            running = asyncio.create_task(nudge.run())
            await until_heard(replica, 1)
            watched.now = state(behind_millis=900)  # no news
            await watched.acted_upon()
            assert len(replica.heard) == 1
            watched.now = state(stale="SLATE_INPUT")
            await until_heard(replica, 2)
            await watched.acted_upon()
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
