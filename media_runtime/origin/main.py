"""`python -m media_runtime origin`: one process that serves, until it is told to stop."""

import signal

import structlog
import uvicorn

from media_runtime.logs import log_to_stderr
from media_runtime.store import Store, StoreSettings

from .app import origin
from .patience import Impatient
from .settings import OriginSettings

log = structlog.get_logger()


def serve() -> None:
    """Returns once SIGTERM or SIGINT has come and requests under way have ended."""
    log_to_stderr()
    settings = OriginSettings()
    store = Store.open(StoreSettings())
    config = uvicorn.Config(
        origin(store, settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=Impatient,
        # Requests are counted; their URLs hold tokens, which no log may.
        access_log=False,
        log_level="warning",
        server_header=False,
        # Nothing here depends on who asks, so no forwarded header is believed.
        proxy_headers=False,
        # Longer than an edge keeps its connections, so that it is the edge that closes them.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    # uvicorn raises what stopped it once more when it is done; an orderly end is exit code 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    log.info("serving", host=settings.host, port=settings.port)
    uvicorn.Server(config).run()
    log.info("stopped")
