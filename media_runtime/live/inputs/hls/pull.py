"""One rendition on its way from another service to a decoder, which sets the pace."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import structlog

from media_runtime.failure import Refused
from media_runtime.live.inputs.streams.mpegts import MpegTsSplitter
from media_runtime.live.switcher.frames import write_all

from .playlist import Media

if TYPE_CHECKING:
    from collections.abc import Callable

    from .page import Pages
    from .playlist import Segment

_LOG = structlog.get_logger()
_AHEAD_SEGMENTS = 2
_AWAY_SECONDS = 30.0
_LOOKED_AT = 1 << 16


class Pull:
    """Poured any number of times; each begins near the live edge, or where a format changed."""

    def __init__(
        self, pages: Pages, url: str, *, leader: Pull | None = None, taste: Callable[[bytes], None]
    ) -> None:
        """The sound's leader is the picture: it begins at the same segment.

        `taste` is given the first segment of each pouring, header and all, to be measured.
        """
        self._pages, self._url, self._taste = pages, url, taste
        self._leader = leader
        self._resume: int | None = None
        self._following: int | None = None
        """After the newest segment that was given of a stream that goes on."""
        self.began: asyncio.Queue[int] = asyncio.Queue(1)
        """Where this pouring begins, for the sound to begin there too."""
        self.ended = asyncio.Event()
        self.over = asyncio.Event()
        """Nothing came for too long, or it is not what it was: the playlists must be read anew."""

    async def pour(self, into: int) -> None:
        """Until the decoder has to be another one; the sound ends when its picture does."""
        self.ended.clear()
        tasks = [asyncio.create_task(self._pour(into))]
        if self._leader is not None:
            tasks.append(asyncio.create_task(self._leader.until_ended()))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.ended.set()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            while not self.began.empty():  # none of them tells any more where it begins
                self.began.get_nowait()
        for task in done:
            task.result()

    async def until_ended(self) -> None:
        await self.ended.wait()

    async def _pour(self, into: int) -> None:
        queue: asyncio.Queue[bytes] = asyncio.Queue(_AHEAD_SEGMENTS)
        fetching = asyncio.create_task(self._fetch_on(queue))
        try:
            while piece := await queue.get():
                await write_all(into, piece)
        finally:
            fetching.cancel()
            await asyncio.wait([fetching])

    async def _fetch_on(self, queue: asyncio.Queue[bytes]) -> None:
        try:
            await self._fetch(queue)
        except Refused as e:
            _LOG.info("rendition ended", url=self._url.partition("?")[0], why=e.message)
            self.over.set()
        await queue.put(b"")

    async def _fetch(self, queue: asyncio.Queue[bytes]) -> None:
        """Until the format changes or the playlist ends. Raises Refused."""
        following = _Following(self._pages, queue, self._taste)
        msn = await self._begin()
        while True:
            media = await self._media()
            segments = media.since(msn)
            if segments is None:
                _LOG.info("rendition rejoined", url=self._url.partition("?")[0], lost_from=msn)
                msn, segments = media.joins_at, media.since(media.joins_at) or ()
            for segment in segments:
                if not await following.give(segment):
                    self._resume = segment.msn
                    return
                msn = segment.msn + 1
                if not media.ended or self._following is not None:
                    self._following = msn
            if media.ended:
                return
            await asyncio.sleep(media.target_seconds / 2 if not segments else 0.1)

    async def _begin(self) -> int:
        if self._leader is not None:
            return await self._leader.began.get()
        resume, self._resume = self._resume, None
        msn = self._joins(await self._media()) if resume is None else resume
        self.began.put_nowait(msn)
        return msn

    def _joins(self, media: Media) -> int:
        """A stream that stands still is waited for, or its last minute would be shown for hours.

        One that went on is joined as the first time: a decoder is to have something in hand.
        """
        given = self._following
        news = None if given is None else media.since(given)
        if given is None or news is None or (news and not media.ended):
            return media.joins_at
        return given

    async def _media(self) -> Media:
        """The playlist as it is now; a service that is away for a while is waited for."""
        since, wait = time.monotonic(), 0.5
        while True:
            try:
                found = await self._pages.playlist(self._url)
                break
            except Refused as e:
                if e.reason == "InputUnsafe" or time.monotonic() - since > _AWAY_SECONDS:
                    raise
            await asyncio.sleep(wait)
            wait = min(2 * wait, 4.0)
        if not isinstance(found, Media):
            raise Refused("NoMedia", "a rendition leads to renditions")
        return found


class _Following:
    """Segments of one format, one after the other."""

    def __init__(
        self, pages: Pages, queue: asyncio.Queue[bytes], taste: Callable[[bytes], None]
    ) -> None:
        self._pages, self._queue, self._taste = pages, queue, taste
        self._header: str | None = None
        self._streams: tuple[tuple[int, int], ...] = ()
        self._given = False

    async def give(self, segment: Segment) -> bool:
        """False: it needs another decoder than the one before it."""
        if segment.gap:
            return True
        if self._given and segment.header != self._header:
            return False
        try:
            content = await self._pages.segment(segment.url)
            header = b""
            if segment.header is not None and not self._given:
                header = await self._pages.segment(segment.header)
        except Refused as e:
            if e.reason == "InputUnsafe":
                raise
            return True  # it is lost; the next may not be
        if segment.header is None:
            splitter = MpegTsSplitter()
            splitter.feed(content[:_LOOKED_AT])
            if self._given and splitter.streams and splitter.streams != self._streams:
                return False
            self._streams = splitter.streams or self._streams
        if not self._given:
            self._taste(header + content)
        self._given, self._header = True, segment.header
        for piece in filter(None, (header, content)):
            await self._queue.put(piece)
        return True
