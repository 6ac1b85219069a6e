"""All channels that somebody asked for lately, by name."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from media_runtime.origin.problems import Problem, unknown

from .channel import Channel

if TYPE_CHECKING:
    from media_runtime.origin.address import Address
    from media_runtime.origin.metrics import Metrics

    from .addresses import Addresses
    from .upstream import Door

MOST = 2000
"""Names that are remembered, those that lead nowhere included."""


class Channels:
    def __init__(self, addresses: Addresses, door: Door, metrics: Metrics) -> None:
        self._addresses, self._door, self._metrics = addresses, door, metrics
        self._known: OrderedDict[str, Channel] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    async def find(self, name: Address) -> Channel:
        """Raises Problem where there is no such channel."""
        key = str(name)
        channel = self._known.get(key)
        if channel is None:
            channel = self._known[key] = Channel(name, self._addresses, self._door, self._metrics)
            self._make_room()
        self._known.move_to_end(key)
        await channel.ready()
        if not channel.exists:
            raise unknown(
                f"no channel {name}: there is no Channel {name.name} in the namespace {name.tenant}"
            )
        return channel

    def _make_room(self) -> None:
        """The one that was asked for longest ago goes; if all are watched, the name is refused."""
        if len(self._known) <= MOST:
            return
        idle = next((k for k, channel in self._known.items() if channel.idle), None)
        if idle is None:
            self._known.popitem()
            raise Problem(503, "Busy", f"this replica serves {MOST} channels", {"Retry-After": "1"})
        del self._known[idle]
