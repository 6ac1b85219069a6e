"""A channel's pod as a web server: what players, origins, the operator and the kubelet ask."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from media_runtime.origin.cors import CrossOrigin
from media_runtime.origin.problems import HANDLERS

from .facts import facts
from .metrics import ChannelMetrics
from .playlists import Playlists
from .served import Served

if TYPE_CHECKING:
    from starlette.requests import Request

    from .pod import Pod


class Told:
    """What is asked of a pod rather than of its programme."""

    def __init__(self, pod: Pod) -> None:
        self._pod = pod

    def state(self) -> bytes:
        return self._pod.state().model_dump_json(by_alias=True, exclude_none=True).encode()

    async def asked_state(self, _: Request) -> Response:
        return Response(
            self.state(), media_type="application/json", headers={"Cache-Control": "no-store"}
        )

    async def alive(self, _: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(self, _: Request) -> Response:
        if self._pod.ready:
            return PlainTextResponse("ok\n")
        return PlainTextResponse("fewer than three whole segments are there\n", 503)

    async def end(self, request: Request) -> Response:
        """The programme is over: ENDLIST after the segment at hand. Only the operator says so."""
        key = self._pod.order.end_key
        borne = request.headers.get("authorization", "").encode()
        if key is not None and not compare_digest(borne, f"Bearer {key}".encode()):
            return PlainTextResponse("this programme is not yours to end\n", 403)
        self._pod.encoding.end()
        return PlainTextResponse("ending\n", 202)


def app(pod: Pod) -> Starlette:
    told = Told(pod)
    metrics = ChannelMetrics(lambda: facts(pod))
    pod.lateness.tell = metrics.part_seconds.observe
    playlists = Playlists(pod.packager, lambda kind: metrics.computations.labels(kind).inc())
    served = Served(
        pod.packager,
        playlists,
        kept_seconds=max(pod.order.dvr_seconds, pod.order.window_seconds),
        archive=pod.archive,
        millis=pod.switcher.clock.millis,
        state=told.state,
        thumbnail=pod.thumbnail.picture,
    )
    made = Starlette(
        routes=[
            Route("/live/{rest:path}", served.endpoint),
            Route("/state", told.asked_state),
            Route("/healthz", told.alive),
            Route("/readyz", told.ready),
            Route("/metrics", metrics.endpoint),
            Route("/end", told.end, methods=["POST"]),
        ],
        exception_handlers=HANDLERS,
        middleware=[Middleware(CrossOrigin)],
    )
    made.router.redirect_slashes = False
    return made
