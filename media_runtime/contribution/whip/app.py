"""WHIP over HTTP (RFC 9725 section 4): an offer comes, an answer goes, a session has an address."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from media_runtime.contribution.key import StreamKey, of_place
from media_runtime.contribution.peer import spelled
from media_runtime.contribution.refusal import BadBytes, PublisherRefused

from . import sdp
from .session import WhipSession

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from media_runtime.contribution.desk import Desk, Visit

log = structlog.get_logger()
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
STATUS = {
    "BadKey": 400,
    "BadRequest": 400,
    "WrongKey": 403,
    "WrongProtocol": 403,
    "ChannelUnknown": 404,
    "UnknownInput": 404,
    "InUse": 409,
    "ChannelAway": 503,
    "TooMany": 503,
    "TooSlow": 503,
}
NO_TOKEN = PublisherRefused("BadKey", "send the input's secret as a bearer token")
CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Location, ETag, Retry-After",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
    "Access-Control-Max-Age": "86400",
    "Accept-Post": SDP,
}


@dataclass(frozen=True)
class _Open:
    """A session that somebody may end: who began it, and with what."""

    session: WhipSession
    place: str
    secret: str


class WhipServer:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open: dict[str, _Open] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def app(self) -> Starlette:
        endpoint, session = "/whip/{place}", "/whip/{place}/{session}"
        return Starlette(
            routes=[
                Route(endpoint, self._published, methods=["POST"]),
                Route(session, self._ended, methods=["DELETE"]),
                Route(session, self._trickled, methods=["PATCH"]),
                Route(endpoint, _preflight, methods=["OPTIONS"]),
                Route(session, _preflight, methods=["OPTIONS"]),
            ]
        )

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _published(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != SDP:
            return _problem(415, "BadRequest", f"send the offer as {SDP}")
        secret = _bearer(request)
        peer = spelled(request.client.host, request.client.port) if request.client else ""
        if not secret:
            self._desk.refuse("WHIP", peer, NO_TOKEN)
            return _unauthorized()
        offer = await self._offer(request)
        if offer is None:
            return _problem(413, "BadRequest", f"an offer is at most {sdp.MAX_BYTES} bytes")
        try:
            return await self._begun(peer, request.path_params["place"], secret, offer)
        except PublisherRefused as refusal:
            return _problem(STATUS.get(refusal.reason, 400), refusal.reason, refusal.message)

    async def _offer(self, request: Request) -> str | None:
        """None: too long, or not here in time."""
        body = b""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._desk.settings.publish_seconds):
                async for piece in request.stream():
                    body += piece
                    if len(body) > sdp.MAX_BYTES:
                        return None
                return body.decode("utf-8", "replace")
        return None

    async def _begun(self, peer: str, place: str, secret: str, offer: str) -> Response:
        answered: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._serve(peer, place, secret, offer, answered))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        answer, number = await answered
        return Response(
            answer,
            status_code=201,
            media_type=SDP,
            headers={"Location": f"/whip/{place}/{number}", "ETag": f'"{number}"'} | CROSS_ORIGIN,
        )

    async def _serve(
        self,
        peer: str,
        place: str,
        secret: str,
        offer: str,
        answered: asyncio.Future[tuple[str, str]],
    ) -> None:
        """A session from its offer to its end; it outlives the request by far."""
        try:
            with self._desk.visit("WHIP", peer) as visit:
                self._desk.find_room("WHIP")
                key = of_place(place, secret)
                await self._within_time(visit, key, offer, answered)
                log.info("publisher ended", protocol="WHIP", peer=peer, input=visit.place)
        except PublisherRefused as refusal:
            if not answered.done():
                answered.set_exception(refusal)
        finally:
            answered.cancel()

    async def _within_time(
        self,
        visit: Visit,
        key: StreamKey,
        offer: str,
        answered: asyncio.Future[tuple[str, str]],
    ) -> None:
        settings = self._desk.settings
        try:
            async with (
                asyncio.timeout(settings.publish_seconds) as patience,
                visit.handoff(key, "matroska") as handoff,
                self._session(key) as (number, session),
            ):
                answer = await session.answer(offer, settings.whip_addresses)
                answered.set_result((answer, number))
                await handoff.during(session.carry(handoff, patience))
        except BadBytes as e:
            raise PublisherRefused("BadBytes", str(e)) from e
        except TimeoutError as e:
            if answered.done():
                raise PublisherRefused("Silent", "no picture or sound came any more") from e
            raise PublisherRefused("ChannelAway", "no pod answered in time") from e

    @contextlib.asynccontextmanager
    async def _session(self, key: StreamKey) -> AsyncIterator[tuple[str, WhipSession]]:
        number = secrets.token_urlsafe(16)
        session = WhipSession(self._desk.settings.silence_seconds)
        self._open[number] = _Open(session, key.place, key.secret)
        try:
            yield number, session
        finally:
            del self._open[number]
            await session.close()

    async def _ended(self, request: Request) -> Response:
        found = self._found(request)
        if isinstance(found, Response):
            return found
        found.session.end()
        return Response(status_code=200, headers=CROSS_ORIGIN)

    async def _trickled(self, request: Request) -> Response:
        """Candidates are not needed: it is the publisher who calls (sdp.py)."""
        found = self._found(request)
        if isinstance(found, Response):
            return found
        return Response(status_code=204, headers=CROSS_ORIGIN)

    def _found(self, request: Request) -> _Open | Response:
        secret = _bearer(request)
        if not secret:
            return _unauthorized()
        found = self._open.get(request.path_params["session"])
        if found is None or found.place != request.path_params["place"]:
            return _problem(404, "SessionUnknown", "there is no such session any more")
        if not hmac.compare_digest(found.secret.encode(), secret.encode()):
            return _problem(403, "WrongKey", "this session was begun with another key")
        return found


async def _preflight(_: Request) -> Response:
    return Response(status_code=204, headers=CROSS_ORIGIN | PREFLIGHT)


def _bearer(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _unauthorized() -> Response:
    answer = _problem(401, NO_TOKEN.reason, NO_TOKEN.message)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _problem(status: int, reason: str, detail: str) -> Response:
    """RFC 9457, as the origin tells its own."""
    later = {"Retry-After": "2"} if status == 503 else {}
    return JSONResponse(
        {"status": status, "reason": reason, "detail": detail},
        status_code=status,
        headers={"Cache-Control": "no-store"} | CROSS_ORIGIN | later,
        media_type="application/problem+json",
    )
