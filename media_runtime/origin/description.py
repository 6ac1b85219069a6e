"""title.json: what a page or a person wants to know of a title before playing it."""

from typing import Any

from . import urls
from .address import Address
from .shelf import Shelved
from .soundtracks import soundtracks
from .timeline import playable_seconds


def description(where: Address, shelved: Shelved) -> dict[str, Any]:
    """JSON; paths are relative to it, so that a token in its own path is inherited."""
    index, rev = shelved.index, shelved.revision
    images = index.images if index else None
    playable = index if index and not shelved.ended else None
    return {
        "asset": str(where),
        "name": shelved.name,
        "revision": rev,
        "state": _state(shelved),
        "reason": shelved.ended.reason if shelved.ended else None,
        "message": shelved.ended.message if shelved.ended else None,
        "durationSeconds": float(shelved.duration_seconds),
        "playableSeconds": float(playable_seconds(index)) if index else 0.0,
        "hls": "master.m3u8" if playable and playable.hls else None,
        "dash": "manifest.mpd" if playable and playable.dash else None,
        "poster": f"{rev}/{urls.POSTER}" if images else None,
        "thumbnails": f"{rev}/{urls.THUMBNAILS}" if images and images.pictures else None,
        "renditions": [
            {
                "name": v.rung.name,
                "codecs": v.codecs,
                "width": v.rung.width,
                "height": v.rung.height,
                "frameRate": str(v.rung.rate),
                "range": v.rung.transfer,
                "averageKbps": v.average_kbps,
                "peakKbps": v.peak_kbps,
            }
            for v in (index.video if index else ())
        ],
        "audio": [
            {
                "name": a.rendition.name,
                "label": sound.label,
                "language": sound.language.tag,
                "codecs": a.codecs,
                "channels": a.rendition.channels,
                "averageKbps": a.average_kbps,
            }
            for sound in soundtracks(index.audio if index else ())
            for a in sound.qualities
        ],
    }


def _state(shelved: Shelved) -> str:
    if shelved.ended:
        return "Failed"
    if shelved.index is None:
        return "Waiting"
    return "Complete" if shelved.complete else "Encoding"
