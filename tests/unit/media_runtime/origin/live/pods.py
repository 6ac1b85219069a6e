"""Channels' pods to ask, in memory: they can be taken away, and remember what they were asked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from crds.live import ChannelState, OnAirState, TimelineState
from media_runtime.origin.address import Address
from media_runtime.origin.live.addresses import NoAnswer
from media_runtime.origin.live.choice import Pod
from media_runtime.origin.live.upstream import Away, Door, Reply

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
FIRST, SECOND = Pod("10.0.0.1", 8090), Pod("10.0.0.2", 8090)
NEWS = Address("demo", "news")
UID = "0b8cdd1a-7f04-4b2f-a7c5-2f1c7f3a9e10"


def state(**changes: object) -> ChannelState:
    """A channel that is on air."""
    usual: dict[str, object] = {
        "channel": "news",
        "uid": UID,
        "generation": 1,
        "started_at": NOON,
        "on_air": OnAirState(kind="Input", input="camera", since=NOON, reason="Preferred"),
        "inputs": (),
        "timeline": timeline(),
        "audio": ("aac",),
    }
    return ChannelState.model_validate(usual | changes)


def timeline(msn: int = 100) -> TimelineState:
    return TimelineState(
        media_sequence=msn, last_segment_at=NOON, latency_millis=400, dvr_from=NOON
    )


class Book:
    """An address book that can be changed, and lost."""

    def __init__(self, *pods: Pod) -> None:
        self.pods: frozenset[Pod] | None = frozenset(pods)
        self.away = False
        self.asked: Counter[str] = Counter()

    async def of(self, channel: Address) -> frozenset[Pod] | None:
        self.asked[str(channel)] += 1
        if self.away:
            raise NoAnswer("no name server")
        return self.pods


class PaperDoor(Door):
    """Leads to pods that answer from `answers`: by pod and path, the pieces of a 200."""

    def __init__(self) -> None:
        super().__init__()
        self.states: dict[Pod, ChannelState] = {}
        self.answers: dict[tuple[Pod, str], list[bytes]] = {}
        self.refusals: dict[tuple[Pod, str], tuple[int, bytes]] = {}
        self.growing: set[str] = set()
        """Paths without a length."""
        self.hanging: set[Pod] = set()
        """Pods that take requests and never answer."""
        self.requests: list[tuple[Pod, str]] = []
        self.entered = asyncio.Event()
        """A request has come."""
        self.gate = asyncio.Event()
        """Pieces after the first wait for it."""
        self.gate.set()

    async def state(self, pod: Pod) -> ChannelState:
        if pod not in self.states:
            raise Away(f"{pod}: connection refused")
        return self.states[pod]

    @asynccontextmanager
    async def get(self, pod: Pod, rest: str, query: str) -> AsyncIterator[Reply]:
        path = f"{rest}?{query}" if query else rest
        self.requests.append((pod, path))
        self.entered.set()
        await asyncio.sleep(0)
        if pod in self.hanging:
            await asyncio.Event().wait()
        if pod not in self.states:
            raise Away(f"{pod}: connection refused")
        if refused := self.refusals.get((pod, path)):
            yield Reply(refused[0], "application/json", len(refused[1]), _pieces([refused[1]]))
            return
        pieces = self.answers.get((pod, path))
        if pieces is None:
            yield Reply(404, "application/json", 2, _pieces([b"{}"]))
            return
        length = None if path in self.growing else sum(map(len, pieces))
        yield Reply(200, "video/mp4", length, self._sent(pod, pieces))

    async def _sent(self, pod: Pod, pieces: list[bytes]) -> AsyncIterator[bytes]:
        for n, piece in enumerate(pieces):
            if n:
                await self.gate.wait()
                if pod not in self.states:
                    raise Away(f"{pod} broke off")
            yield piece


async def _pieces(pieces: list[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
