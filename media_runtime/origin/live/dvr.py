"""What no pod has in memory any more: segments and headers of the DVR window, in the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from media_runtime.origin.problems import briefly, unknown
from media_runtime.store import StoreAway
from media_runtime.title.layout import Layout

from .wants import Kind

if TYPE_CHECKING:
    from media_runtime.origin.metrics import Metrics
    from media_runtime.store import Store

    from .channel import Channel
    from .wants import Want

log = structlog.get_logger()

MEDIA_TYPES = {Kind.INIT: "video/mp4", Kind.SEGMENT: "video/iso.segment"}
"""As a pod says of them (media_runtime/live/channel/served.py)."""


class Dvr:
    def __init__(self, store: Store, metrics: Metrics, *, patience_seconds: float) -> None:
        self._store, self._metrics, self._patience = store, metrics, patience_seconds

    async def read(self, channel: Channel, want: Want) -> bytes:
        """Raises Problem if it is not there, StoreAway if the store is not."""
        key = _key(channel, want)
        if key is None:
            raise unknown(f"{want.rest} of {channel.name} is not there, or not any more")
        try:
            async with asyncio.timeout(self._patience):
                content = await self._store.read(key)
        except (StoreAway, TimeoutError) as e:
            self._metrics.store_errors.labels("dvr").inc()
            log.warning("store away", key=key, error=briefly(e))
            raise StoreAway(f"read {key}: {briefly(e)}") from e
        if content is None:
            raise unknown(f"{want.rest} of {channel.name} is in no memory and not in its DVR")
        return content


def _key(channel: Channel, want: Want) -> str | None:
    """None where the store cannot have it."""
    if want.kind is Kind.INIT:
        return Layout(channel.name.tenant).init(want.name)
    if want.kind is not Kind.SEGMENT or not channel.uid:
        return None
    newest = channel.state.timeline if channel.state else None
    if newest and want.msn > newest.media_sequence:
        return None
    where = f"{channel.name.tenant}/live/{channel.name.name}/{channel.uid}"
    return f"{where}/{want.rendition}/{want.msn}.m4s"
