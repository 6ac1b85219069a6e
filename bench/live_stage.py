"""What the peers' segments are served by: `python -m bench.live_stage PORT`.

The least that low-latency DASH needs: what is PUT is had at once, and GET of what still grows is
answered in chunks as they come. It serves the page of the player too.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from .player import PACKAGES

_HERE = Path(__file__).parent
_FILES = {
    "/player.html": _HERE / "live_player.html",
    "/eye.js": _HERE / "live_eye.js",
    "/vendor/hls.min.js": PACKAGES / "hls.js" / "dist" / "hls.min.js",
    "/vendor/hls.worker.js": PACKAGES / "hls.js" / "dist" / "hls.worker.js",
    "/vendor/shaka-player.compiled.js": PACKAGES / "shaka-player/dist/shaka-player.compiled.js",
}
_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".mpd": "application/dash+xml",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
}
_CLIENT_HEADERS = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}


class Growing:
    """An object as it is PUT."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.whole = False
        self.grown = asyncio.Condition()

    async def add(self, piece: bytes | None) -> None:
        async with self.grown:
            if piece is None:
                self.whole = True
            else:
                self.pieces.append(piece)
            self.grown.notify_all()

    async def send(self, answer: web.StreamResponse) -> None:
        """All of it, as it comes."""
        sent = 0
        while True:
            async with self.grown:
                while sent == len(self.pieces) and not self.whole:
                    await self.grown.wait()
            if sent == len(self.pieces):
                break
            while sent < len(self.pieces):
                await answer.write(self.pieces[sent])
                sent += 1
        await answer.write_eof()


class Stage:
    def __init__(self) -> None:
        self._objects: dict[str, Growing] = {}

    async def put(self, request: web.Request) -> web.Response:
        name = request.path
        found = Growing()
        # a manifest is replaced when its new text is there, a segment is shown while it grows
        if not name.endswith((".mpd", ".m3u8")):
            self._objects[name] = found
        async for piece in request.content.iter_any():
            await found.add(piece)
        await found.add(None)
        self._objects[name] = found
        return web.Response(status=201)

    async def get(self, request: web.Request) -> web.StreamResponse:
        found = self._objects.get(request.path)
        if found is None:
            return web.Response(status=404, headers=_CLIENT_HEADERS)
        headers = _CLIENT_HEADERS | {"Content-Type": _TYPES.get(Path(request.path).suffix, "x/x")}
        if found.whole:
            return web.Response(body=b"".join(found.pieces), headers=headers)
        answer = web.StreamResponse(headers=headers)
        await answer.prepare(request)
        # a player that is no longer interested hangs up
        with contextlib.suppress(ConnectionError):
            await found.send(answer)
        return answer

    async def delete(self, request: web.Request) -> web.Response:
        self._objects.pop(request.path, None)
        return web.Response()


async def file(request: web.Request) -> web.FileResponse:
    return web.FileResponse(_FILES[request.path], headers=_CLIENT_HEADERS)


async def now(_: web.Request) -> web.Response:
    """For UTCTiming, as xs:dateTime."""
    return web.Response(text=datetime.now(UTC).isoformat(), headers=_CLIENT_HEADERS)


def app() -> web.Application:
    stage, found = Stage(), web.Application(client_max_size=1 << 30)
    for path in _FILES:
        found.router.add_get(path, file)
    found.router.add_get("/time", now)
    found.router.add_get("/media/{path:.*}", stage.get)
    found.router.add_delete("/media/{path:.*}", stage.delete)
    for verb in ("PUT", "POST"):
        found.router.add_route(verb, "/media/{path:.*}", stage.put)
    return found


if __name__ == "__main__":
    web.run_app(app(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
