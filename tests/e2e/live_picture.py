"""The picture that players of a channel are given now."""

import subprocess
from dataclasses import dataclass
from statistics import fmean
from urllib.parse import urljoin

import m3u8

from tests.e2e import media

_LOOKS = 5
"""Pictures of a segment that are looked at."""


@dataclass(frozen=True)
class Colours:
    """Of one picture, in Y, Cb and Cr."""

    mean: tuple[float, float, float]
    spread: int
    """The largest difference between two of its points, in any of the three."""

    def near(self, other: tuple[int, int, int], by: float = 6) -> bool:
        return all(abs(mine - theirs) <= by for mine, theirs in zip(self.mean, other, strict=True))


def newest(playlist_url: str, width: int, height: int) -> list[Colours]:
    """A few of the pictures of the newest whole segment, evenly over it; none before it."""
    playlist = m3u8.loads(media.get(playlist_url).body.decode())  # type: ignore[no-untyped-call]
    whole = [one for one in playlist.segments if one.uri]
    if not whole:
        return []
    segment = whole[-1]
    uris = (segment.init_section.uri, segment.uri)
    parts = [media.get(urljoin(playlist_url, uri)) for uri in uris]
    assert [part.status for part in parts] == [200, 200]
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", "pipe:0", "-f", "rawvideo",
         "-pix_fmt", "yuv420p", "pipe:1"],
        input=b"".join(part.body for part in parts),
        capture_output=True,
        check=True,
    )  # fmt: skip
    assert done.stderr == b""
    size = width * height * 3 // 2
    pictures = [done.stdout[at : at + size] for at in range(0, len(done.stdout), size)]
    assert len(pictures) >= _LOOKS
    return [_colours(one, width * height) for one in pictures[:: len(pictures) // _LOOKS]]


def _colours(picture: bytes, luma: int) -> Colours:
    chroma = luma + luma // 4
    planes = (picture[:luma], picture[luma:chroma], picture[chroma:])
    y, cb, cr = (fmean(plane) for plane in planes)
    return Colours((y, cb, cr), max(max(plane) - min(plane) for plane in planes))
