"""What the origin says when it cannot serve: small JSON (RFC 9457) with a reason and a remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from media_runtime.store import StoreAway
from media_runtime.title.model import Newer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from media_runtime.title.index import Ended

log = structlog.get_logger()

RETRY_SECONDS = 2
REASON_HEADER = "Streamverse-Reason"
"""For edges, which read no bodies."""


class Problem(Exception):  # noqa: N818 - reads as what it is
    """An answer that is not what was asked for."""

    def __init__(
        self, status: int, reason: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.headers = dict(headers or {})

    def answer(self) -> Response:
        # A caching edge may hold back a flood of requests for nothing, but not for long.
        cache_control = "public, max-age=1" if self.status in {404, 410} else "no-store"
        return JSONResponse(
            {"status": self.status, "reason": self.reason, "detail": self.detail},
            status_code=self.status,
            headers={"Cache-Control": cache_control, REASON_HEADER: self.reason} | self.headers,
            media_type="application/problem+json",
        )


class Moved(Exception):  # noqa: N818
    """The same thing has a better name."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def briefly(e: Exception) -> str:
    """For a log: the store's client explains itself at a page's length."""
    first = next(iter(str(e).splitlines()), "")
    return first[:300] or "no answer in time"


def unknown(what: str) -> Problem:
    return Problem(404, "NotFound", what)


def not_yet(what: str) -> Problem:
    return Problem(404, "NotYetEncoded", what, {"Retry-After": str(RETRY_SECONDS)})


def ended(why: Ended) -> Problem:
    """410, which players take as final: they would wait for more of a growing title for ever."""
    what = f": {why.message}" if why.message else ""
    return Problem(410, why.reason, f"this title will not be completed{what}")


def store_away() -> Problem:
    return Problem(
        503,
        "StoreAway",
        f"the object store does not answer; try again in {RETRY_SECONDS} s",
        {"Retry-After": str(RETRY_SECONDS)},
    )


async def on_problem(_: Request, e: Exception) -> Response:
    if not isinstance(e, Problem):
        raise e
    return e.answer()


async def on_moved(_: Request, e: Exception) -> Response:
    if not isinstance(e, Moved):
        raise e
    return RedirectResponse(e.location, 308, headers={"Cache-Control": "public, max-age=60"})


async def on_store_away(_: Request, __: Exception) -> Response:
    return store_away().answer()


async def on_newer(_: Request, e: Exception) -> Response:
    """Another replica may read it already."""
    log.error("written by a later release", error=briefly(e))
    return Problem(
        503,
        "NewerTitle",
        "this title was written by a later release: upgrade the origin",
        {"Retry-After": str(RETRY_SECONDS)},
    ).answer()


async def on_http_exception(request: Request, e: Exception) -> Response:
    """What the router itself refuses: no such path, no such method."""
    if not isinstance(e, HTTPException):
        raise e
    detail = f"{request.method} {request.url.path}: {e.detail.lower()}"
    return Problem(e.status_code, e.detail.replace(" ", ""), detail, e.headers).answer()


async def on_bug(_: Request, __: Exception) -> Response:
    """The server logs the exception itself; a viewer learns nothing from it."""
    return Problem(500, "Bug", "the origin failed to make an answer; its log says why").answer()


HANDLERS = {
    Problem: on_problem,
    Moved: on_moved,
    StoreAway: on_store_away,
    Newer: on_newer,
    HTTPException: on_http_exception,
    Exception: on_bug,
}
