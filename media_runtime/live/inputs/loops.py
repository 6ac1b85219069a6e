"""Films that are inputs: an object of the tenant's, fetched whole, and played again and again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import structlog

from media_runtime.failure import Refused
from media_runtime.fetch import fetch_whole
from media_runtime.fetch.uri import ObjectInput, parsed
from media_runtime.ffmpeg import url
from media_runtime.live.switcher.decoder import Loop
from media_runtime.probe.sniff import SNIFFED_BYTES, container_of
from media_runtime.store import StoreAway
from media_runtime.title.plan import Source

from .gauge import gauge

if TYPE_CHECKING:
    from pathlib import Path

    from media_runtime.ffmpeg import Format
    from media_runtime.store import Store

    from .seat import Seat

_LOG = structlog.get_logger()
_LARGEST_BYTES = 4 << 30
_WAIT_SECONDS = 10.0
_LOOK_SECONDS = 60.0


async def keep_playing(seat: Seat, store: Store, tenant: str, into: Path) -> None:
    """Never ends: a film that is missing is waited for, and one that is replaced fetched again."""
    etag = ""
    while True:
        try:
            source = await _find(store, tenant, seat.wanted.uri or "")
            if source.etag != etag or not etag:
                await _play(seat, store, source, into)
                etag = source.etag
            problem, wait = "", _LOOK_SECONDS
        except Refused as e:
            problem, wait = e.message, _WAIT_SECONDS
        except (StoreAway, OSError) as e:
            problem, wait = f"the film could not be fetched: {e}", _WAIT_SECONDS
        if seat.problem != problem:
            seat.problem = problem
            _LOG.info("film", input=seat.wanted.name, problem=problem)
        await asyncio.sleep(wait)


async def _find(store: Store, tenant: str, uri: str) -> Source:
    """Raises Refused and StoreAway."""
    asked = parsed(uri, bucket=store.bucket, tenant=tenant)
    if not isinstance(asked, ObjectInput):
        raise Refused("InputUnsafe", f"accepted is s3://{store.bucket}/{tenant}/…")
    head = await store.head(asked.key)
    if head is None:
        raise Refused("InputUnreachable", f"there is no object {uri}")
    if head.size > _LARGEST_BYTES:
        limit = _LARGEST_BYTES >> 30
        raise Refused("InputTooLarge", f"{head.size} bytes; at most {limit} GiB are accepted")
    first = await store.read_range(asked.key, 0, min(SNIFFED_BYTES, max(1, head.size)))
    return Source(uri=uri, etag=head.etag, size=head.size, format=container_of(first))


async def _play(seat: Seat, store: Store, source: Source, into: Path) -> None:
    seat.patch.plug(None)
    await fetch_whole(store, source, into)
    container: Format = cast("Format", source.format)
    seat.patch.plug(Loop(url(into), container))
    if (measured := await gauge(into, container)) is not None:
        seat.measured = measured
