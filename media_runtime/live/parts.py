"""An encoder's samples cut into parts (CMAF chunks) on the channel's timeline. No I/O, no clock.

What an encoder leaves out is told as a value, and its place on the timeline is kept: as a longer
picture, or as a part that is missing. Numbers never move.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from media_runtime.cmaf import Fragment, Header, Sample, write_segment
from media_runtime.cmaf.boxes import Malformed
from media_runtime.cmaf.opus import without_pre_skip

from .clock import Cadence, Place, Timeline

LONGEST_GAP_SEGMENTS = 30
"""An encoder that leaps further is not late: its clock is wrong, and it is to be started anew."""


@dataclass(frozen=True, slots=True)
class Part:
    place: Place
    start: int
    """Ticks from the epoch."""
    ticks: int
    content: bytes
    """moof and mdat, after a styp in a segment's first part; empty where nothing could be made."""
    independent: bool
    """Decoding can begin with it."""

    @property
    def gap(self) -> bool:
        return not self.content


def gap(timeline: Timeline, cadence: Cadence, place: Place) -> Part:
    """A part that nobody made, in its place."""
    start = timeline.first(cadence, place)
    end = timeline.first(cadence, timeline.after(place))
    ticks = cadence.ticks
    return Part(place, start * ticks, (end - start) * ticks, b"", independent=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """Samples that the encoder did not deliver, by their numbers from the epoch."""

    first: int
    end: int
    """The first that came again."""


@dataclass(frozen=True, slots=True)
class Late:
    """A sample for a time that is over; it was dropped."""

    sample: int
    due: int


@dataclass(frozen=True, slots=True)
class NoKeyFrame:
    """A segment cannot be decoded from its start, so all its parts are missing."""

    msn: int


Trouble = Missing | Late | NoKeyFrame


class Cutter:
    """Of one rendition; begins with the first segment that is there from its first sample."""

    def __init__(self, timeline: Timeline, cadence: Cadence, *, first: int) -> None:
        """`first` is the number, from the epoch, of the encoder's first sample."""
        self.shift = 0
        """What the header's edit list takes back, in ticks; known once the first sample was cut."""
        self._timeline, self._cadence, self._first = timeline, cadence, first
        self._origin: int | None = None
        self._place: Place | None = None
        self._borders = 0, 0
        self._due = first
        self._sound: bool | None = None
        self._held: list[tuple[int, Sample]] = []

    def cut(self, fragment: Fragment, timescale: int) -> Iterator[Part | Trouble]:
        """Of the encoder's timescale; a part as soon as its last sample is there.

        Raises Malformed if the encoder's clock leaps.
        """
        decode_time = fragment.decode_time
        for sample in fragment.samples:
            if self._origin is None:
                self._origin = decode_time
                # A key frame is shown first: its offset is what reordering costs all pictures.
                self.shift = self._rescaled(sample.offset, timescale)
            passed = (decode_time - self._origin) * self._cadence.timescale
            number = self._first + _nearest(passed, timescale * self._cadence.ticks)
            offset = self._rescaled(sample.offset, timescale)
            moved = sample if offset == sample.offset else replace(sample, offset=offset)
            yield from self._add(number, moved)
            decode_time += sample.duration

    def _rescaled(self, ticks: int, timescale: int) -> int:
        return _nearest(ticks * self._cadence.timescale, timescale)

    def _add(self, number: int, sample: Sample) -> Iterator[Part | Trouble]:
        if self._place is None:
            yield from self._begin(number, sample)
        elif number < self._due:
            yield Late(number, self._due)
            return
        elif number > self._due:
            yield from self._leap(number)
        self._due = number + 1
        if self._place is None:
            return
        if self._sound is None:
            starts = number == self._timeline.first(self._cadence, Place(self._place.msn, 0))
            self._sound = starts and sample.key
            if not self._sound:
                yield NoKeyFrame(self._place.msn)
        if self._sound:
            self._held.append((number, sample))
        if self._due == self._borders[1]:
            yield self._close(self._place)

    def _begin(self, number: int, sample: Sample) -> Iterator[NoKeyFrame]:
        place = self._timeline.holding(self._cadence, number)
        if place.part or number != self._timeline.first(self._cadence, place):
            return
        if sample.key:
            self._turn_to(place)
        else:
            yield NoKeyFrame(place.msn)

    def _leap(self, number: int) -> Iterator[Part | Trouble]:
        """Closes the parts that nothing more will come for."""
        leapt = (number - self._due) / self._cadence.rate
        if leapt > LONGEST_GAP_SEGMENTS * self._timeline.segment:
            raise Malformed(f"the encoder's clock leaps by {float(leapt):.1f} s: start it anew")
        yield Missing(self._due, number)
        while self._place is not None and number >= self._borders[1]:
            yield self._close(self._place)

    def _turn_to(self, place: Place) -> None:
        """The part at hand, and the numbers of its first sample and of the first behind it."""
        after = self._timeline.after(place)
        first, end = (self._timeline.first(self._cadence, one) for one in (place, after))
        self._place, self._borders = place, (first, end)

    def _close(self, place: Place) -> Part:
        (first, end), ticks = self._borders, self._cadence.ticks
        part = Part(
            place=place,
            start=first * ticks,
            ticks=(end - first) * ticks,
            content=self._written(place, end) if self._held else b"",
            independent=bool(self._held) and self._held[0][1].key,
        )
        self._held = []
        following = self._timeline.after(place)
        self._turn_to(following)
        if following.part == 0:
            self._sound = None
        return part

    def _written(self, place: Place, end: int) -> bytes:
        """A sample lasts until the next that came, or to the end of the part."""
        ticks, numbers = self._cadence.ticks, [number for number, _ in self._held]
        samples = [
            replace(sample, duration=(following - number) * ticks)
            for (number, sample), following in zip(self._held, [*numbers[1:], end], strict=True)
        ]
        return write_segment(
            samples,
            # a 32-bit field that players only want to grow
            sequence=(place.msn * self._timeline.parts + place.part + 1) & 0xFFFF_FFFF,
            decode_time=numbers[0] * ticks,
            styp=place.part == 0,
        )


def _nearest(dividend: int, divisor: int) -> int:
    """As `nearest` of their fraction, which is made some hundred times a second here."""
    return (2 * dividend + divisor) // (2 * divisor)


def live_header(header: Header, cadence: Cadence, shift: int) -> Header:
    """The header that goes with a Cutter's parts, of what the encoder said in its own."""
    return replace(without_pre_skip(header), timescale=cadence.timescale, shift=shift)
