"""A picture that is made, not sent: a test input, or a slate without an asset. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import strip
from .picture import SAMPLE_RATE

if TYPE_CHECKING:
    from fractions import Fraction

    from .picture import Picture

_SLOW_SAMPLES = 2_400
"""Of silence at once where pictures are few, too: 50 ms, well within the cushion of an input."""
_MILLIS, _SECONDS = r"%{pts\:hms} UTC", r"%{pts\:gmtime\:0\:%T} UTC"


@dataclass(frozen=True)
class Pattern:
    """A picture of one colour, or of bars, that tells the time."""

    colour: str = "0x202830"
    text: str = ""
    clock: bool = True
    tone_hertz: int = 0
    """0 is silence."""
    bars: bool = False
    """Colour bars instead of the one colour."""
    strip: bool = False
    """The time for machines too: switcher/strip.py."""
    a_second: int = 0
    """Pictures drawn a second, about; each is shown until the next. 0: one for each frame."""

    def every(self, rate: Fraction) -> int:
        """So many frames of the output show one of its pictures."""
        return max(1, round(rate / self.a_second)) if self.a_second else 1


def generated(pattern: Pattern, picture: Picture) -> list[str]:
    """Inputs 0 (picture) and 1 (sound) of an ffmpeg that reads no file."""
    return [*_lavfi(_drawn(pattern, picture)), *_lavfi(_toned(pattern))]


def _lavfi(graph: str) -> tuple[str, ...]:
    """Our own graph, no user's input: read at the wall clock's pace."""
    # two inputs are read ahead by threads, eight frames by default: stamped so much too early
    return ("-thread_queue_size", "1", "-re", "-f", "lavfi", "-i", graph)


def _drawn(pattern: Pattern, picture: Picture) -> str:
    ground = "smptebars=" if pattern.bars else f"color=c={pattern.colour}:"
    every = pattern.every(picture.rate)
    rate = picture.rate / every
    # the form of the output is fixed first: the strip's boxes are counted in its pixels
    canvas = f"{ground}s={picture.width}x{picture.height}:r={rate},format=yuv420p"
    size = max(8, picture.height // 10)
    plate = ":box=1:boxcolor=black@0.6:boxborderw=4" if pattern.bars else ""
    where = f"fontcolor=white:fontsize={size}:x=(w-text_w)/2{plate}"
    drawn = [canvas]
    if pattern.text:
        drawn.append(f"drawtext=expansion=none:text={_quoted(pattern.text)}:{where}:y=h/3")
    if pattern.clock or pattern.strip:
        # each frame's own instant, to the millisecond, and then its place on the grid again
        drawn.append(strip.STAMPED)
        if pattern.clock:
            shown = _MILLIS if every == 1 else _SECONDS
            drawn.append(f"drawtext=text='{shown}':{where}:y=h/2")
        if pattern.strip:
            drawn += strip.filters(picture.width, picture.height)
        drawn.append(f"settb=1/({rate}),setpts=N")
    return ",".join(drawn)


def _quoted(text: str) -> str:
    """Text for a filter's option: read twice, by the graph (the quotes) and by the option (colons).

    What no escape gets through both is left out or written otherwise.
    """
    plain = text.replace("\\", "").replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
    return "'" + plain.replace(":", r"\:") + "'"


def _toned(pattern: Pattern) -> str:
    if pattern.tone_hertz:
        return f"sine=frequency={pattern.tone_hertz}:sample_rate={SAMPLE_RATE}"
    silence = f"anullsrc=channel_layout=stereo:sample_rate={SAMPLE_RATE}"
    return f"{silence}:nb_samples={_SLOW_SAMPLES}" if pattern.a_second else silence
