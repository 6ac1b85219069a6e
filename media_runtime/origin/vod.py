"""/vod/{asset}/…: what goes by a title's name, and changes when the name is published anew."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.routing import Route

from . import asked
from .bodies import Body
from .dash import mpd
from .description import description
from .hls import multivariant_playlist
from .problems import ended, not_yet, unknown

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from media_runtime.title.index import Index

    from .address import Address
    from .catalogue import Catalogue
    from .shelf import Shelved

HLS = "application/vnd.apple.mpegurl"
DASH = "application/dash+xml"

WHOLE = "public, max-age=30, stale-if-error=60"
"""A name that is published anew should be seen within the half minute. A minute more without an
answer is what a restart of the origin or of its node takes; longer, and an edge would send viewers
to a title that has been retired meanwhile."""
GROWS = "public, max-age=1"


class Vod:
    def __init__(self, catalogue: Catalogue, *, default_tenant: str) -> None:
        self._catalogue = catalogue
        self._default_tenant = default_tenant

    def routes(self) -> list[Route]:
        return [
            Route("/vod/{asset}/master.m3u8", self.hls),
            Route("/vod/{asset}/manifest.mpd", self.dash),
            Route("/vod/{asset}/title.json", self.describe),
        ]

    async def hls(self, request: Request) -> Response:
        index, shelved = await self._playable(request)
        if not index.hls:
            raise unknown("this title is not packaged as HLS (packaging.hls is false)")
        body = shelved.render("hls", HLS, lambda: multivariant_playlist(index).encode())
        return body.answer(request, WHOLE if index.complete else GROWS)

    async def dash(self, request: Request) -> Response:
        index, shelved = await self._playable(request)
        if not index.dash:
            raise unknown("this title is not packaged as DASH (packaging.dash is false)")
        body = shelved.render("dash", DASH, lambda: mpd(index))
        return body.answer(request, WHOLE if index.complete else GROWS)

    async def describe(self, request: Request) -> Response:
        where = asked.address(request, self._default_tenant)
        shelved = _there(where, await self._catalogue.find(where))
        content = json.dumps(description(where, shelved), ensure_ascii=False).encode()
        return Body(content, "application/json").answer(request, GROWS)

    async def _playable(self, request: Request) -> tuple[Index, Shelved]:
        where = asked.address(request, self._default_tenant)
        shelved = _there(where, await self._catalogue.find(where, lambda known: known.index))
        if shelved.ended:
            raise ended(shelved.ended)
        if shelved.index is None:
            raise not_yet(f"{where} is being encoded, and its first segments are not there yet")
        return shelved.index, shelved


def _there(where: Address, shelved: Shelved | None) -> Shelved:
    if shelved is None:
        raise unknown(f"no title {where}: nothing is published under this name")
    return shelved
