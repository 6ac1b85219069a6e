"""/watch/…: the pages of titles and channels; what they play they find out in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from media_runtime.store import StoreAway

from . import asked
from .problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from .catalogue import Catalogue
    from .live.channels import Channels

SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    # Media Source objects are blobs.
    "media-src": "'self' blob:",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'self'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{what} {whence}" for what, whence in SOURCES.items()),
    # The page's own URL may hold a token.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class Watch:
    def __init__(
        self, catalogue: Catalogue, channels: Channels, player: Path, *, default_tenant: str
    ) -> None:
        self._catalogue = catalogue
        self._channels = channels
        self._player = player
        self._default_tenant = default_tenant

    def routes(self) -> list[BaseRoute]:
        pages: list[BaseRoute] = [
            Route("/", self.root),
            Route("/watch/{asset}", self.page),
            Route("/watch/live/{asset}", self.live),
        ]
        files = StaticFiles(directory=self._player, check_dir=False)
        return [*pages, Mount("/player", files, name="player")]

    async def root(self, _: Request) -> Response:
        return self._file("index.html", 200)

    async def page(self, request: Request) -> Response:
        """The same page in any case, for it explains what is wrong; the status is for machines."""
        where = asked.address(request, self._default_tenant)
        try:
            known = await self._catalogue.find(where)
        except StoreAway:
            return self._file("watch.html", 503)
        if known and known.ended:
            return self._file("watch.html", 410)
        return self._file("watch.html", 200 if known else 404)

    async def live(self, request: Request) -> Response:
        """The same of a channel."""
        where = asked.address(request, self._default_tenant, "channel")
        try:
            channel = await self._channels.find(where)
        except Problem as e:
            return self._file("live.html", e.status)
        return self._file("live.html", 200 if channel.pod else 503)

    def _file(self, name: str, status: int) -> Response:
        path = self._player / name
        if not path.is_file():
            raise Problem(
                501, "NoPlayer", "the player page is not built: see media_runtime/origin/player"
            )
        return FileResponse(path, status, headers=HEADERS)
