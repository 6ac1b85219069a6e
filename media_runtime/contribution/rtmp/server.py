"""The RTMP port: every connection is a publisher, until he is told otherwise."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog

from media_runtime.contribution.peer import peer_of
from media_runtime.contribution.refusal import PublisherRefused

from .publisher import RtmpPublisher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from media_runtime.contribution.desk import Desk

log = structlog.get_logger()
FAREWELL_SECONDS = 2.0


@contextlib.asynccontextmanager
async def rtmp_server(desk: Desk) -> AsyncIterator[int]:
    """Listens while it is entered; says at which port."""
    connections: set[asyncio.Task[None]] = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            connections.add(task)
            task.add_done_callback(connections.discard)
        await _serve(desk, reader, writer)

    server = await asyncio.start_server(met, desk.settings.host, desk.settings.rtmp_port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tuple(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _serve(desk: Desk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    peer = peer_of(writer)
    try:
        try:
            desk.find_room("RTMP")
        except PublisherRefused as refusal:
            desk.refuse("RTMP", peer, refusal)
            return
        with desk.visit("RTMP", peer) as visit:
            await RtmpPublisher(reader, writer, desk.settings).serve(visit)
            log.info("publisher ended", protocol="RTMP", peer=peer, input=visit.place)
    except PublisherRefused:
        await _farewell(reader, writer)
    except OSError as e:
        log.info("publisher lost", protocol="RTMP", peer=peer, error=str(e))
    finally:
        writer.close()


async def _farewell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read on a little: a close over unread bytes is a RST, which would overtake the reason."""
    with contextlib.suppress(OSError, TimeoutError):
        writer.write_eof()
        async with asyncio.timeout(FAREWELL_SECONDS):
            while await reader.read(64 << 10):
                pass
