"""SRT publishers: each that was accepted is let in, or hung up on."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog

from media_runtime.contribution.mpegts import TsUnits
from media_runtime.contribution.refusal import BadBytes, PublisherRefused

from . import library as srt
from .listener import Caller, Listener
from .streamid import key_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from media_runtime.contribution.desk import Desk, Visit
    from media_runtime.contribution.handoff import Handoff

log = structlog.get_logger()
CODES = {"BadRequest": srt.BAD_MODE, "TooMany": srt.OVERLOAD}

HANDSHAKE_SECONDS = 1.0
"""From the streamid to an accepted caller there is no more of the network to wait for."""


@contextlib.asynccontextmanager
async def srt_server(desk: Desk, passphrase: bytes) -> AsyncIterator[int]:
    """Listens while it is entered; says at which port."""
    server = _SrtServer(desk, passphrase)
    server.listener.start()
    try:
        yield server.listener.port
    finally:
        await server.stop()


class _SrtServer:
    def __init__(self, desk: Desk, passphrase: bytes) -> None:
        self._desk = desk
        self._loop = asyncio.get_running_loop()
        self._connections: set[asyncio.Task[None]] = set()
        self._expected: set[int] = set()
        self.listener = Listener(desk.settings, passphrase, gate=self._judge, met=self._met)

    async def stop(self) -> None:
        for task in tuple(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self.listener.stop()

    def _judge(self, sock: int, peer: str, streamid: str) -> int:
        """On libsrt's thread: only what needs no waiting, and no exception may leave it."""
        try:
            place = key_in(streamid).place
            self._desk.find_room("SRT")
        except PublisherRefused as refusal:
            self._loop.call_soon_threadsafe(self._desk.refuse, "SRT", peer, refusal)
            return CODES.get(refusal.reason, srt.BAD_REQUEST)
        self._loop.call_soon_threadsafe(self._expect, sock, peer, place)
        return 0

    def _expect(self, sock: int, peer: str, place: str) -> None:
        """Whoever has another passphrase is turned away by libsrt, which tells nobody."""
        self._expected.add(sock)

        def look() -> None:
            if sock in self._expected:
                self._expected.discard(sock)
                refusal = PublisherRefused("WrongPassphrase", "another passphrase, or none")
                self._desk.refuse("SRT", peer, refusal, place)

        self._loop.call_later(HANDSHAKE_SECONDS, look)

    def _met(self, caller: Caller) -> None:
        self._expected.discard(caller.socket)
        task = asyncio.create_task(self._serve(caller))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, caller: Caller) -> None:
        try:
            with self._desk.visit("SRT", caller.peer) as visit:
                await self._within_time(caller, visit)
                log.info("publisher ended", protocol="SRT", peer=caller.peer, input=visit.place)
        except PublisherRefused:
            pass  # it is written down; SRT has no words for it once a caller was accepted
        finally:
            self.listener.hang_up(caller)

    async def _within_time(self, caller: Caller, visit: Visit) -> None:
        admitted = False
        try:
            async with asyncio.timeout(self._desk.settings.publish_seconds) as patience:
                async with visit.handoff(key_in(caller.streamid), "mpegts") as handoff:
                    admitted = True
                    await handoff.during(self._carry(caller, handoff, patience))
        except BadBytes as e:
            raise PublisherRefused("BadBytes", str(e)) from e
        except TimeoutError as e:
            if admitted:
                raise PublisherRefused("Silent", "the publisher sent nothing any more") from e
            raise PublisherRefused("ChannelAway", "no pod answered in time") from e

    async def _carry(self, caller: Caller, handoff: Handoff, patience: asyncio.Timeout) -> None:
        units, loop = TsUnits(), asyncio.get_running_loop()
        silence = self._desk.settings.silence_seconds
        patience.reschedule(loop.time() + silence)
        while data := await caller.inbox.take():
            for unit in units.feed(data):
                patience.reschedule(loop.time() + silence)
                handoff.put(unit)
