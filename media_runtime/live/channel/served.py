"""Answers to players and origins: a channel's playlists, parts and segments as they come to be."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zlib import crc32

from starlette.responses import PlainTextResponse, Response, StreamingResponse

from media_runtime.live.asked import Asked, Init, PartOf, Playlist, Segment, Single, asked
from media_runtime.live.clock import Place
from media_runtime.live.query import (
    BLOCK_TARGETS,
    BadRequest,
    Wait,
    directives,
    part_answer,
    playlist_answer,
    segment_answer,
)
from media_runtime.origin.conditions import not_modified
from media_runtime.origin.problems import Problem, unknown

from . import caching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request

    from media_runtime.live.ring import Ring
    from media_runtime.live.track import LiveSegment, Track
    from media_runtime.origin.bodies import Body

    from .dvr.archive import Archive
    from .packager import Packager
    from .playlists import Playlists

MP4 = "video/mp4"
MEDIA = "video/iso.segment"


class Served:
    def __init__(
        self,
        packager: Packager,
        playlists: Playlists,
        *,
        kept_seconds: int,
        archive: Archive | None,
        millis: Callable[[], int],
        state: Callable[[], bytes],
        thumbnail: Callable[[], Awaitable[bytes | None]],
    ) -> None:
        """`kept_seconds`: how long a segment can be had once it was listed.

        `millis` is the timeline's clock: it is not the system's, should that step.
        """
        self._packager, self._playlists, self._archive = packager, playlists, archive
        self._kept_seconds, self._millis = kept_seconds, millis
        self._state, self._thumbnail = state, thumbnail

    async def endpoint(self, request: Request) -> Response:
        rest = request.path_params["rest"]
        wanted = asked(rest)
        if wanted is None or getattr(wanted, "rendition", None) not in {
            None,
            *self._packager.renditions,
        }:
            raise unknown(f"no such file of a channel: {rest}")
        return await self._answer(wanted, request)

    async def _answer(self, wanted: Asked, request: Request) -> Response:
        match wanted:
            case Single():
                return await self._single(wanted, request)
            case Playlist(rendition):
                return await self._playlist(rendition, request)
            case Init(rendition, name):
                return await self._init(rendition, name, request)
            case PartOf(rendition, place):
                return await self._part(rendition, place, request)
            case Segment(rendition, msn):
                return await self._segment(rendition, msn, request)

    async def _single(self, wanted: Single, request: Request) -> Response:
        targets = self._playlists.targets
        match wanted.name:
            case "multivariant":
                return _told(self._playlists.multivariant()).answer(
                    request, caching.lineup(targets)
                )
            case "mpd":
                return _told(self._playlists.mpd()).answer(request, caching.lineup(targets))
            case "clock":
                now = datetime.fromtimestamp(self._millis() / 1000, UTC)
                told = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
                return PlainTextResponse(told, headers={"Cache-Control": caching.NEVER})
            case "state":
                return Response(
                    self._state(),
                    media_type="application/json",
                    headers={"Cache-Control": "public, max-age=1"},
                )
            case "thumbnail":
                picture = await self._thumbnail()
                if picture is None:
                    raise _not_yet("no picture could be taken")
                return _bytes(picture, "image/jpeg", "public, max-age=5", request)

    async def _playlist(self, rendition: str, request: Request) -> Response:
        said = directives(request.query_params)
        if isinstance(said, BadRequest):
            raise _bad(said)
        ring, targets = self._packager.renditions[rendition].ring, self._playlists.targets
        when = playlist_answer(said, self._track(ring), targets)
        if isinstance(when, BadRequest):
            raise _bad(when)
        if isinstance(when, Wait):
            await self._wait(ring, when.place)
        body = _told(self._playlists.media(rendition, skip=said.skip))
        named, ended = said.msn is not None, self._packager.ended_at is not None
        return body.answer(request, caching.playlist(targets, named=named, ended=ended))

    async def _init(self, rendition: str, name: str, request: Request) -> Response:
        content = self._packager.renditions[rendition].inits.get(name)
        if content is None and self._archive is not None:
            content = await self._archive.init(name)
        if content is None:
            raise unknown(f"{rendition} never had this header")
        return _bytes(content, MP4, caching.IMMUTABLE, request)

    async def _part(self, rendition: str, place: Place, request: Request) -> Response:
        ring = self._packager.renditions[rendition].ring
        found = ring.part(place)
        if found is None and isinstance(part_answer(place, self._track(ring)), Wait):
            await self._wait(ring, place)
            found = ring.part(place)
        if found is None or found.gap:
            raise unknown(f"no part {place.part} of segment {place.msn} of {rendition}")
        return _bytes(found.content, MEDIA, caching.media(self._kept_seconds), request)

    async def _segment(self, rendition: str, msn: int, request: Request) -> Response:
        """Whole, or as it grows (chunked), beginning with its first part."""
        ring = self._packager.renditions[rendition].ring
        if isinstance(when := segment_answer(msn, self._track(ring)), Wait):
            await self._wait(ring, when.place)
        found = ring.segment(msn)
        if found is None or (found.whole and found.gap):
            raise unknown(f"no segment {msn} of {rendition}")
        cache_control = caching.media(self._kept_seconds)
        if not found.whole:
            headers = {"Cache-Control": cache_control, "ETag": f'W/"{rendition}-{msn}"'}
            return StreamingResponse(_growing(ring, msn), media_type=MEDIA, headers=headers)
        content = await self._content(rendition, found)
        return _bytes(content, MEDIA, cache_control, request)

    async def _content(self, rendition: str, segment: LiveSegment) -> bytes:
        """From memory; the store has what is there no more. Raises StoreAway."""
        if not segment.slim:
            return b"".join(part.content for part in segment.parts)
        content = await self._archive.segment(rendition, segment.msn) if self._archive else None
        if content is None:
            raise unknown(f"segment {segment.msn} of {rendition} is there no more")
        return content

    def _track(self, ring: Ring) -> Track:
        track = ring.track()
        if track is None or self._packager.lineup() is None:
            raise _not_yet("the channel has just begun")
        return track

    async def _wait(self, ring: Ring, place: Place) -> None:
        try:
            async with asyncio.timeout(BLOCK_TARGETS * self._playlists.targets.segment):
                arrived = await ring.arrived(place)
        except TimeoutError:
            raise Problem(
                503, "STALE_MANIFEST", f"part {place.part} of segment {place.msn} does not come",
                {"Retry-After": "1"},
            ) from None  # fmt: skip
        if not arrived and self._packager.ended_at is None:
            raise unknown(f"part {place.part} of segment {place.msn} will not come")


async def _growing(ring: Ring, msn: int) -> AsyncIterator[bytes]:
    number = 0
    while (segment := ring.segment(msn)) is not None:
        for part in segment.parts[number:]:
            if part.content:
                yield part.content
            number += 1
        if segment.whole or not await ring.arrived(Place(msn, number)):
            return


def _bytes(content: bytes, media_type: str, cache_control: str, request: Request) -> Response:
    etag = f'"{len(content):x}-{crc32(content):08x}"'
    headers = {"ETag": etag, "Cache-Control": cache_control}
    if not_modified(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _told(body: Body | None) -> Body:
    if body is None:
        raise _not_yet("the channel has just begun")
    return body


def _not_yet(what: str) -> Problem:
    return Problem(503, "NotStarted", what, {"Retry-After": "1"})


def _bad(why: BadRequest) -> Problem:
    return Problem(400, "BadRequest", why.reason)
