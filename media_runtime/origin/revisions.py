"""/vod/{asset}/{revision}/…: one title, whatever its name leads to by now; it changes no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Route

from media_runtime.title.layout import Layout

from . import asked, urls
from .hls import growing_playlist, media_playlist
from .media import MediaServer, Stored
from .problems import ended, not_yet, unknown
from .shelf import place
from .thumbnails import thumbnails_vtt
from .vod import GROWS, HLS

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from media_runtime.title.index import ImagesIndex, Index, Track

    from .address import Address
    from .catalogue import Catalogue
    from .shelf import Shelved

VTT = "text/vtt; charset=utf-8"
JPEG = "image/jpeg"

SETTLED = "public, max-age=3600, stale-if-error=86400"
"""Made from an index that never changes, but by a release that may: so not immutable."""


class _Number(Convertor[int]):
    """Starlette's own takes any number of digits, and int() does not."""

    regex = "[0-9]{1,18}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("number", _Number())


class Revisions:
    def __init__(
        self, catalogue: Catalogue, store_media: MediaServer, *, default_tenant: str
    ) -> None:
        self._catalogue = catalogue
        self._media = store_media
        self._default_tenant = default_tenant

    def routes(self) -> list[Route]:
        below = "/vod/{asset}/{revision}"
        return [
            Route(f"{below}/{urls.POSTER}", self.poster),
            Route(f"{below}/{urls.THUMBNAILS}", self.thumbnails),
            Route(f"{below}/{urls.sheet('{n:number}')}", self.sheet),
            Route(f"{below}/{urls.media_playlist('{rendition}')}", self.whole),
            Route(f"{below}/{urls.growing_playlist('{rendition}')}", self.growing),
            Route(f"{below}/{urls.init('{rendition}')}", self.init),
            Route(f"{below}/{urls.segment('{rendition}', '{n:number}')}", self.segment),
        ]

    async def whole(self, request: Request) -> Response:
        name = request.path_params["rendition"]
        shelved, index, _ = await self._playlist(request, lambda known: known.complete)
        track = _track(shelved, name)
        if not index.complete:
            raise not_yet(f"this title is not whole yet: see {urls.growing_playlist(name)}")
        body = shelved.render(
            f"{name}/whole", HLS, lambda: media_playlist(index, track, name).encode()
        )
        return body.answer(request, SETTLED)

    async def growing(self, request: Request) -> Response:
        name = request.path_params["rendition"]
        shelved, index, _ = await self._playlist(request, lambda known: known.track(name))
        track = _track(shelved, name)
        body = shelved.render(
            f"{name}/growing", HLS, lambda: growing_playlist(index, track, name).encode()
        )
        return body.answer(request, SETTLED if index.complete else GROWS)

    async def init(self, request: Request) -> Response:
        name = request.path_params["rendition"]
        shelved, _, where = await self._title(request, lambda known: known.track(name))
        track = _track(shelved, name)
        key = Layout(where.tenant).init(track.init)
        return await self._media.answer_whole(
            request, key, etag=track.init[:32], media_type=_mime(track)
        )

    async def segment(self, request: Request) -> Response:
        name, n = request.path_params["rendition"], request.path_params["n"]

        def named(known: Shelved) -> bool:
            track = known.track(name)
            return track is not None and place(track, n) is not None

        shelved, _, where = await self._title(request, named)
        track = _track(shelved, name)
        found = place(track, n)
        if found is None:
            raise unknown(f"no segment {n}") if shelved.settled else not_yet(f"no segment {n} yet")
        stored = Stored(
            key=Layout(where.tenant).media(found.key, found.run),
            offset=found.segment.offset,
            size=found.segment.size,
            etag=found.segment.sha256[:32],
            media_type=_mime(track),
        )
        return await self._media.answer(request, stored)

    async def thumbnails(self, request: Request) -> Response:
        shelved, index, images, _ = await self._images(request)
        body = shelved.render("thumbnails", VTT, lambda: thumbnails_vtt(index, images).encode())
        return body.answer(request, SETTLED)

    async def poster(self, request: Request) -> Response:
        _, _, images, where = await self._images(request)
        key = Layout(where.tenant).poster(images.key)
        return await self._media.answer_whole(
            request, key, etag=f"{images.key[:32]}-p", media_type=JPEG
        )

    async def sheet(self, request: Request) -> Response:
        _, _, images, where = await self._images(request)
        n = request.path_params["n"]
        if n >= images.sheets:
            raise unknown(f"no sheet {n}: there are {images.sheets}, counted from 0")
        key = Layout(where.tenant).sheet(images.key, n)
        return await self._media.answer_whole(
            request, key, etag=f"{images.key[:32]}-{n}", media_type=JPEG
        )

    async def _title(
        self, request: Request, has: Callable[[Shelved], object]
    ) -> tuple[Shelved, Index, Address]:
        where = asked.address(request, self._default_tenant)
        revision = request.path_params["revision"]
        title = urls.title_of(revision)
        shelved = await self._catalogue.find_title(where, title, has) if title else None
        if shelved is None:
            raise unknown(f"no encode {revision} of {where}: load its playlist again")
        if shelved.index is None and shelved.ended:
            raise ended(shelved.ended)
        if shelved.index is None:
            raise not_yet(f"{where} is being encoded, and its first segments are not there yet")
        return shelved, shelved.index, where

    async def _playlist(
        self, request: Request, has: Callable[[Shelved], object]
    ) -> tuple[Shelved, Index, Address]:
        """Segments of a title that ended are still there; what leads players to them is not."""
        shelved, index, where = await self._title(request, has)
        if shelved.ended:
            raise ended(shelved.ended)
        return shelved, index, where

    async def _images(self, request: Request) -> tuple[Shelved, Index, ImagesIndex, Address]:
        shelved, index, where = await self._title(
            request, lambda known: known.index and known.index.images
        )
        if index.images is None:
            what = "no thumbnails"
            raise unknown(what) if shelved.settled else not_yet(f"{what} yet")
        return shelved, index, index.images, where


def _track(shelved: Shelved, rendition: str) -> Track:
    track = shelved.track(rendition)
    if track is None:
        raise unknown(f"no rendition {rendition}")
    return track


def _mime(track: Track) -> str:
    return "video/mp4" if hasattr(track, "rung") else "audio/mp4"
