"""/vod/{asset}/…: titles, whole or growing, as HLS and DASH over the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.routing import Route

from media_runtime.title.layout import Layout

from . import asked, urls
from .bodies import Body
from .dash import mpd
from .description import description
from .hls import media_playlist, multivariant_playlist
from .media import MediaServer, Stored
from .problems import not_yet, unknown
from .shelf import place
from .thumbnails import thumbnails_vtt

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from media_runtime.title.index import ImagesIndex, Index, Track

    from .address import Address
    from .catalogue import Catalogue
    from .shelf import Shelved

HLS = "application/vnd.apple.mpegurl"
DASH = "application/dash+xml"
VTT = "text/vtt; charset=utf-8"
JPEG = "image/jpeg"

WHOLE = "public, max-age=30, stale-if-error=3600"
"""A name can be published anew, and should then be seen so soon."""
GROWS = "public, max-age=1"


class Vod:
    def __init__(
        self, catalogue: Catalogue, store_media: MediaServer, *, default_tenant: str
    ) -> None:
        self._catalogue = catalogue
        self._media = store_media
        self._default_tenant = default_tenant

    def routes(self) -> list[Route]:
        below = "/vod/{asset}/{revision}"
        return [
            Route("/vod/{asset}/master.m3u8", self.hls),
            Route("/vod/{asset}/manifest.mpd", self.dash),
            Route("/vod/{asset}/title.json", self.describe),
            Route(f"{below}/{urls.POSTER}", self.poster),
            Route(f"{below}/{urls.THUMBNAILS}", self.thumbnails),
            Route(f"{below}/{urls.sheet('{n:int}')}", self.sheet),
            Route(f"{below}/{urls.media_playlist('{rendition}')}", self.rendition),
            Route(f"{below}/{urls.init('{rendition}')}", self.init),
            Route(f"{below}/{urls.segment('{rendition}', '{n:int}')}", self.segment),
        ]

    async def hls(self, request: Request) -> Response:
        index, shelved = await self._playable(request)
        if not index.hls:
            raise unknown("this title is not packaged as HLS (packaging.hls is false)")
        return _made(request, shelved, HLS, lambda: multivariant_playlist(index).encode())

    async def dash(self, request: Request) -> Response:
        index, shelved = await self._playable(request)
        if not index.dash:
            raise unknown("this title is not packaged as DASH (packaging.dash is false)")
        return _made(request, shelved, DASH, lambda: mpd(index))

    async def describe(self, request: Request) -> Response:
        where = asked.address(request, self._default_tenant)
        shelved = await self._known(where)
        content = json.dumps(description(where, shelved), ensure_ascii=False).encode()
        return Body(content, "application/json").answer(request, GROWS)

    async def rendition(self, request: Request) -> Response:
        index, shelved, track, _ = await self._track(request)
        name = request.path_params["rendition"]
        return _made(request, shelved, HLS, lambda: media_playlist(index, track, name).encode())

    async def init(self, request: Request) -> Response:
        _, _, track, layout = await self._track(request)
        return await self._media.answer_whole(
            request, layout.init(track.init), etag=track.init[:32], media_type=_mime(track)
        )

    async def segment(self, request: Request) -> Response:
        index, _, track, layout = await self._track(request)
        found = place(track, request.path_params["n"])
        if found is None:
            what = f"no segment {request.path_params['n']}"
            raise unknown(what) if index.complete else not_yet(f"{what} yet")
        stored = Stored(
            key=layout.media(found.key, found.run),
            offset=found.segment.offset,
            size=found.segment.size,
            etag=found.segment.sha256[:32],
            media_type=_mime(track),
        )
        return await self._media.answer(request, stored)

    async def thumbnails(self, request: Request) -> Response:
        images, index, shelved, _ = await self._images(request)
        return _made(request, shelved, VTT, lambda: thumbnails_vtt(index, images).encode())

    async def poster(self, request: Request) -> Response:
        images, _, _, layout = await self._images(request)
        return await self._media.answer_whole(
            request, layout.poster(images.key), etag=f"{images.key[:32]}-p", media_type=JPEG
        )

    async def sheet(self, request: Request) -> Response:
        images, _, _, layout = await self._images(request)
        n = request.path_params["n"]
        if n >= images.sheets:
            raise unknown(f"no sheet {n}: there are {images.sheets}, counted from 0")
        return await self._media.answer_whole(
            request, layout.sheet(images.key, n), etag=f"{images.key[:32]}-{n}", media_type=JPEG
        )

    async def _known(self, where: Address) -> Shelved:
        shelved = await self._catalogue.find(where.tenant, where.name)
        if shelved is None:
            raise unknown(f"no title {where}: nothing is published under this name")
        return shelved

    async def _playable(self, request: Request) -> tuple[Index, Shelved]:
        where = asked.address(request, self._default_tenant)
        shelved = await self._known(where)
        if shelved.index is None:
            raise not_yet(f"{where} is being encoded, and its first segments are not there yet")
        return shelved.index, shelved

    async def _encode(self, request: Request) -> tuple[Index, Shelved, Layout]:
        where = asked.address(request, self._default_tenant)
        revision = request.path_params["revision"]
        shelved = await self._catalogue.find_revision(where.tenant, where.name, revision)
        if shelved is None or shelved.index is None:
            raise unknown(f"no encode {revision} of {where}: load its playlist again")
        return shelved.index, shelved, Layout(where.tenant)

    async def _track(self, request: Request) -> tuple[Index, Shelved, Track, Layout]:
        index, shelved, layout = await self._encode(request)
        name = request.path_params["rendition"]
        track = shelved.track(name)
        if track is None:
            raise unknown(f"no rendition {name}")
        return index, shelved, track, layout

    async def _images(self, request: Request) -> tuple[ImagesIndex, Index, Shelved, Layout]:
        index, shelved, layout = await self._encode(request)
        if index.images is None:
            what = "no thumbnails"
            raise unknown(what) if index.complete else not_yet(f"{what} yet")
        return index.images, index, shelved, layout


def _made(request: Request, shelved: Shelved, mime: str, make: Callable[[], bytes]) -> Response:
    """Rendered once for each index: what differs between two paths of a title is in the path."""
    what = "/".join(request.url.path.split("/")[3:])
    body = shelved.made.get(what) or shelved.made.setdefault(what, Body(make(), mime))
    return body.answer(request, WHOLE if shelved.complete else GROWS)


def _mime(track: Track) -> str:
    return "video/mp4" if hasattr(track, "rung") else "audio/mp4"
