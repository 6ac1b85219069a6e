"""A small picture of what is on air, of the newest key frame, made when a person asks for it."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

import structlog

from media_runtime.ffmpeg import FFMPEG, Limits, OverTime, input_flags, run, url

if TYPE_CHECKING:
    from pathlib import Path

    from .packager import Packager

log = structlog.get_logger()

FRESH_SECONDS = 5.0
_LARGEST = 360
"""Lines of the rung it is made of, where there is one so small."""
_LIMITS = Limits(wall_seconds=10, stdout_bytes=1 << 20)
_MAX_PIXELS = 8192 * 4320


def thumbnail_argv(source: Path) -> list[str]:
    return [
        *FFMPEG,
        *input_flags("mov", max_pixels=_MAX_PIXELS, threads=1),
        *("-i", url(source)),
        *("-frames:v", "1", "-vf", "scale=-2:'min(180,ih)'"),
        *("-c:v", "mjpeg", "-q:v", "5", "-f", "image2pipe", "pipe:1"),
    ]


class Thumbnail:
    """Taken when it is asked for: an ffmpeg every few seconds would be a hundredth of the pod."""

    def __init__(self, packager: Packager, scratch: Path) -> None:
        self._packager, self._file = packager, scratch / "thumbnail.mp4"
        self._picture: bytes | None = None
        self._taken_at = -math.inf
        self._taking = asyncio.Lock()

    async def picture(self) -> bytes | None:
        """JPEG, the same for all who ask within five seconds; None where none could be taken."""
        async with self._taking:
            loop, source = asyncio.get_running_loop(), self._newest()
            if source is not None and loop.time() - self._taken_at >= FRESH_SECONDS:
                self._picture = None
                try:
                    self._picture = await self._take(source)
                except (OverTime, OSError) as e:
                    log.info("no thumbnail", why=str(e))
                # of a failure, too: those who waited do not each try again
                self._taken_at = loop.time()
            return self._picture

    async def _take(self, source: bytes) -> bytes | None:
        await asyncio.to_thread(self._file.write_bytes, source)
        ended = await run(thumbnail_argv(self._file), _LIMITS)
        if ended.code == 0 and ended.stdout:
            return ended.stdout
        log.info("no thumbnail", why=ended.messages.gist())
        return None

    def _newest(self) -> bytes | None:
        """A segment's first part, which begins with a key frame."""
        rungs = [one for one in self._packager.ladder.rungs if one.name in self._packager.offered]
        small = [one for one in rungs if one.height <= _LARGEST] or rungs[:1]
        if not small:
            return None
        rendition = self._packager.renditions[small[-1].name]
        track = rendition.ring.track()
        for segment in reversed(track.segments if track else ()):
            part = segment.parts[0]
            if part.content and segment.init in rendition.inits:
                return rendition.inits[segment.init] + part.content
        return None
