"""The line to one pod of a channel: from the connection to its end, never in another pod's way."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import structlog

from media_runtime.live.line import BrokenLine, Introduction, Verdict, introduce

from .backlog import Backlog

if TYPE_CHECKING:
    from .metrics import Metrics
    from .pods import Address
    from .settings import ContributionSettings
    from .unit import Unit

log = structlog.get_logger()


class PodLine:
    """Runs once: whoever wants to call that pod again makes a new one."""

    def __init__(
        self,
        address: Address,
        caller: Introduction,
        settings: ContributionSettings,
        metrics: Metrics,
    ) -> None:
        self._address = address
        self._caller = caller
        self._settings = settings
        self._metrics = metrics
        self._backlog = Backlog(settings.backlog_bytes)
        self._more = asyncio.Event()
        self._told = False
        self.verdict: asyncio.Future[Verdict | None] = asyncio.get_running_loop().create_future()
        """What the pod answered; None: it could not be asked."""
        self.carries = False
        self.refused = False
        self.ended = 0.0
        """By the loop's clock."""

    @property
    def waits(self) -> bool:
        """For a key frame."""
        return self.carries and not self._backlog.follows

    def put(self, unit: Unit) -> None:
        """Never waits. Dropped if the pod has not let the publisher in, or is too slow."""
        if not self.carries:
            return
        before = self._backlog.dropped_bytes
        self._backlog.put(unit)
        dropped = self._backlog.dropped_bytes - before
        if dropped:
            self._metrics.dropped.labels(self._caller.protocol).inc(dropped)
            if not self._told:
                self._told = True
                log.warning("pod too slow", pod=str(self._address), input=self._caller.input)
        self._more.set()

    async def run(self) -> None:
        """Until either side closes, or the pod takes nothing any more."""
        try:
            async with asyncio.timeout(self._settings.connect_seconds):
                reader, writer = await asyncio.open_connection(
                    self._address.host, self._address.port
                )
        except (OSError, TimeoutError) as e:
            log.info("pod away", pod=str(self._address), error=str(e))
            self._answered(None)
            return
        try:
            await self._carry(reader, writer)
        except (OSError, TimeoutError) as e:
            log.info("line broke", pod=str(self._address), error=str(e))
        finally:
            self.carries = False
            self.ended = asyncio.get_running_loop().time()
            self._answered(None)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _notice_a_dead_peer(writer, self._settings.stall_seconds)
        try:
            verdict = await introduce(reader, writer, self._caller)
        except BrokenLine as e:
            log.info("pod gave no answer", pod=str(self._address), error=str(e))
            return
        self.carries, self.refused = verdict.admitted, not verdict.admitted
        self._answered(verdict)
        if not verdict.admitted:
            return
        closed = asyncio.ensure_future(_closed(reader))
        sending = asyncio.ensure_future(self._send(writer))
        try:
            with self._metrics.lines.labels(self._caller.protocol).track_inprogress():
                await asyncio.wait((closed, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            if sending.done():
                # It takes nothing any more: what is buffered for it would only stay.
                writer.transport.abort()
            else:
                # The last pictures of a publisher who ended belong to the channel, too.
                writer.write(self._backlog.take())
            for task in (closed, sending):
                task.cancel()
            await asyncio.gather(closed, sending, return_exceptions=True)

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            taken = self._backlog.take()
            writer.write(taken)
            async with asyncio.timeout(self._settings.stall_seconds):
                await writer.drain()
            self._metrics.sent.labels(self._caller.protocol).inc(len(taken))

    def _answered(self, verdict: Verdict | None) -> None:
        if not self.verdict.done():
            self.verdict.set_result(verdict)


async def _closed(reader: asyncio.StreamReader) -> None:
    """Returns when the pod hangs up; it has nothing to say after its verdict."""
    while await reader.read(1024):
        pass


def _notice_a_dead_peer(writer: asyncio.StreamWriter, seconds: float) -> None:
    """A node that is gone sends no RST: what it does not acknowledge in this time ends the line."""
    connected: socket.socket = writer.get_extra_info("socket")
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
