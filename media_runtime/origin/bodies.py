"""Small texts that are made once and served often: playlists, with an entity tag per encoding."""

from dataclasses import dataclass
from functools import cached_property
from gzip import compress
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

from .conditions import accepts_gzip, not_modified

WORTH_COMPRESSING = 512
"""Bytes; below that a packet is a packet."""


@dataclass(frozen=True)
class Body:
    content: bytes
    media_type: str

    @cached_property
    def tag(self) -> str:
        return sha256(self.content).hexdigest()[:32]

    @cached_property
    def compressed(self) -> bytes:
        return compress(self.content, compresslevel=6, mtime=0)

    def answer(self, request: Request, cache_control: str) -> Response:
        """200 in the best encoding that the client takes, or 304."""
        zipped = len(self.content) >= WORTH_COMPRESSING and accepts_gzip(
            request.headers.get("accept-encoding")
        )
        etag = f'"{self.tag}-gzip"' if zipped else f'"{self.tag}"'
        headers = {"ETag": etag, "Cache-Control": cache_control, "Vary": "Accept-Encoding"}
        if not_modified(request.headers.get("if-none-match"), etag):
            return Response(status_code=304, headers=headers)
        if zipped:
            headers["Content-Encoding"] = "gzip"
        content = self.compressed if zipped else self.content
        return Response(content, headers=headers | {"Content-Type": self.media_type})
