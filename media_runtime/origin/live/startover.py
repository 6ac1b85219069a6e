"""Playlists that begin at an instant: a pod's own, with what was before left out. Pure.

Whoever starts over from the same instant gets the same bytes. They are made for a viewer who is
minutes behind, so they list whole segments and no parts; who has caught up takes the live playlist.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

ABOVE = "../../"
"""From /live/{channel}/start-over/{instant}/ to where the media is, for all viewers alike."""
START = "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES"

_LOW_LATENCY = (
    "#EXT-X-PART:", "#EXT-X-PART-INF:", "#EXT-X-PRELOAD-HINT:", "#EXT-X-RENDITION-REPORT:",
)  # fmt: skip
_UNWANTED_CONTROL = re.compile(r"(?:CAN-SKIP-UNTIL|PART-HOLD-BACK)=[^,]*,?")
_SEQUENCE = "#EXT-X-MEDIA-SEQUENCE:"
_DISCONTINUITIES = "#EXT-X-DISCONTINUITY-SEQUENCE:"
_DATE = "#EXT-X-PROGRAM-DATE-TIME:"
_MAP = "#EXT-X-MAP:"
_END = "#EXT-X-ENDLIST"
_HEAD = (
    "#EXTM3U", "#EXT-X-VERSION:", "#EXT-X-TARGETDURATION:", "#EXT-X-SERVER-CONTROL:", _SEQUENCE,
    _DISCONTINUITIES, "#EXT-X-INDEPENDENT-SEGMENTS",
)  # fmt: skip


@dataclass
class _Segment:
    lines: list[str] = field(default_factory=list)
    map: str = ""
    discontinuity: bool = False
    shown: float = 0.0
    seconds: float = 0.0


def multivariant_since(playlist: str) -> str:
    """Its media playlists lie beside it; a player is told to begin at their beginning."""
    head, _, rest = playlist.partition("\n")
    return f"{head}\n{START}\n{rest}"


def media_since(playlist: str, instant: int) -> str:
    """From the segment that holds the instant on; from the oldest if that is younger.

    At least the newest whole segment is listed, for no playlist may be empty.
    """
    head, segments, ended = _read(playlist)
    gone = sum(s.shown + s.seconds <= instant for s in segments)
    gone = min(gone, max(0, len(segments) - 1))
    kept = segments[gone:]
    lines = [*_head(head, gone, sum(s.discontinuity for s in segments[:gone]))]
    if kept and kept[0].map and not any(line.startswith(_MAP) for line in kept[0].lines):
        lines.append(kept[0].map)
    lines += [line for segment in kept for line in segment.lines]
    return "\n".join([*lines, *([_END] if ended else [])]) + "\n"


def _head(head: list[str], gone: int, discontinuities: int) -> Iterator[str]:
    for line in head:
        if line.startswith(_SEQUENCE):
            yield f"{_SEQUENCE}{int(line.removeprefix(_SEQUENCE)) + gone}"
        elif line.startswith(_DISCONTINUITIES):
            yield f"{_DISCONTINUITIES}{int(line.removeprefix(_DISCONTINUITIES)) + discontinuities}"
        elif line.startswith("#EXT-X-SERVER-CONTROL:"):
            yield _UNWANTED_CONTROL.sub("", line).rstrip(",")
        else:
            yield line
    yield START


def _read(playlist: str) -> tuple[list[str], list[_Segment], bool]:
    """The head's lines, the whole segments (of a growing one nothing is said), and if it ended."""
    head: list[str] = []
    segments: list[_Segment] = []
    now, last_map, ended = _Segment(), "", False
    for line in playlist.splitlines():
        if line.startswith(_LOW_LATENCY):
            continue
        if line == _END:
            ended = True
        elif line.startswith(_HEAD):
            head.append(line)
        elif line.startswith(_MAP):
            last_map = line.replace('URI="', f'URI="{ABOVE}')
            now.lines.append(last_map)
        elif line.startswith("#"):
            _note(now, line)
        else:
            now.lines.append(ABOVE + line)
            now.map = last_map
            segments.append(now)
            now = _Segment()
    return head, segments, ended


def _note(segment: _Segment, line: str) -> None:
    segment.lines.append(line)
    if line.startswith(_DATE):
        segment.shown = datetime.fromisoformat(line.removeprefix(_DATE)).timestamp()
    elif line.startswith("#EXTINF:"):
        segment.seconds = float(line.removeprefix("#EXTINF:").rstrip(","))
    elif line == "#EXT-X-DISCONTINUITY":
        segment.discontinuity = True
