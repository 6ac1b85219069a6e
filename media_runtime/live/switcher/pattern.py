"""A picture that is made, not sent: a test input, or a slate without an asset. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import strip
from .picture import SAMPLE_RATE

if TYPE_CHECKING:
    from .picture import Picture


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


def generated(pattern: Pattern, picture: Picture) -> list[str]:
    """Inputs 0 (picture) and 1 (sound) of an ffmpeg that reads no file."""
    return [*_lavfi(_drawn(pattern, picture)), *_lavfi(_toned(pattern))]


def _lavfi(graph: str) -> tuple[str, ...]:
    """Our own graph, no user's input: read at the wall clock's pace."""
    # two inputs are read ahead by threads, eight frames by default: stamped so much too early
    return ("-thread_queue_size", "1", "-re", "-f", "lavfi", "-i", graph)


def _drawn(pattern: Pattern, picture: Picture) -> str:
    ground = "smptebars=" if pattern.bars else f"color=c={pattern.colour}:"
    # the form of the output is fixed first: the strip's boxes are counted in its pixels
    canvas = f"{ground}s={picture.width}x{picture.height}:r={picture.rate},format=yuv420p"
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
            drawn.append(rf"drawtext=text='%{{pts\:hms}} UTC':{where}:y=h/2")
        if pattern.strip:
            drawn += strip.filters(picture.width, picture.height)
        drawn.append(f"settb=1/({picture.rate}),setpts=N")
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
    return f"anullsrc=channel_layout=stereo:sample_rate={SAMPLE_RATE}"
