"""Cross-origin access: players live on any page, and no answer here depends on who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {
    # On every answer, asked for or not: a shared cache must not keep one without it.
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Age, Content-Length, Content-Range, Date, ETag, Retry-After, "
        "Streamverse-Reason"
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
_ALWAYS = [(name.lower().encode(), value.encode()) for name, value in ALWAYS.items()]
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    # The CMCD headers are CTA-5004's; players send them to help a CDN.
    "Access-Control-Allow-Headers": (
        "If-None-Match, If-Range, Range, CMCD-Object, CMCD-Request, CMCD-Session, CMCD-Status"
    ),
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}


class CrossOrigin:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sharing(message: Message) -> None:
            if message["type"] == "http.response.start":
                # As they go over the wire: a thousand viewers wait for the same moment.
                message["headers"] = [*message.get("headers", ()), *_ALWAYS]
            await send(message)

        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=PREFLIGHT)(scope, receive, sharing)
        else:
            await self._app(scope, receive, sharing)
