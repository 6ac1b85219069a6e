"""All renditions of a channel on one timeline, and the lineup that is offered of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from media_runtime.cmaf import codecs_string
from media_runtime.live.lineup import Lineup, LiveRung, LiveSound
from media_runtime.live.ring import Ring

from .rendition import Rendition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from media_runtime.cmaf import Fragment, Header
    from media_runtime.live.parts import Part
    from media_runtime.live.track import Track

    from .ladder import Ladder, Rung, Soundtrack

SOUND_PEAK = 110
"""Per cent of the average that an AAC encoder's worst second takes, boxes included."""


class Packager:
    def __init__(self, ladder: Ladder, *, listed: int, held: int | None) -> None:
        """`listed` and `held` are whole segments, as a Ring takes them."""
        self.ladder = ladder
        self.renditions = {
            one.name: Rendition(
                one.name,
                ladder.timeline,
                one.cadence,
                Ring(one.name, ladder.timeline, one.cadence, listed=listed, held=held),
                arrived=self._arrived,
            )
            for one in ladder.makers
        }
        self.opened = False
        """What was before is known, so that no playlist ever begins earlier than it did."""
        self.ended_at: datetime | None = None
        """Where the programme ended, once ENDLIST is out."""
        self.offered: tuple[str, ...] = ()
        """The renditions that viewers are told of: what the newest encoder makes."""
        self.listeners: list[Callable[[Rendition, Part], None]] = []
        """Called with each part once it is there to be fetched."""
        self._lives: dict[int, frozenset[str]] = {}
        self._leader = ""

    def begin(self, life: int, first: int, makers: Iterable[Rung | Soundtrack]) -> None:
        """An encoder of these renditions begins with frame `first` of the canvas."""
        chosen = {one.name: one.first(first) for one in makers}
        self._lives[life] = frozenset(chosen)
        self.offered = tuple(chosen)
        self._leader = next(iter(chosen))
        for name, sample in chosen.items():
            self.renditions[name].begin(life, sample)

    def take(self, life: int, name: str, header: Header, fragment: Fragment) -> None:
        self.renditions[name].take(life, header, fragment)

    def over(self, life: int) -> None:
        self._lives.pop(life, None)
        for rendition in self.renditions.values():
            rendition.over(life)

    def end(self) -> None:
        for rendition in self.renditions.values():
            rendition.ring.end()
        self.ended_at = self._end()

    def _end(self) -> datetime | None:
        """Where the first of what is offered ends, in whole milliseconds, and none too late.

        A DASH player would wait for sound that will not come.
        """
        tracks = self.tracks()
        ends = [
            track.timeline.moment(track.cadence, track.segments[-1].end)
            for track in (tracks.get(name) for name in self.offered)
            if track is not None
        ]
        first = min(ends, default=None)
        return first and first.replace(microsecond=first.microsecond // 1000 * 1000)

    @property
    def leader(self) -> Rendition:
        """The lowest rung, which is never dropped: what the channel is measured by."""
        return self.renditions[self._leader]

    @property
    def window_seconds(self) -> int:
        """That can be sought back through, in whole segments."""
        track = self.leader.ring.track() if self._leader else None
        if track is None:
            return 0
        return int(track.timeline.segment * (track.last_whole_msn + 1 - track.first_msn))

    @property
    def first_msn(self) -> int:
        """The oldest segment that is listed."""
        track = self.leader.ring.track() if self._leader else None
        return track.first_msn if track else 0

    def tracks(self) -> dict[str, Track]:
        found = {name: one.ring.track() for name, one in self.renditions.items()}
        return {name: track for name, track in found.items() if track is not None}

    def lineup(self) -> Lineup | None:
        """Of what is offered; None until each of that has a header and playlists are open."""
        if not self.opened:
            return None
        rungs = [self._rung(one) for one in self.ladder.rungs if one.name in self.offered]
        sounds = [self._sound(one) for one in self.ladder.sounds if one.name in self.offered]
        lit = tuple(one for one in rungs if one is not None)
        heard = tuple(one for one in sounds if one is not None)
        if not lit or len(lit) + len(heard) < len(rungs) + len(sounds):
            return None
        return Lineup(self.ladder.timeline, lit, heard)

    def _rung(self, rung: Rung) -> LiveRung | None:
        rendition = self.renditions[rung.name]
        if rendition.header is None:
            return None
        return LiveRung(
            rung.name,
            rung.cadence,
            codecs_string(rendition.header),
            peak_kbps=rung.peak_kbps,
            average_kbps=rung.wish.bitrate_kbps,
            init=rendition.init,
            width=rung.width,
            height=rung.height,
        )

    def _sound(self, sound: Soundtrack) -> LiveSound | None:
        rendition = self.renditions[sound.name]
        if rendition.header is None:
            return None
        average = sound.wish.bitrate_kbps
        return LiveSound(
            sound.name,
            sound.cadence,
            codecs_string(rendition.header),
            peak_kbps=average * SOUND_PEAK // 100,
            average_kbps=average,
            init=rendition.init,
            label="Main",
            channels=sound.channels,
            # qualities of the one soundtrack: a group each
            group=sound.name,
        )

    def _arrived(self, rendition: Rendition, part: Part) -> None:
        for listener in self.listeners:
            listener(rendition, part)
        if rendition.name == self._leader:
            made = frozenset[str]().union(*self._lives.values())
            for name in self.renditions.keys() - made:
                self.renditions[name].skip_to(part.place)
