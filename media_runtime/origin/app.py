"""The origin, put together: routers over one catalogue and one store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route

from .catalogue import Catalogue
from .cors import CrossOrigin
from .health import Health
from .media import MediaServer
from .metrics import Counted, Metrics
from .problems import HANDLERS
from .revisions import Revisions
from .vod import Vod
from .watch import Watch

if TYPE_CHECKING:
    from media_runtime.store import Store

    from .settings import OriginSettings


def origin(store: Store, settings: OriginSettings) -> Starlette:
    metrics, health = Metrics(), Health(store)
    patience = settings.store_patience_seconds
    catalogue = Catalogue(
        store, metrics, patience_seconds=patience, max_segments=settings.index_cache_segments
    )
    media = MediaServer(store, metrics, patience_seconds=patience)
    tenant = settings.default_tenant
    routes: list[BaseRoute] = [
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", metrics.endpoint),
        *Vod(catalogue, default_tenant=tenant).routes(),
        *Revisions(catalogue, media, default_tenant=tenant).routes(),
        *Watch(catalogue, settings.player_dir, default_tenant=tenant).routes(),
    ]
    patterns: dict[object, str] = {
        (r.endpoint if isinstance(r, Route) else r.app): r.path
        for r in routes
        if isinstance(r, Route | Mount)
    }
    app = Starlette(
        routes=routes,
        exception_handlers=HANDLERS,
        middleware=[
            Middleware(Counted, metrics=metrics, patterns=patterns),
            Middleware(CrossOrigin),
        ],
    )
    # A slash too many is another name, not a hint to go elsewhere.
    app.router.redirect_slashes = False
    return app
