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
    from collections.abc import AsyncIterator
    from contextlib import ExitStack

    from .decoder import Relayed

_LOG = structlog.get_logger()


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
