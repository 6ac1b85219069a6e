"""One RTMP connection: read, answered, and its tags handed on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from media_runtime.contribution.flv import SCRIPT, FlvUnits, tags_in
from media_runtime.contribution.key import parse
from media_runtime.contribution.refusal import BadBytes, PublisherRefused

from .chunks import MAX_MESSAGE_BYTES, ChunkReader
from .conversation import (
    Acknowledgements,
    Conversation,
    Ended,
    Media,
    Publish,
    Say,
    farewell,
    started,
)
from .handshake import shake
from .messages import Kind, written

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from media_runtime.contribution.desk import Visit
    from media_runtime.contribution.handoff import Handoff
    from media_runtime.contribution.settings import ContributionSettings

READ_BYTES = 64 << 10


class RtmpPublisher:
    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        settings: ContributionSettings,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._settings = settings
        self._chunks = ChunkReader()

    async def serve(self, visit: Visit) -> None:
        """Until the publisher ends. Raises PublisherRefused, of which he has been told."""
        try:
            await self._within_time(visit)
        except PublisherRefused as refusal:
            self._writer.write(written(farewell(refusal)))
            raise

    async def _within_time(self, visit: Visit) -> None:
        """The clock runs to the key first, and from then on to every next tag."""
        admitted = False
        try:
            async with asyncio.timeout(self._settings.publish_seconds) as patience:
                await shake(self._reader, self._writer)
                heard = self._heard()
                wanted = await self._wanted(heard)
                if wanted is None:
                    return
                async with visit.handoff(parse(wanted.name), "flv") as handoff:
                    admitted = True
                    self._chunks.max_message_bytes = MAX_MESSAGE_BYTES
                    for message in started():
                        self._writer.write(written(message))
                    await handoff.during(self._carry(heard, handoff, patience))
        except BadBytes as e:
            raise PublisherRefused("BadBytes", str(e)) from e
        except TimeoutError as e:
            if admitted:
                raise PublisherRefused("Silent", "the publisher sent nothing any more") from e
            raise PublisherRefused("TooSlow", "no stream key was sent in time") from e

    async def _wanted(self, heard: AsyncIterator[Publish | Media | Ended]) -> Publish | None:
        """None: hung up without a wish, as a load balancer does that only looks."""
        async for event in heard:
            if isinstance(event, Publish):
                return event
        return None

    async def _carry(
        self,
        heard: AsyncIterator[Publish | Media | Ended],
        handoff: Handoff,
        patience: asyncio.Timeout,
    ) -> None:
        units, loop = FlvUnits(), asyncio.get_running_loop()
        patience.reschedule(loop.time() + self._settings.silence_seconds)
        async for event in heard:
            if isinstance(event, Ended):
                return
            if isinstance(event, Media):
                patience.reschedule(loop.time() + self._settings.silence_seconds)
                for tag in _tags(event):
                    unit = units.tag(*tag)
                    if unit is not None:
                        handoff.put(unit)

    async def _heard(self) -> AsyncIterator[Publish | Media | Ended]:
        """What the publisher says, once what is to be answered at once has been."""
        conversation, received = Conversation(), Acknowledgements()
        while data := await self._reader.read(READ_BYTES):
            answer = received.came(len(data))
            if answer is not None:
                self._writer.write(written(answer))
            for message in self._chunks.feed(data):
                received.obey(message)
                for event in conversation.hear(message):
                    if isinstance(event, Say):
                        self._writer.write(written(event.message))
                    else:
                        yield event
            # Whoever asks and does not read the answers is not read any more, either.
            await self._writer.drain()


def _tags(media: Media) -> list[tuple[int, int, bytes]]:
    if media.kind == Kind.AGGREGATE:
        return list(tags_in(media.body, media.timestamp))
    kind = SCRIPT if media.kind == Kind.DATA else int(media.kind)
    return [(kind, media.timestamp, media.body)]
