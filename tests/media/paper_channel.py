"""A channel's pod of paper: real playlists over made-up media, by the clock, over real sockets.

What a pod does to one part at a time, so that the origin before it can be measured alone.
"""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from fractions import Fraction

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from crds.live import ChannelState, OnAirState, TimelineState
from media_runtime.live import llhls
from media_runtime.live.asked import Init, PartOf, Playlist, Segment, asked
from media_runtime.live.clock import Place, access_units, pictures, targets, timeline
from media_runtime.live.parts import Part
from media_runtime.live.query import BadRequest, Directives, Wait, directives, playlist_answer
from media_runtime.live.ring import Ring

UID = "5d0f3a56-8a53-4a0e-9c2c-1f6b1e6a1f00"
CADENCES = {"720p": pictures(Fraction(30)), "aac": access_units(48_000, 1024)}
GRID = timeline(list(CADENCES.values()), segment_millis=2000, part_millis=333)
TARGETS = targets(GRID, list(CADENCES.values()))
NOT_THERE = Response(b'{"reason":"NotFound","detail":"no such file"}', 404)


class PaperChannel:
    """`backlog` segments are there when it starts."""

    def __init__(self, *, backlog: int = 5, listed: int = 30) -> None:
        self.rings = {n: Ring(n, GRID, c, listed=listed) for n, c in CADENCES.items()}
        self.appended: dict[Place, float] = {}
        """When each part was there, in seconds of Unix time."""
        self.made: Counter[str] = Counter()
        """Playlists, by what was asked."""
        self.port = 0
        self.started_at = datetime.now(UTC)
        now = GRID.at(Fraction(time.time()))
        place, self._next = Place(now.msn - backlog, 0), now
        while place < self._next:
            self._append(place)
            place = GRID.after(place)

    @asynccontextmanager
    async def on_air(self, port: int = 0) -> AsyncIterator[None]:
        app = Starlette(
            routes=[Route("/state", self._state), Route("/live/{rest:path}", self._live)]
        )
        with socket.create_server(("127.0.0.1", port)) as listening:
            # or an answer's body waits 40 ms for its head to be acknowledged
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.port = listening.getsockname()[1]
            config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off")
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server._serve([listening]))  # signals are pytest's
            making = asyncio.create_task(self._run())
            try:
                yield
            finally:
                making.cancel()
                server.should_exit = server.force_exit = True
                await serving

    async def there(self, place: Place) -> None:
        """Returns when the part is."""
        await self.rings["720p"].arrived(place)

    async def _run(self) -> None:
        while True:
            due = float(GRID.available(CADENCES["720p"], self._next))
            await asyncio.sleep(max(0.0, due - time.time()))
            self._append(self._next)
            self._next = GRID.after(self._next)

    def _append(self, place: Place) -> None:
        for name, ring in self.rings.items():
            cadence = CADENCES[name]
            first, end = GRID.first(cadence, place), GRID.first(cadence, GRID.after(place))
            content = content_of(name, place)
            part = Part(place, first * cadence.ticks, (end - first) * cadence.ticks, content, True)  # noqa: FBT003
            ring.append(part, init="0" * 64)
        self.appended[place] = time.time()

    async def _state(self, _: Request) -> Response:
        newest = self._next.msn - 1
        state = ChannelState(
            channel="news",
            uid=UID,
            generation=1,
            started_at=self.started_at,
            on_air=OnAirState(kind="Input", input="a", since=self.started_at, reason="Preferred"),
            inputs=(),
            timeline=TimelineState(
                media_sequence=newest, last_segment_at=datetime.now(UTC), latency_millis=0
            ),
        )
        return Response(state.model_dump_json(by_alias=True), media_type="application/json")

    async def _live(self, request: Request) -> Response:
        match asked(request.path_params["rest"]):
            case Playlist(rendition):
                return await self._playlist(rendition, directives(request.query_params))
            case PartOf(rendition, place):
                ring = self.rings[rendition]
                await ring.arrived(place)
                part = ring.part(place)
                return Response(part.content, media_type="video/mp4") if part else NOT_THERE
            case Segment(rendition, msn):
                return self._segment(self.rings[rendition], msn)
            case Init():
                return Response(b"header", media_type="video/mp4")
            case _:
                return NOT_THERE

    async def _playlist(self, name: str, given: Directives | BadRequest) -> Response:
        ring, other = self.rings[name], self.rings["aac" if name == "720p" else "720p"]
        track = ring.track()
        if isinstance(given, BadRequest) or track is None:
            return NOT_THERE
        when = playlist_answer(given, track, TARGETS)
        if isinstance(when, BadRequest):
            return Response(when.reason, 400)
        if isinstance(when, Wait):
            await ring.arrived(when.place)
        self.made[f"{name} {given.msn}.{given.part}"] += 1
        now, beside = ring.track(), other.track()
        if now is None or beside is None:
            return NOT_THERE
        text = llhls.media_playlist(now, [beside], TARGETS, skip=given.skip)
        return Response(text, media_type="application/vnd.apple.mpegurl")

    def _segment(self, ring: Ring, msn: int) -> Response:
        found = ring.segment(msn)
        if found is None:
            return NOT_THERE
        if found.whole:
            return Response(b"".join(part.content for part in found.parts), media_type="video/mp4")
        return StreamingResponse(_growing(ring, msn), media_type="video/mp4")


def content_of(name: str, place: Place) -> bytes:
    """Of a part: bytes that tell where they are from."""
    return f"{name} {place.msn}.{place.part} ".encode() * 500


async def _growing(ring: Ring, msn: int) -> AsyncIterator[bytes]:
    for n in range(GRID.parts):
        await ring.arrived(Place(msn, n))
        part = ring.part(Place(msn, n))
        yield part.content if part else b""
