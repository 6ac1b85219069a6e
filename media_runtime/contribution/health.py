"""What a kubelet and Prometheus ask of the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

    from .metrics import Metrics


def health_app(metrics: Metrics) -> Starlette:
    """Served once all ports listen: to answer at all is to be ready."""

    async def well(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def counted(_: Request) -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/healthz", well), Route("/readyz", well), Route("/metrics", counted)]
    )
