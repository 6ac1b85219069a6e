"""The origin, put together: routers over one catalogue and one store."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route

from .catalogue import Catalogue
from .cors import CrossOrigin
from .health import Health
from .live.addresses import Dns, Fixed
from .live.channels import Channels
from .live.copies import Copies
from .live.dvr import Dvr
from .live.relay import Relay
from .live.server import Live
from .live.upstream import Door
from .media import MediaServer
from .metrics import Counted, Metrics
from .problems import HANDLERS
from .revisions import Revisions
from .vod import Vod
from .watch import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from media_runtime.store import Store

    from .settings import OriginSettings


def origin(store: Store, settings: OriginSettings, door: Door | None = None) -> Starlette:
    """`door` leads to channels' pods; by default over the network."""
    metrics, health = Metrics(), Health(store)
    patience = settings.store_patience_seconds
    catalogue = Catalogue(
        store, metrics, patience_seconds=patience, max_segments=settings.index_cache_segments
    )
    media = MediaServer(store, metrics, patience_seconds=patience)
    tenant = settings.default_tenant
    door = door or Door()
    channels = _channels(door, metrics, settings)
    routes: list[BaseRoute] = [
        *_live(store, door, channels, metrics, settings).routes(),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", metrics.endpoint),
        *Vod(catalogue, default_tenant=tenant).routes(),
        *Revisions(catalogue, media, default_tenant=tenant).routes(),
        *Watch(catalogue, channels, settings.player_dir, default_tenant=tenant).routes(),
    ]
    patterns: dict[object, str] = {
        (r.endpoint if isinstance(r, Route) else r.app): r.path
        for r in routes
        if isinstance(r, Route | Mount)
    }

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await door.close()

    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers=HANDLERS,
        middleware=[
            Middleware(Counted, metrics=metrics, patterns=patterns),
            Middleware(CrossOrigin),
        ],
    )
    # A slash too many is another name, not a hint to go elsewhere.
    app.router.redirect_slashes = False
    return app


def _channels(door: Door, metrics: Metrics, settings: OriginSettings) -> Channels:
    pods = settings.live_pods
    names = Fixed(pods) if pods else Dns(settings.live_service_suffix, settings.live_port)
    channels = Channels(names, door, metrics)
    metrics.live_channels.set_function(lambda: len(channels))
    return channels


def _live(
    store: Store, door: Door, channels: Channels, metrics: Metrics, settings: OriginSettings
) -> Live:
    copies = Copies(settings.live_cache_mib << 20)
    metrics.live_cache_bytes.set_function(lambda: copies.weight)
    dvr = Dvr(store, metrics, patience_seconds=settings.store_patience_seconds)
    return Live(
        channels,
        Relay(door, copies, dvr, metrics),
        default_tenant=settings.default_tenant,
        fatal=settings.live_fail_over_on,
    )
