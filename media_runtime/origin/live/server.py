"""/live/{channel}/…: ASGI, near the wire, for a thousand viewers wait here for the same part."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from media_runtime.live.query import BadRequest
from media_runtime.origin import asked
from media_runtime.origin.bodies import Body
from media_runtime.origin.conditions import accepts_gzip, not_modified
from media_runtime.origin.problems import Problem, unknown

from .choice import trouble
from .copies import Copy
from .state import viewers_state
from .wants import LONGEST, want

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from starlette.types import Receive, Scope, Send

    from media_runtime.origin.address import Address

    from .channel import Channel
    from .channels import Channels
    from .flight import Flight
    from .relay import Relay
    from .wants import Want

WHAT = "channel"


class Live:
    def __init__(
        self, channels: Channels, relay: Relay, *, default_tenant: str, fatal: AbstractSet[str]
    ) -> None:
        self._channels, self._relay = channels, relay
        self._default_tenant, self._fatal = default_tenant, fatal

    def routes(self) -> list[Route]:
        return [
            Route("/live/{asset}/state.json", self.state),
            Route("/live/{asset}/clock", self.clock),
            Route("/live/{asset}/{rest:path}", self),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        if scope["method"] not in {"GET", "HEAD"}:
            raise Problem(405, "MethodNotAllowed", "live is only read", {"Allow": "GET, HEAD"})
        where = self._where(Request(scope))
        wanted = _wanted(scope["path_params"]["rest"], scope["query_string"].decode("latin-1"))
        channel = await self._channels.find(where)
        if wanted.kind.manifest:
            self._fresh(channel)
        found = await self._relay.fetch(channel, wanted)
        accepted, known = _conditions(scope)
        if isinstance(found, Copy):
            await _send(found, accepted, known, send)
        else:
            await _stream(found, send)

    async def state(self, request: Request) -> Response:
        """200 in any case that a page can explain; 404 where there is no such channel."""
        where = self._where(request)
        channel = await self._channels.find(where)
        told = viewers_state(where, channel.state, self._fatal)
        body = Body(json.dumps(told).encode(), "application/json")
        return body.answer(request, "public, max-age=1, must-revalidate")

    async def clock(self, _: Request) -> Response:
        """UTCTiming's http-iso scheme: the time, with which players correct their own."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return PlainTextResponse(now, headers={"Cache-Control": "no-store"})

    def _where(self, request: Request) -> Address:
        return asked.address(request, self._default_tenant, WHAT)

    def _fresh(self, channel: Channel) -> None:
        """No manifest that leads a player to where nothing comes any more."""
        found = trouble(channel.state, self._fatal)
        if found:
            raise Problem(503, found.reason, found.detail, {"Retry-After": "1"})


def _wanted(rest: str, query: str) -> Want:
    given = "&".join(pair for pair in query.split("&") if pair.startswith("_HLS_"))
    if len(given) > LONGEST:
        raise Problem(400, "BadRequest", "no delivery directives are as long as that")
    found = want(rest, given) if len(rest) <= LONGEST else None
    if found is None:
        raise unknown(f"nothing of a channel is called {rest[:100]}")
    if isinstance(found, BadRequest):
        raise Problem(400, "BadRequest", found.reason)
    return found


def _conditions(scope: Scope) -> tuple[bool, str | None]:
    """Whether gzip is accepted, and If-None-Match."""
    accept = match = None
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accept = value.decode("latin-1")
        elif name == b"if-none-match":
            match = value.decode("latin-1")
    return accepts_gzip(accept), match


async def _send(copy: Copy, accepted: bool, known: str | None, send: Send) -> None:  # noqa: FBT001
    zipped = copy.compressed if accepted else None
    headers = copy.plain_headers if zipped is None else copy.zipped_headers
    if not_modified(known, copy.etag(zipped=zipped is not None)):
        kept = [(n, v) for n, v in headers if n not in {b"content-length", b"content-type"}]
        await send({"type": "http.response.start", "status": 304, "headers": kept})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": copy.content if zipped is None else zipped})


async def _stream(flight: Flight, send: Send) -> None:
    head = flight.head
    if head is None:
        raise TypeError("nothing has begun")
    headers = [
        (b"content-type", head.media_type.encode()),
        (b"cache-control", head.cache_control.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    try:
        async for piece in flight.read():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except Problem:
        # The headers are out: an answer that never ends is all that can still say so.
        return
    await send({"type": "http.response.body", "body": b""})
