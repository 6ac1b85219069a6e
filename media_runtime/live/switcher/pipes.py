"""The pipes between a decoder and us: which end is whose, and that none outlives its use."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from io import FileIO
from typing import TYPE_CHECKING

import structlog

from .frames import wide_pipe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import ExitStack

    from .decoder import Relayed

_LOG = structlog.get_logger()
_REST_SECONDS = 0.001
_RESTS_UP_TO_BYTES = 4 << 20
"""A larger picture has so many pieces that its rests would make it late."""


def from_child(ours: ExitStack, the_childs: ExitStack) -> tuple[int, int]:
    """A pipe from a child, whose own end is blocking and ours is not."""
    reading, writing = wide_pipe()
    ours.callback(os.close, reading)
    the_childs.callback(os.close, writing)
    os.set_blocking(reading, False)
    return reading, writing


def to_child(ours: ExitStack, the_childs: ExitStack) -> tuple[int, FileIO]:
    """The other way: (the child's end, ours)."""
    reading, writing = wide_pipe()
    the_childs.callback(os.close, reading)
    os.set_blocking(writing, False)
    return reading, ours.enter_context(FileIO(writing, "wb"))


class Eye:
    """Has `see` read once whenever a picture, or a piece of one, can be read.

    A decoder writes 32 KiB at a time, and to wake for each costs more than to copy it: so after a
    piece (see said True) the next are left to gather for a moment.
    """

    def __init__(self, descriptor: int, see: Callable[[], bool], frame_bytes: int) -> None:
        self._descriptor, self._see = descriptor, see
        self._rests = frame_bytes <= _RESTS_UP_TO_BYTES
        self._loop = asyncio.get_running_loop()
        self._resting: asyncio.TimerHandle | None = None
        self._open()

    def close(self) -> None:
        """Looks no more. The descriptor is the caller's."""
        if self._resting is not None:
            self._resting.cancel()
        self._loop.remove_reader(self._descriptor)

    def _open(self) -> None:
        self._loop.add_reader(self._descriptor, self._look)

    def _look(self) -> None:
        try:
            more = self._see()
        except BlockingIOError:
            return
        if more and self._rests:
            self._loop.remove_reader(self._descriptor)
            self._resting = self._loop.call_later(_REST_SECONDS, self._open)


@asynccontextmanager
async def poured(source: Relayed, into: FileIO) -> AsyncIterator[None]:
    """The source runs into the decoder's pipe, and ends it when there is no more."""

    async def pour() -> None:
        with into:
            try:
                await source.pour(into.fileno())
            except BrokenPipeError:
                return  # the decoder is gone, which its own pipe tells
            except Exception:  # noqa: BLE001 - a supervisor: the decoder then ends as at an end
                _LOG.exception("input was not poured to its end")

    pouring = asyncio.create_task(pour())
    try:
        yield
    finally:
        pouring.cancel()
        await asyncio.wait([pouring])
