"""The place of one input: what is plugged in there now, and what is known of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from media_runtime.live.switcher.decoder import Relayed
from media_runtime.live.switcher.patch import Patch

from .admission import is_pushed
from .relay import Relay

if TYPE_CHECKING:
    from collections.abc import Callable

    from crds.live import ChannelInput
    from media_runtime.live.switcher.measure import Measured

    from .streams import Streamed

SILENT_SECONDS = 3.0
"""A publisher of whom nothing came for so long is gone, whatever his connection says: another with
the key may take his place."""
_OPENED_SECONDS, _PULLED_SECONDS = 5.0, 15.0
"""How long a stream may take to show a picture, and what is pulled to be there."""


class Seat:
    def __init__(self, wanted: ChannelInput) -> None:
        self.wanted = wanted
        self.patch = Patch()
        self.relay: Relay | None = None
        self.peer: str | None = None
        self.measured: Measured | None = None
        self.problem = ""
        """Why nothing comes, where somebody could mend it."""
        self.received_bytes = 0
        self.dropped = 0
        """Both of publishers that are gone; the present one's relay counts its own."""
        self._end: Callable[[], None] | None = None
        self._due_at = None if is_pushed(wanted) else time.monotonic() + _PULLED_SECONDS

    @property
    def publisher(self) -> str | None:
        """Who has this seat for himself."""
        if self.relay is None or time.monotonic() - self.relay.received_at > SILENT_SECONDS:
            return None
        return self.peer or "somebody"

    @property
    def overdue(self) -> bool:
        """Pictures should have come by now."""
        if self.problem:
            return True
        return self._due_at is not None and time.monotonic() > self._due_at

    def take(self, container: Streamed, peer: str, end: Callable[[], None]) -> Relay:
        """From now on this stream is decoded. `end` is called should somebody else take over."""
        if self.relay is not None:
            before, self._end = self._end, None
            self.leave(self.relay)
            if before is not None:
                before()
        relay = Relay(container)
        self.relay, self.peer, self.problem, self._end = relay, peer, "", end
        self._due_at = time.monotonic() + _OPENED_SECONDS
        self.patch.plug(Relayed(container, relay.pour))
        return relay

    def leave(self, relay: Relay, problem: str = "") -> None:
        """The stream is over; nothing happens if another one took the seat."""
        relay.close()
        if self.relay is not relay:
            return
        self.received_bytes += relay.received_bytes
        self.dropped += relay.dropped
        self._end = None
        self._due_at = None if is_pushed(self.wanted) else time.monotonic()
        self.relay = self.peer = self.measured = None
        self.problem = problem
        self.patch.plug(None)
