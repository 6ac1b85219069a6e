"""Where gateways hand publishers on: who has the key is let in, and read no faster than life."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from crds.live import Refusal
from media_runtime.live.line import ADMITTED, BrokenLine, answer, hear

from .admission import is_pushed, judge, read_key
from .streams import Broken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from media_runtime.live.line import Introduction, Verdict

    from .seat import Seat

_LOG = structlog.get_logger()
_PIECE = 1 << 16
_CALLERS_AT_ONCE = 64
_IDLE_SECONDS = 30.0
_BYTES_A_SECOND, _UNITS_A_SECOND = 8 << 20, 2_000
"""Several times a good contribution: who sends more waits, and takes no time from other inputs."""


class Door:
    def __init__(
        self, seats: Mapping[str, Seat], keys: Path, refused: Callable[[Refusal], None]
    ) -> None:
        self._seats, self._keys, self._refused = seats, keys, refused
        self._callers: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self, host: str, port: int) -> AsyncIterator[int]:
        """Within the block callers are let in; the port is told, for 0 is any."""
        server = await asyncio.start_server(self._called, host, port, limit=_PIECE)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for caller in self._callers:
                caller.cancel()
            await asyncio.gather(*self._callers, return_exceptions=True)

    def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._callers) >= _CALLERS_AT_ONCE:
            writer.transport.abort()
            return
        caller = asyncio.create_task(self._receive(reader, writer))
        self._callers.add(caller)
        caller.add_done_callback(self._callers.discard)

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            caller = await hear(reader)
            seat = self._seats.get(caller.input)
            verdict = self._judge(caller, seat)
            if seat is not None and verdict.admitted:
                await self._carry(caller, seat, reader, writer)
            else:
                self._tell(caller, verdict)
                await answer(writer, verdict)
        except BrokenLine as e:
            _LOG.info("caller ended", why=str(e))
        finally:
            writer.close()

    def _judge(self, caller: Introduction, seat: Seat | None) -> Verdict:
        pushed = seat is not None and is_pushed(seat.wanted)
        # no input's name is a path unless the order has it
        key = read_key(self._keys, caller.input) if pushed else None
        if seat is None:
            return judge(caller, None, None, None)
        return judge(caller, seat.wanted, key, seat.publisher)

    def _tell(self, caller: Introduction, verdict: Verdict) -> None:
        refusal = Refusal(
            at=datetime.now(UTC),
            input=caller.input,
            protocol=caller.protocol,
            peer=caller.peer,
            reason=verdict.reason or "UnknownInput",
        )
        _LOG.warning(
            "publisher refused", input=caller.input, peer=caller.peer, reason=refusal.reason
        )
        self._refused(refusal)

    async def _carry(
        self,
        caller: Introduction,
        seat: Seat,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Takes the seat before it answers: of two who call at once one is refused."""
        relay = seat.take(caller.container, caller.peer, writer.transport.abort)
        _LOG.info("publisher admitted", input=caller.input, peer=caller.peer)
        allowance, problem = _Allowance(), ""
        try:
            await answer(writer, ADMITTED)
            while piece := await _next(reader):
                units = relay.receive(piece)
                await asyncio.sleep(allowance.owed(len(piece), units))
        except TimeoutError:
            problem = f"nothing came for {_IDLE_SECONDS:g} s"
        except Broken as e:
            problem = f"the publisher sends what is no {caller.container}: {e}"
        except OSError as e:
            problem = f"the line broke: {e}"
        finally:
            seat.leave(relay, problem)
            _LOG.info("publisher left", input=caller.input, peer=caller.peer, why=problem)


async def _next(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(_IDLE_SECONDS):
        return await reader.read(_PIECE)


class _Allowance:
    """How long a sender has to wait for what he sent; a second's worth may come at once."""

    def __init__(self) -> None:
        self._paid = time.monotonic()

    def owed(self, sent_bytes: int, units: int) -> float:
        now = time.monotonic()
        cost = max(sent_bytes / _BYTES_A_SECOND, units / _UNITS_A_SECOND)
        self._paid = max(self._paid, now - 1) + cost
        return max(0.0, self._paid - now)
