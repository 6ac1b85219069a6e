"""Which output frames a chunk covers on a rung's grid. Pure.

Frame n of a rung is shown at n / rate on the title's timeline, which begins with the picture.
"""

from dataclasses import dataclass
from fractions import Fraction

from media_runtime.title.plan import Chunk, VideoRung


@dataclass(frozen=True, slots=True)
class Span:
    first: int
    count: int

    @property
    def end(self) -> int:
        return self.first + self.count


def span_of(rung: VideoRung, chunk: Chunk) -> Span:
    first = chunk.first_segment * rung.segment_frames
    end = (chunk.first_segment + chunk.segments) * rung.segment_frames
    return Span(first, min(end, rung.frames) - first)


def seconds(frames: int, rung: VideoRung) -> Fraction:
    return frames / rung.rate


def decimal(value: Fraction) -> str:
    """As ffmpeg reads times: to the microsecond, which is all that it keeps."""
    micros = round(value * 1_000_000)
    sign, micros = ("-" if micros < 0 else ""), abs(micros)
    return f"{sign}{micros // 1_000_000}.{micros % 1_000_000:06d}"
