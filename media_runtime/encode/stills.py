"""The stills of a stretch: a small output of the graph that makes its rungs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from media_runtime.ffmpeg import url
from media_runtime.title.ledger import Stills
from media_runtime.title.pictures import GRID, poster_rung

from .colour import to_jpeg, tone_mapped
from .graph import STILLS
from .span import decimal, seconds, span_of

if TYPE_CHECKING:
    from pathlib import Path

    from media_runtime.title.pictures import Wanted
    from media_runtime.title.plan import Chunk, Plan, VideoTrack

_JPEG = (
    *("-fps_mode", "passthrough"),
    # better than the sheets and the poster, which are made of them
    *("-q:v", "2"),
    *("-f", "image2", "-start_number", "0"),
    *("-atomic_writing", "1"),  # a file that is there is whole
)


def stills_lines(plan: Plan, track: VideoTrack, stretch: Chunk, wanted: Wanted) -> list[str]:
    """From [stills], the source's frames on the title's clock, to [thumbnails] and [posters]."""
    if plan.images is None or not wanted.places:
        return []
    start = _grid_start(plan, stretch)
    here = "+".join(f"eq(n,{place - start})" for place in wanted.places)
    paced = (
        f"[{STILLS}]fps=fps={GRID}:start_time={decimal(Fraction(start, GRID))}:round=near,"
        # without end it would go on for ever after its last picture, to find no other
        f"tpad=stop=-1:stop_mode=clone,trim=end_frame={wanted.places[-1] - start + 1},"
        f"select='{here}'"
    )
    small = _jpeg(track, plan.images.width, plan.images.height)
    if not wanted.posters:
        return [f"{paced},{small}[thumbnails]"]
    model = poster_rung(plan.rungs)
    large = _jpeg(track, model.width, model.height)
    return [
        f"{paced},split=2[small][large]",
        f"[small]{small}[thumbnails]",
        f"[large]select='lt(n,{wanted.posters})',{large}[posters]",
    ]


def _jpeg(track: VideoTrack, width: int, height: int) -> str:
    mapped = f"{tone_mapped(track, width, height)}," if track.transfer != "SDR" else ""
    return mapped + to_jpeg(track, width, height)


def _grid_start(plan: Plan, stretch: Chunk) -> int:
    """The first place of the grid that is not before the stretch."""
    some = plan.rungs[0]
    begin = seconds(span_of(some, stretch).first, some)
    return ceil(begin * GRID)


def stills_outputs(wanted: Wanted, folder: Path) -> list[str]:
    """Ffmpeg's flags for what `stills_lines` gives."""
    flags: list[str] = []
    for label, count in (("thumbnails", len(wanted.places)), ("posters", wanted.posters)):
        if count:
            flags += ["-map", f"[{label}]", "-frames:v", str(count), *_JPEG]
            flags += ["-y", url(folder / f"{label}-%d.jpg")]
    return flags


@dataclass(frozen=True)
class Files:
    """The stills of one chunk, on the disk or about to be."""

    thumbnails: tuple[Path, ...] = ()
    posters: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        return (*self.thumbnails, *self.posters)

    def read(self) -> Stills:
        return Stills(
            thumbnails=tuple(file.read_bytes() for file in self.thumbnails),
            posters=tuple(file.read_bytes() for file in self.posters),
        )


def files(folder: Path, stretch: Wanted, chunk: Wanted) -> Files:
    """What the chunk has of the stretch's pictures."""
    first = stretch.places.index(chunk.places[0]) if chunk.places else 0
    return Files(
        tuple(folder / f"thumbnails-{first + n}.jpg" for n in range(len(chunk.places))),
        tuple(folder / f"posters-{first + n}.jpg" for n in range(chunk.posters)),
    )
