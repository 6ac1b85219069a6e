"""What goes on behind each seat of a pod, for as long as it lives."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from crds.live import CONTRIBUTION_PORT
from media_runtime.fetch.address import networks
from media_runtime.fetch.web import Web

from .admission import is_pushed, read_key
from .caller import keep_calling
from .gauge import gauge_on
from .hls.keep import keep_pulling
from .loops import keep_playing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from crds.live import ChannelOrder
    from media_runtime.live.switcher.run import WallClock
    from media_runtime.store import Store

    from .seat import Seat
    from .slate import Slate

    Work = Callable[[], Awaitable[None]]

_LOG = structlog.get_logger()
_AGAIN_SECONDS = 2.0


@dataclass(frozen=True)
class Surroundings:
    """What a pod gives its inputs."""

    keys: Path
    """{input}/streamKey, and for a calling SRT input {input}/passphrase; read each time."""
    scratch: Path
    store: Store
    clock: WallClock
    """The switcher's."""
    host: str = "0.0.0.0"  # noqa: S104 - a pod is reached by its own address
    port: int = CONTRIBUTION_PORT
    """0: any; `Inputs.port` tells which."""


class Behind:
    def __init__(self, order: ChannelOrder, around: Surroundings, *, canvas_height: int) -> None:
        self._order, self._around, self._height = order, around, canvas_height
        self._allow = networks(order.allow_cidrs)

    def work(self, seat: Seat) -> list[Work]:
        """Coroutines that never end."""
        kind, name, scratch = seat.wanted.protocol, seat.wanted.name, self._around.scratch
        if kind == "Test":
            return []
        if kind == "File":
            store, tenant = self._around.store, self._order.tenant
            return [partial(keep_playing, seat, store, tenant, scratch / f"{name}.film")]
        if kind == "HLS":
            web = Web(
                bucket=self._around.store.bucket, tenant=self._order.tenant, allow=self._allow
            )
            height = self._height
            return [partial(keep_pulling, seat, web, scratch / name, canvas_height=height)]
        measured = partial(gauge_on, seat, scratch / f"{name}.sample")
        if is_pushed(seat.wanted):
            return [measured]
        passphrase = partial(self._passphrase, name)
        return [measured, partial(keep_calling, seat, allow=self._allow, passphrase=passphrase)]

    async def keep_slate(self, slate: Slate) -> None:
        await slate.keep(self._around.store, self._order.tenant, self._around.scratch)

    def _passphrase(self, name: str) -> str | None:
        key = read_key(self._around.keys, name, "passphrase")
        return None if key is None else key.decode("utf-8", "replace")


async def kept(work: Work) -> None:
    """A fault of ours behind one input does not reach another, nor what is on air."""
    while True:
        try:
            await work()
        except Exception:  # noqa: BLE001 - a supervisor
            _LOG.exception("what goes on behind an input failed", work=str(work))
        else:
            return
        await asyncio.sleep(_AGAIN_SECONDS)
