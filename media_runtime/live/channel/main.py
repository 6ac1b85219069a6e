"""`python -m media_runtime channel`: one channel on air, until it is ended or its pod is.

SIGTERM ends the process and not the programme: another pod goes on with it. So it serves on for a
while, for whoever has not found the other one yet, and no playlist ends. A channel that dies is
started again in the same pod.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import structlog
import uvicorn
import uvloop

from crds.live import ChannelOrder
from crds.work import Exit
from media_runtime.failure import Refused
from media_runtime.logs import log_to_stderr
from media_runtime.store import Store, StoreSettings

from .app import app
from .pod import Pod
from .settings import ChannelSettings
from .supervisor import supervised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.applications import Starlette

    from .restarts import Restarts

log = structlog.get_logger()

ORDER = "STREAMVERSE_CHANNEL"


def serve() -> int:
    """The exit code: DONE after an orderly end, REFUSED for an order that cannot be carried out,
    and that of the last who died if one after the other does.
    """
    log_to_stderr()
    return supervised(_serve)


def _serve(restarts: Restarts) -> Exit:
    order = ChannelOrder.model_validate_json(os.environ[ORDER])
    settings = ChannelSettings()
    store = Store.open(StoreSettings())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        try:
            loop.run(_on_air(order, settings, store, restarts))
        except Refused as e:
            log.warning("refused", reason=e.reason, why=e.message)
            return Exit.REFUSED
    return Exit.DONE


async def _on_air(
    order: ChannelOrder, settings: ChannelSettings, store: Store, restarts: Restarts
) -> None:
    """Serves as long as the channel runs, and for `drain_seconds` after SIGTERM."""
    pod = Pod(order, settings, store, restarts=restarts)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = _server(app(pod), settings)
    log.info("on air", channel=pod.order.channel, port=settings.http_port)
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve())
        running = group.create_task(pod.run())
        await stop.wait()
        log.info("told to stop", drain_seconds=settings.drain_seconds)
        await asyncio.sleep(settings.drain_seconds)
        if pod.packager.ended_at is not None:
            # what is recorded is worth the rest of the time that a pod is given
            with suppress(TimeoutError):
                async with asyncio.timeout(settings.record_seconds):
                    await pod.settled.wait()
        running.cancel()
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Leaves signals to us: a channel serves on for a while after SIGTERM."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(served: Starlette, settings: ChannelSettings) -> _Server:
    return _Server(
        uvicorn.Config(
            served,
            host=settings.host,
            port=settings.http_port,
            http="httptools",
            access_log=False,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            # players that wait for the next part are not waited for
            timeout_graceful_shutdown=1,
        )
    )
