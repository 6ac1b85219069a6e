"""What the origin counts, and the middleware that counts it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "streamverse_origin_requests_total",
            "Requests answered.",
            ["route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "streamverse_origin_request_seconds",
            "From the request to the last byte of its answer.",
            ["route"],
            buckets=LATENCIES,
            registry=self.registry,
        )
        self.bytes = Counter(
            "streamverse_origin_response_bytes_total",
            "Bytes of bodies sent.",
            ["route"],
            registry=self.registry,
        )
        self.under_way = Gauge(
            "streamverse_origin_requests_under_way",
            "Requests being answered.",
            registry=self.registry,
        )
        self.store_errors = Counter(
            "streamverse_origin_store_errors_total",
            "Reads that the store failed, by what was wanted.",
            ["what"],
            registry=self.registry,
        )
        self.stale_served = Counter(
            "streamverse_origin_stale_served_total",
            "Answers from memory because the store was away.",
            registry=self.registry,
        )
        self.titles = Gauge(
            "streamverse_origin_titles_cached", "Titles in memory.", registry=self.registry
        )
        self.segments = Gauge(
            "streamverse_origin_segments_cached",
            "Weight of the indexes in memory, in segments.",
            registry=self.registry,
        )

        self.live_answers = Counter(
            "streamverse_origin_live_answers_total",
            "Live requests by where the answer is from: fetched, shared with a fetch, or memory.",
            ["kind", "source"],
            registry=self.registry,
        )
        self.live_dvr_reads = Counter(
            "streamverse_origin_live_dvr_reads_total",
            "Live segments and headers read from the store.",
            registry=self.registry,
        )
        self.live_moves = Counter(
            "streamverse_origin_live_moves_total",
            "Changes from one of a channel's pods to another, or to none.",
            registry=self.registry,
        )
        self.live_channels = Gauge(
            "streamverse_origin_live_channels",
            "Channels asked for lately.",
            registry=self.registry,
        )
        self.live_cache_bytes = Gauge(
            "streamverse_origin_live_cache_bytes",
            "Weight of the live answers kept in memory.",
            registry=self.registry,
        )

    async def endpoint(self, _: Request) -> Response:
        return Response(
            generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )


class Counted:
    """ASGI middleware. Routes are counted by their pattern, never by what a client wrote."""

    def __init__(self, app: ASGIApp, metrics: Metrics, patterns: dict[object, str]) -> None:
        self._app = app
        self._metrics = metrics
        self._patterns = patterns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, sent = time.perf_counter(), 499, 0

        async def counting(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            with self._metrics.under_way.track_inprogress():
                await self._app(scope, receive, counting)
        except Exception:
            status = 500
            raise
        finally:
            route = self._patterns.get(scope.get("endpoint"), "none")
            self._metrics.requests.labels(route, str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)
            self._metrics.bytes.labels(route).inc(sent)
