"""/healthz, /readyz and /metrics, for the kubelet and Prometheus; /nudge, for media pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prometheus_client import CollectorRegistry


async def serve(
    port: int,
    *,
    complaints: Callable[[], Sequence[str]],
    ready: Callable[[], bool],
    nudge: Callable[[str, str, str], bool],
    registry: CollectorRegistry,
) -> web.AppRunner:
    """Listen; the caller cleans the runner up."""

    async def healthz(_: web.Request) -> web.Response:
        found = complaints()
        return web.Response(text="\n".join(found) or "ok", status=503 if found else 200)

    async def readyz(_: web.Request) -> web.Response:
        synced = ready()
        return web.Response(
            text="ok" if synced else "caches are filling", status=200 if synced else 503
        )

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    async def nudged(request: web.Request) -> web.Response:
        # The same answer whoever is meant: from outside nobody learns what there is.
        nudge(*(request.match_info[part] for part in ("kind", "namespace", "name")))
        return web.Response(status=202)

    app = web.Application(client_max_size=1024)
    app.add_routes(
        [
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", metrics),
            web.post("/nudge/{kind}/{namespace}/{name}", nudged),
        ]
    )
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "", port).start()
    return runner
