"""`python -m media_runtime contribute`: one process for all protocols, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import structlog
import uvloop

from media_runtime.logs import log_to_stderr

from .desk import Desk
from .health import health_app
from .metrics import Metrics
from .pods import Pods
from .rtmp.server import rtmp_server
from .settings import ContributionSettings
from .srt.server import srt_server
from .web import web_server
from .whip.app import WhipServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = structlog.get_logger()


@dataclass(frozen=True)
class Ports:
    """Where the gateway listens."""

    rtmp: int
    srt: int | None
    """None: without a passphrase there is no SRT."""
    whip: int
    http: int


@contextlib.asynccontextmanager
async def gateway(settings: ContributionSettings) -> AsyncIterator[Ports]:
    """Everything, while it is entered."""
    metrics = Metrics()
    desk = Desk(settings, metrics, Pods(settings))
    async with contextlib.AsyncExitStack() as servers:
        rtmp = await servers.enter_async_context(rtmp_server(desk))
        srt = await servers.enter_async_context(_srt(desk))
        whip = await servers.enter_async_context(_whip(desk))
        http = await servers.enter_async_context(
            web_server(health_app(metrics), settings.host, settings.port)
        )
        yield Ports(rtmp, srt, whip, http)


@contextlib.asynccontextmanager
async def _srt(desk: Desk) -> AsyncIterator[int | None]:
    file = desk.settings.srt_passphrase_file
    if file is None:
        yield None
        return
    passphrase = (await asyncio.to_thread(file.read_bytes)).strip()
    async with srt_server(desk, passphrase) as port:
        yield port


@contextlib.asynccontextmanager
async def _whip(desk: Desk) -> AsyncIterator[int]:
    server = WhipServer(desk)
    try:
        async with web_server(server.app(), desk.settings.host, desk.settings.whip_port) as port:
            yield port
    finally:
        await server.close()


async def _until_told(settings: ContributionSettings) -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with gateway(settings) as ports:
        log.info("serving", ports=asdict(ports))
        await told.wait()
    log.info("stopped")


def serve() -> None:
    """Returns once SIGTERM or SIGINT has come and every publisher is disconnected."""
    log_to_stderr()
    uvloop.run(_until_told(ContributionSettings()))
