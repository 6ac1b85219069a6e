"""Many viewers' requests to few pods: one fetch for all who want the same, kept while it holds."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from media_runtime.origin.problems import Problem, briefly, store_away, unknown
from media_runtime.store import StoreAway

from . import caching
from .choice import AWAY
from .copies import Copy
from .dvr import MEDIA_TYPES
from .flight import Flight, Head
from .startover import media_since, multivariant_since
from .upstream import Away
from .wants import Kind

if TYPE_CHECKING:
    from media_runtime.origin.metrics import Metrics

    from .channel import Channel
    from .choice import Pod
    from .copies import Copies
    from .dvr import Dvr
    from .upstream import Door, Reply
    from .wants import Want

MOST_FLIGHTS = 4096
"""Fetches under way in this replica; beyond, who asks for something new is told to come back."""
RETRY = {"Retry-After": "1"}
REFUSAL_BYTES = 1000
ATTEMPTS = 4
"""Before a request fails; a pod that failed is asked again where there is no other."""

log = structlog.get_logger()


class Relay:
    def __init__(self, door: Door, copies: Copies, dvr: Dvr, metrics: Metrics) -> None:
        self._door, self._copies, self._dvr, self._metrics = door, copies, dvr, metrics
        self._flights: dict[str, Flight] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def fetch(self, channel: Channel, want: Want) -> Copy | Flight:
        """The whole answer, or media that still grows. Raises Problem."""
        key = f"{channel.name}/{want.key}"
        copy = self._copies.find(key)
        if copy:
            self._metrics.live_answers.labels(want.kind.value, "memory").inc()
            return copy
        flight = self._flights.get(key)
        self._metrics.live_answers.labels(want.kind.value, "shared" if flight else "fetched").inc()
        if flight is None:
            flight = self._begin(key, channel, want)
        return await flight.known()

    def _begin(self, key: str, channel: Channel, want: Want) -> Flight:
        if len(self._flights) >= MOST_FLIGHTS:
            raise Problem(503, "Busy", "too much is fetched at once", RETRY)
        flight = self._flights[key] = Flight()
        task = asyncio.create_task(self._fly(key, flight, channel, want))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return flight

    async def _fly(self, key: str, flight: Flight, channel: Channel, want: Want) -> None:
        """Nobody's request: who goes away leaves it to the others."""
        make = self._since if want.since is not None else self._fetched
        try:
            copy = await make(flight, channel, want)
        except Problem as e:
            flight.fail(e)
        except StoreAway:
            flight.fail(store_away())
        except Exception as e:
            # A supervisor: whoever waits must learn of it.
            log.exception("fetch failed", path=want.rest, error=briefly(e))
            flight.fail(Problem(500, "Bug", "the origin failed to make an answer"))
        else:
            self._copies.keep(key, copy)
            flight.land(copy)
        finally:
            del self._flights[key]

    async def _since(self, _: Flight, channel: Channel, want: Want) -> Copy:
        whole = await self.fetch(channel, replace(want, since=None))
        if want.since is None or isinstance(whole, Flight):
            raise TypeError("a playlist comes whole")
        text = whole.content.decode()
        if want.kind is Kind.MULTIVARIANT:
            text = multivariant_since(text)
        else:
            text = media_since(text, want.since)
        return self._made(want, text.encode(), whole.media_type)

    async def _fetched(self, flight: Flight, channel: Channel, want: Want) -> Copy:
        """From the pod on air; where it fails or lacks it, from another; else from the store."""
        lacking: set[Pod] = set()
        failed: set[Pod] = set()
        for _ in range(ATTEMPTS):
            left = [pod for pod in channel.pods if pod not in lacking]
            if not left:
                break
            pod = min(left, key=failed.__contains__)
            try:
                copy = await self._from(pod, flight, channel, want)
            except (Away, TimeoutError) as e:
                log.warning("pod away", pod=str(pod), path=want.rest, error=briefly(e))
                if flight.head:
                    raise Problem(502, "BrokeOff", "the packager is gone") from e
                # Nobody else is disturbed by one failure: how the pod is, it is asked.
                await channel.look()
                failed.add(pod)
                continue
            if copy:
                return copy
            lacking.add(pod)
        away = Problem(503, AWAY, f"no packager of {channel.name} answers", RETRY)
        if not want.kind.manifest:
            try:
                content = await self._dvr.read(channel, want)
            except Problem as e:
                if lacking:
                    raise
                # Nobody is there who would know, and players take a 404 for final.
                raise away from e
            return self._made(want, content, MEDIA_TYPES[want.kind])
        if lacking:
            raise unknown(f"{channel.name} has no {want.rest}")
        raise away

    async def _from(self, pod: Pod, flight: Flight, channel: Channel, want: Want) -> Copy | None:
        """None where the pod does not have it. Raises Away."""
        async with asyncio.timeout(None) as patience:
            with channel.fetching(pod, patience):
                async with self._door.get(pod, want.rest, want.query) as reply:
                    if reply.status == 200:
                        return await self._taken(flight, reply, want)
                    if reply.status == 404:
                        return None
                    raise await _refusal(reply)

    async def _taken(self, flight: Flight, reply: Reply, want: Want) -> Copy:
        said = caching.media_type(want, reply.media_type)
        grows = reply.length is None and not want.kind.manifest
        if grows:
            flight.begin(Head(said, caching.cache_control(want)))
            async for piece in reply.pieces:
                flight.add(piece)
            return self._made(want, b"".join(flight.pieces), said)
        return self._made(want, b"".join([piece async for piece in reply.pieces]), said)

    def _made(self, want: Want, content: bytes, said: str) -> Copy:
        return Copy(
            content,
            said,
            caching.cache_control(want, content),
            text=want.kind.manifest,
            fresh_until=time.monotonic() + caching.keep_seconds(want, content),
        )


async def _refusal(reply: Reply) -> Problem:
    """In the pod's own words, if it has any. Raises Away for what is its trouble alone."""
    content = b"".join([piece async for piece in reply.pieces])[:REFUSAL_BYTES]
    if reply.status >= 500 and reply.status != 503:
        raise Away(f"it answers {reply.status}")
    try:
        said = json.loads(content)
        reason, detail = str(said["reason"]), str(said["detail"])
    except (ValueError, TypeError, KeyError):
        reason, detail = "BadRequest", content.decode(errors="replace")
        if reply.status == 503:
            reason, detail = AWAY, "what was asked for did not come in time"
    return Problem(reply.status, reason, detail, RETRY if reply.status == 503 else None)
