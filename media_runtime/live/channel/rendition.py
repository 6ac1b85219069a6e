"""One rendition on air: what encoder after encoder makes of it, as one unbroken ring.

Encoders overlap where one hands over to the next; what nobody made becomes gaps in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog

from media_runtime.cmaf import Fragment, Header, write_header
from media_runtime.live.parts import Cutter, Part, gap, live_header

if TYPE_CHECKING:
    from collections.abc import Callable

    from media_runtime.live.clock import Cadence, Place, Timeline
    from media_runtime.live.parts import Trouble
    from media_runtime.live.ring import Ring

log = structlog.get_logger()


@dataclass
class _Life:
    """One encoder's, as far as this rendition goes."""

    cutter: Cutter
    init: str = ""
    held: list[Part] = field(default_factory=list)
    """Until the encoder before it has ended."""


class Rendition:
    def __init__(
        self,
        name: str,
        timeline: Timeline,
        cadence: Cadence,
        ring: Ring,
        *,
        arrived: Callable[[Rendition, Part], None],
    ) -> None:
        self.name, self.timeline, self.cadence, self.ring = name, timeline, cadence, ring
        self.header: Header | None = None
        """The newest; None until the first part."""
        self.init = ""
        """Its name: the SHA-256 of its bytes."""
        self.inits: dict[str, bytes] = {}
        self.troubles: dict[str, int] = {}
        """How often each kind was met."""
        self._lives: dict[int, _Life] = {}
        self._arrived = arrived

    def begin(self, life: int, first: int) -> None:
        """An encoder whose first sample has this number; lives are numbered upwards."""
        self._lives[life] = _Life(Cutter(self.timeline, self.cadence, first=first))

    def take(self, life: int, header: Header, fragment: Fragment) -> None:
        """What an encoder made. Raises Malformed when its clock leaps."""
        one = self._lives.get(life)
        if one is None:
            return
        for made in one.cutter.cut(fragment, header.timescale):
            if not isinstance(made, Part):
                self._trouble(made)
                continue
            if not one.init:
                one.init = self._keep(live_header(header, self.cadence, one.cutter.shift))
            if life == min(self._lives):
                self._append(made, one.init)
            else:
                one.held.append(made)

    def over(self, life: int) -> None:
        """The encoder has ended, and no more will come of it; the next one's turn begins."""
        if self._lives.pop(life, None) is None or not self._lives:
            return
        following = self._lives[min(self._lives)]
        for part in following.held:
            self._append(part, following.init)
        following.held.clear()

    def skip_to(self, place: Place) -> None:
        """Nothing is made of this rendition now: gaps up to and with `place`."""
        due = self.ring.due
        while due is not None and due <= place:
            self._add(gap(self.timeline, self.cadence, due), self.init)
            due = self.ring.due

    def _append(self, part: Part, init: str) -> None:
        due = self.ring.due
        if due is None:
            if part.place.part:
                return
        elif part.place < due:
            self.troubles["Overlap"] = self.troubles.get("Overlap", 0) + 1
            return
        else:
            self.skip_to(self.timeline.after(part.place, -1))
        self._add(part, init)

    def _add(self, part: Part, init: str) -> None:
        self.ring.append(part, init=init)
        self._arrived(self, part)

    def _keep(self, header: Header) -> str:
        content = write_header(header)
        name = sha256(content).hexdigest()
        self.inits[name] = content
        if name != self.init:
            log.info("a header", rendition=self.name, init=name[:16])
        self.header, self.init = header, name
        return name

    def _trouble(self, told: Trouble) -> None:
        kind = type(told).__name__
        self.troubles[kind] = self.troubles.get(kind, 0) + 1
        log.warning("the encoder left something out", rendition=self.name, told=str(told))
