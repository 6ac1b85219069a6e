"""The packets of a source: when each is shown, where its bytes lie. One pass of ffprobe.

This is the part of the probe that is linear in the length of the title: about a microsecond of
ffprobe and two of ours for each packet, 10,000 packets a minute of film.
"""

from __future__ import annotations

from array import array
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from media_runtime.failure import Refused
from media_runtime.ffmpeg import (
    FFPROBE,
    OverTime,
    input_flags,
    require_success,
    spawned,
    url,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from media_runtime.ffmpeg import Ended, Format

_PIECE = 1 << 20


def _numbers() -> array[int]:
    return array("q")


@dataclass
class Packets:
    """Of one stream, in decoding order. Times in ticks of the stream's time base."""

    pts: array[int] = field(default_factory=_numbers)
    dts: array[int] = field(default_factory=_numbers)
    undated: set[int] = field(default_factory=set)
    """Packets without a decoding time, as at the beginning of a Matroska file: it holds pts."""
    untold: list[int] = field(default_factory=list)
    """Packets without a presentation time: it holds the decoding time until `settled`."""
    duration: array[int] = field(default_factory=_numbers)
    """0 where it is not told."""
    size: array[int] = field(default_factory=_numbers)
    position: array[int] = field(default_factory=_numbers)
    """Byte in the file; -1 where it is not told."""
    key: bytearray = field(default_factory=bytearray)
    discard: bytearray = field(default_factory=bytearray)
    """Decoded but never shown: an edit list cuts it off."""
    digests: list[bytes] = field(default_factory=list)
    """Of each packet's bytes; filled where they were asked for."""

    def __len__(self) -> int:
        return len(self.pts)

    def settle(self) -> None:
        """Gives times to frames that have none in a programme stream: those that are reordered.

        A frame is shown when some other one is decoded (ISO/IEC 13818-2 6.1.1.11), so the times
        that no frame claims are theirs, in their order. Where no frame has one, as in AVI, the
        decoding times stand.
        """
        if len(self.untold) == len(self.pts):
            return
        lacking = set(self.untold)
        claimed = {pts for n, pts in enumerate(self.pts) if n not in lacking}
        free = deque(sorted(set(self.dts) - claimed))
        for n in self.untold:
            while free and free[0] <= self.dts[n]:
                free.popleft()
            self.pts[n] = free.popleft() if free else self.dts[n] + 2 * self.duration[n]


@dataclass(frozen=True)
class Scan:
    packets: dict[int, Packets]
    """By stream index."""
    beyond_the_end: int
    """Packets that the index names, but whose bytes the file does not have."""
    ended: Ended
    astray: int = 0
    """Packets with impossible times."""


class _Reader:
    """Takes ffprobe's lines: stream|pts|dts|duration|size|pos|flags[|hash]."""

    def __init__(self, streams: Iterable[int], file_size: int) -> None:
        self.packets = {index: Packets() for index in streams}
        self.beyond_the_end = 0
        self._file_size = file_size
        self._last: Packets | None = None

    def take(self, line: str) -> None:
        fields = line.strip().split("|")
        if fields[0] == "":  # the rest of a packet with side data: its hash
            if self._last is not None and ":" in fields[-1]:
                self._last.digests.append(bytes.fromhex(fields[-1].partition(":")[2]))
            return
        self._last = None
        if len(fields) < 7 or (into := self.packets.get(int(fields[0]))) is None:
            return
        shown = fields[1] if fields[1] != "N/A" else fields[2]
        if shown == "N/A":  # a continuation of the one before it: it has no time of its own
            return
        if fields[1] == "N/A":
            into.untold.append(len(into))
        size = _number(fields[4], 0)
        position = _number(fields[5], -1)
        if position >= 0 and position + size > self._file_size:
            self.beyond_the_end += 1
            return
        if fields[2] == "N/A":
            into.undated.add(len(into))
        into.pts.append(int(shown))
        into.dts.append(_number(fields[2], int(shown)))
        into.duration.append(max(0, _number(fields[3], 0)))
        into.size.append(size)
        into.position.append(position)
        into.key.append("K" in fields[6])
        into.discard.append("D" in fields[6])
        if len(fields) > 7 and ":" in fields[7]:
            into.digests.append(bytes.fromhex(fields[7].partition(":")[2]))
        self._last = into


def _number(text: str, otherwise: int) -> int:
    return otherwise if text == "N/A" else int(text)


def argv(file: Path, format: Format, *, max_pixels: int, hashed: bool) -> list[str]:  # noqa: A002
    fields = "stream_index,pts,dts,duration,size,pos,flags" + (",data_hash" if hashed else "")
    return [
        *FFPROBE,
        *input_flags(format, max_pixels=max_pixels),
        # what the streams are is known by now: look no further into them
        *("-analyzeduration", "0", "-fpsprobesize", "0"),
        # an index tells all, so that the packets' bytes need not be there
        *(() if hashed else ("-fflags", "+noparse")),
        *("-show_entries", f"packet={fields}"),
        *(("-show_data_hash", "sha256") if hashed else ()),
        *("-of", "compact=print_section=0:nokey=1"),
        url(file),
    ]


async def scan(
    file: Path,
    format: Format,  # noqa: A002
    streams: Iterable[int],
    *,
    file_size: int,
    max_pixels: int,
    hashed: bool,
    wall_seconds: float,
) -> Scan:
    """Raises Refused(InputCorrupt) and TryAgain."""
    reader = _Reader(streams, file_size)
    arguments = argv(file, format, max_pixels=max_pixels, hashed=hashed)
    try:
        async with spawned(arguments, wall_seconds=wall_seconds) as child:
            rest = ""
            while piece := await child.stdout.read(_PIECE):
                *lines, rest = (rest + piece.decode("ascii", "replace")).split("\n")
                for line in lines:
                    reader.take(line)
            ended = await child.ended()
    except OverTime as e:
        raise Refused("InputCorrupt", f"its packets were not read in {wall_seconds:g} s") from e
    for packets in reader.packets.values():
        packets.settle()
    if not any(len(packets) for packets in reader.packets.values()):
        require_success(ended, "InputCorrupt", "reading its packets")
        raise Refused("InputCorrupt", "the source has no packets that can be read")
    return Scan(reader.packets, reader.beyond_the_end, ended)
