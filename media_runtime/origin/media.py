"""Stored bytes on their way to a viewer: ranges of objects, streamed and never held whole."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from starlette.responses import Response, StreamingResponse

from media_runtime.store import Missing, Store, StoreAway

from .conditions import not_modified, range_applies
from .problems import Problem, briefly, unknown
from .ranges import ByteSpan, Unsatisfiable, wanted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from .metrics import Metrics

log = structlog.get_logger()

IMMUTABLE = "public, max-age=31536000, immutable"
SIZES = 4096


@dataclass(frozen=True)
class Stored:
    """A part of an object that a viewer sees as a whole thing of its own."""

    key: str
    offset: int
    size: int
    etag: str
    """Without quotes."""
    media_type: str


class MediaServer:
    def __init__(self, store: Store, metrics: Metrics, *, patience_seconds: float) -> None:
        self._store = store
        self._metrics = metrics
        self._patience = patience_seconds
        self._sizes: OrderedDict[str, int] = OrderedDict()
        """Of whole objects, which never change; the last few thousand that were asked for."""

    async def answer_whole(
        self, request: Request, key: str, *, etag: str, media_type: str
    ) -> Response:
        """The same for an object whose size is written nowhere."""
        size = await self._size(key)
        return await self.answer(request, Stored(key, 0, size, etag, media_type))

    async def answer(self, request: Request, stored: Stored) -> Response:
        """200, 206, 304 or 416; Problem if the bytes are gone, StoreAway if out of reach."""
        etag = f'"{stored.etag}"'
        headers = {"ETag": etag, "Cache-Control": IMMUTABLE, "Accept-Ranges": "bytes"}
        if not_modified(request.headers.get("if-none-match"), etag):
            return Response(status_code=304, headers=headers)
        try:
            asked = (
                wanted(request.headers.get("range"), stored.size)
                if range_applies(request.headers.get("if-range"), etag)
                else None
            )
        except Unsatisfiable as e:
            where = {"Content-Range": f"bytes */{stored.size}", "Accept-Ranges": "bytes"}
            raise Problem(416, "RangeNotSatisfiable", str(e), where) from e
        span = asked or ByteSpan(0, stored.size)
        headers |= {"Content-Length": str(len(span)), "Content-Type": stored.media_type}
        if asked:
            headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{stored.size}"
        status = 206 if asked else 200
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers)
        pieces = await self._open(stored.key, stored.offset + span.start, len(span))
        return StreamingResponse(pieces, status, headers)

    async def _size(self, key: str) -> int:
        if key not in self._sizes:
            try:
                async with asyncio.timeout(self._patience):
                    head = await self._store.head(key)
            except (StoreAway, TimeoutError) as e:
                raise self._away(key, e) from e
            if head is None:
                raise self._gone(key)
            self._sizes[key] = head.size
            if len(self._sizes) > SIZES:
                self._sizes.popitem(last=False)
        return self._sizes[key]

    def _away(self, key: str, e: Exception) -> StoreAway:
        self._metrics.store_errors.labels("media").inc()
        log.warning("store away", key=key, error=briefly(e))
        return StoreAway(f"read {key}: {briefly(e)}")

    def _gone(self, key: str) -> Problem:
        """A manifest named it: either its title was deleted meanwhile, or a promise was broken."""
        self._metrics.store_errors.labels("missing").inc()
        log.error("named but not stored", key=key)
        return unknown("these bytes are gone: the title has been deleted")

    async def _open(self, key: str, offset: int, length: int) -> AsyncIterator[bytes]:
        """The first piece is awaited before any header goes out, so that a failure has a status."""
        pieces = self._store.stream(key, offset, length)
        try:
            async with asyncio.timeout(self._patience):
                first = await anext(pieces, b"")
        except Missing as e:
            raise self._gone(key) from e
        except (StoreAway, TimeoutError) as e:
            raise self._away(key, e) from e
        return self._rest(first, pieces)

    async def _rest(self, first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        yield first
        try:
            async for piece in pieces:
                yield piece
        except StoreAway:
            # The headers are out: a cut connection is all that can still say so.
            self._metrics.store_errors.labels("media").inc()
            raise
