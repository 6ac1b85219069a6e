"""How late parts come: of each rendition the newest, by the one clock of the channel."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from media_runtime.live.parts import Part

    from .packager import Packager
    from .rendition import Rendition

_NANOS = 1_000_000_000


class Lateness:
    """A listener of the packager."""

    def __init__(self, packager: Packager, nanos: Callable[[], int]) -> None:
        self.tell: Callable[[float], None] = lambda _: None
        """Called with each part's latency in seconds."""
        self.last_segment_at: datetime | None = None
        """When the newest whole segment of the lowest rung was there."""
        self._packager, self._nanos = packager, nanos
        self._late: dict[str, float] = {}
        self._latency: dict[str, float] = {}

    def arrived(self, rendition: Rendition, part: Part) -> None:
        if part.gap:
            return
        now = Fraction(self._nanos(), _NANOS)
        timeline, cadence = rendition.timeline, rendition.cadence
        begun = timeline.epoch + Fraction(part.start, cadence.timescale)
        self._latency[rendition.name] = latency = float(now - begun)
        self.tell(latency)
        self._late[rendition.name] = float(now - timeline.available(cadence, part.place))
        if rendition is self._packager.leader and part.place.part == timeline.parts - 1:
            self.last_segment_at = datetime.fromtimestamp(float(now), UTC)

    @property
    def late_millis(self) -> int:
        """From when a part could have been there at best to when it was; the worst rendition's."""
        return _worst(self._late, self._packager.offered)

    @property
    def latency_millis(self) -> int:
        """From the due time of a part's first picture to its being there."""
        return _worst(self._latency, self._packager.offered)


def _worst(seconds: dict[str, float], offered: tuple[str, ...]) -> int:
    return max(0, round(1000 * max((seconds.get(name, 0.0) for name in offered), default=0.0)))
