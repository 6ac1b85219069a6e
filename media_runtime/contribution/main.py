"""`python -m media_runtime contribute`: one process for all protocols, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
import uvloop

from .desk import Desk
from .health import health_app
from .metrics import Metrics
from .pods import Pods
from .rtmp.server import rtmp_server
from .settings import ContributionSettings
from .web import web_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

log = structlog.get_logger()


@dataclass(frozen=True)
class Ports:
    """Where the gateway listens."""

    rtmp: int
    http: int


@contextlib.asynccontextmanager
async def gateway(settings: ContributionSettings) -> AsyncIterator[Ports]:
    """Everything, while it is entered."""
    metrics = Metrics()
    desk = Desk(settings, metrics, Pods(settings))
    async with contextlib.AsyncExitStack() as servers:
        rtmp = await servers.enter_async_context(rtmp_server(desk))
        http = await servers.enter_async_context(
            web_server(health_app(metrics), settings.host, settings.port)
        )
        yield Ports(rtmp, http)


async def _until_told(settings: ContributionSettings) -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with gateway(settings) as ports:
        log.info("serving", ports=ports)
        await told.wait()
    log.info("stopped")


def serve() -> None:
    """Returns once SIGTERM or SIGINT has come and every publisher is disconnected."""
    uvloop.run(_until_told(ContributionSettings()))
