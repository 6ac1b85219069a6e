"""Access units of sound: how many a title takes, and where its segments are cut. Pure.

Unit k of a rendition is heard from k * frame to (k + 1) * frame samples of the title's timeline,
exactly: what an encoder puts before (its delay) is cut off here, so no player has to know of it.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from media_runtime.title.plan import AudioCodec


@dataclass(frozen=True, slots=True)
class Framing:
    frame: int
    """Samples of an access unit."""
    delay: int
    """Samples by which the encoder is late: its first unit begins so much before its input."""

    @property
    def lead(self) -> int:
        """Samples of silence to put first, so that what is late fills whole units."""
        return -self.delay % self.frame

    @property
    def dropped(self) -> int:
        """Units that come out before the title's first."""
        return (self.lead + self.delay) // self.frame


FRAMING: dict[AudioCodec, Framing] = {
    "AAC": Framing(frame=1024, delay=1024),  # ffmpeg's encoder: one window of overlap
    "Opus": Framing(frame=960, delay=312),  # libopus: 6.5 ms of lookahead at 48 kHz
    "EAC3": Framing(frame=1536, delay=256),
}


def units_in(seconds: Fraction, sample_rate: int, frame: int) -> int:
    """As many as it takes to last to the end; the last may run past it by less than itself."""
    return max(1, ceil(seconds * sample_rate / frame))


def segment_cuts(
    duration: Fraction, segment_seconds: Fraction, sample_rate: int, frame: int
) -> tuple[int, ...]:
    """Where segments begin, in units, and where the last ends.

    Each cut is the one nearest to the picture's: rounded anew every time, so nothing adds up.
    """
    total = units_in(duration, sample_rate, frame)
    count = ceil(duration / segment_seconds)
    unit = Fraction(frame, sample_rate)
    cuts = [floor(n * segment_seconds / unit + Fraction(1, 2)) for n in range(count)]
    # a last segment shorter than half a unit would have nothing in it
    return (*(cut for cut in cuts if cut < total), total)


def run_lengths(segments: int, segment_seconds: Fraction) -> list[int]:
    """Segments in each object: two at first, so that playback can begin; then a minute."""
    usual = max(1, round(60 / segment_seconds))
    lengths = [min(2, segments)]
    while (rest := segments - sum(lengths)) > 0:
        # the last takes a short remainder with it
        lengths.append(rest if rest < 1.5 * usual else usual)
    return lengths
