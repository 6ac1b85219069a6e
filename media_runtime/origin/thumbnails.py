"""The thumbnails track: WebVTT cues that each name a picture in a sheet by a media fragment."""

from fractions import Fraction
from itertools import pairwise

from media_runtime.title.index import ImagesIndex, Index

from . import urls


def thumbnails_vtt(index: Index, images: ImagesIndex) -> str:
    """As hls.js-era players read it: `sheet-0.jpg#xywh=x,y,w,h` (W3C Media Fragments 4.2.2)."""
    starts = [Fraction(n * images.every_seconds) for n in range(images.pictures)]
    # A picture past the end would be an empty cue, which WebVTT does not allow.
    marks = [*(s for s in starts if s < index.duration_seconds), index.duration_seconds]
    cues = [
        f"{_clock(start)} --> {_clock(end)}\n{_picture(images, n)}\n"
        for n, (start, end) in enumerate(pairwise(marks))
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _picture(images: ImagesIndex, n: int) -> str:
    sheet, place = divmod(n, images.columns * images.rows)
    row, column = divmod(place, images.columns)
    at = f"{column * images.width},{row * images.height},{images.width},{images.height}"
    return f"{urls.sheet(sheet)}#xywh={at}"


def _clock(seconds: Fraction) -> str:
    millis = int(seconds * 1000)
    return (
        f"{millis // 3_600_000:02}:{millis // 60_000 % 60:02}"
        f":{millis // 1000 % 60:02}.{millis % 1000:03}"
    )
