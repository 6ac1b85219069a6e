"""Builders: encoders' samples, tracks and lineups, small and complete."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction

from media_runtime.cmaf import Fragment, Sample
from media_runtime.live.clock import Cadence, Timeline, access_units, pictures, timeline
from media_runtime.live.lineup import Lineup, LiveRung, LiveSound
from media_runtime.live.lldash import Service
from media_runtime.live.parts import Cutter, Part, Trouble
from media_runtime.live.ring import Ring
from media_runtime.live.track import Track

FILM, PAL, WEB, NTSC = (Fraction(rate) for rate in ("24000/1001", "25", "30", "30000/1001"))
AAC, AAC_CD = access_units(48_000, 1024), access_units(44_100, 1024)
EAC3, OPUS = access_units(48_000, 1536), access_units(48_000, 960)
MSN = 881_000_000
"""About where a channel of 2 s segments stands that counts from 1970."""


def grid(*cadences: Cadence, epoch: int = 0) -> Timeline:
    return timeline(cadences, epoch=epoch, segment_millis=2000, part_millis=333)


def encoded(
    where: Timeline,
    cadence: Cadence,
    *,
    first: int,
    count: int,
    missing: frozenset[int] = frozenset(),
    keyless: frozenset[int] = frozenset(),
    timescale: int | None = None,
) -> Iterator[Fragment]:
    """One fragment a sample; content tells the sample's number. A key frame begins each segment."""
    scale = timescale or cadence.timescale
    for number in range(first, first + count):
        if number in missing:
            continue
        msn = where.holding(cadence, number)
        key = not cadence.picture or (
            msn.part == 0 and number == where.first(cadence, msn) and msn.msn not in keyless
        )
        length = int(Fraction(cadence.ticks * scale, cadence.timescale))
        decode_time = int(Fraction((number - first) * cadence.ticks * scale, cadence.timescale))
        yield Fragment(decode_time, (Sample(str(number).encode(), length, key),))


def cut(
    where: Timeline, cadence: Cadence, fragments: Iterator[Fragment], *, first: int
) -> list[Part | Trouble]:
    cutter = Cutter(where, cadence, first=first)
    return [made for f in fragments for made in cutter.cut(f, cadence.timescale)]


def parts(made: Sequence[Part | Trouble]) -> list[Part]:
    return [one for one in made if isinstance(one, Part)]


@dataclass(frozen=True)
class History:
    """What happened to a rendition from its first sample on."""

    picture: Fraction = PAL
    sound: Cadence = AAC
    msn: int = MSN
    parts: int = 60
    listed: int = 8
    missing: frozenset[int] = frozenset()
    """Samples, counted from the first."""
    keyless: frozenset[int] = frozenset()
    """Segments, counted from the first."""
    renewed: frozenset[int] = frozenset()
    """Segments, counted from the first, before which the encoder was started anew."""
    ended: bool = False
    cadences: tuple[Cadence, Cadence] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cadences", (pictures(self.picture), self.sound))

    @property
    def grid(self) -> Timeline:
        return grid(*self.cadences)

    def made(self, cadence: Cadence, *, since: int = 0) -> list[Part]:
        """The parts; those of a packager that joined so many segments later if `since` is."""
        where = self.grid
        at = where.holding(cadence, 0)._replace(msn=self.msn)
        begin, end = where.first(cadence, at), where.first(cadence, where.after(at, self.parts))
        first = where.first(cadence, at._replace(msn=self.msn + since)) - (3 if since else 0)
        fragments = encoded(
            where,
            cadence,
            first=first,
            count=end - first,
            missing=frozenset(begin + n for n in self.missing if begin + n != first),
            keyless=frozenset(self.msn + n for n in self.keyless),
        )
        return parts(cut(where, cadence, fragments, first=first))

    def ring(self, cadence: Cadence, name: str) -> Iterator[Ring]:
        """The same ring after each part."""
        ring = Ring(name, self.grid, cadence, listed=self.listed)
        renewals = 0
        for part in self.made(cadence):
            renewed = part.place.part == 0 and part.place.msn - self.msn in self.renewed
            renewals += renewed
            ring.append(part, init=f"init-{renewals}", discontinuity=renewed)
            yield ring
        if self.ended and ring.track() is not None:
            ring.end()
            yield ring


def track(history: History, cadence: Cadence | None = None, name: str = "720p") -> Track:
    """As it stands at the end of a history."""
    *_, ring = history.ring(cadence or history.cadences[0], name)
    found = ring.track()
    assert found is not None
    return found


def lineup(rate: Fraction = PAL, sound: Cadence | None = AAC, *, epoch: int = 0) -> Lineup:
    picture = pictures(rate)
    rungs = (
        LiveRung("720p", picture, "avc1.64001f", 3300, 3000, "init-1", 1280, 720),
        LiveRung("360p", picture, "avc1.64001e", 900, 800, "init-1", 640, 360),
    )
    english = [
        LiveSound("aac", one, "mp4a.40.2", 130, 128, "init-1", "English", 2, language="en")
        for one in ([sound] if sound else [])
    ]
    where = grid(picture, *([sound] if sound else []), epoch=epoch)
    return Lineup(where, rungs, tuple(english))


def service(**changes: object) -> Service:
    usual: dict[str, object] = {
        "published": datetime(2026, 7, 1, 12, tzinfo=UTC),
        "window_seconds": 30,
        "target_millis": 1500,
        "delay_millis": 150,
        "clock_url": "clock",
    }
    return Service(**(usual | changes))  # type: ignore[arg-type]
