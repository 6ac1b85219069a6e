"""The multivariant playlist of a channel: its lineup, which changes only as encoders do. Pure."""

from collections.abc import Iterator, Sequence

from media_runtime.origin.hls import FIRST_KBPS, VIDEO_RANGE

from . import urls
from .lineup import Lineup, LiveRung, LiveSound
from .llhls import VERSION
from .tags import quoted, tag, text


def multivariant_playlist(lineup: Lineup) -> str:
    """Each rung with each group of soundtracks, or each group alone where there is no picture."""
    groups: dict[str, list[LiveSound]] = {}
    for sound in lineup.sounds:
        groups.setdefault(sound.group, []).append(sound)
    return text(
        [
            "#EXTM3U",
            f"#EXT-X-VERSION:{VERSION}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            *(_media(sound, n) for sounds in groups.values() for n, sound in enumerate(sounds)),
            *_variants(lineup.rungs, groups),
        ]
    )


def _media(sound: LiveSound, position: int) -> str:
    return tag(
        "EXT-X-MEDIA",
        TYPE="AUDIO",
        GROUP_ID=quoted(sound.group),
        NAME=quoted(sound.label),
        LANGUAGE=quoted(sound.language) if sound.language else None,
        DEFAULT="YES" if position == 0 else "NO",
        AUTOSELECT="YES",
        CHANNELS=quoted(str(sound.channels)),
        URI=quoted(urls.media_playlist(sound.name)),
    )


def _variants(rungs: tuple[LiveRung, ...], groups: dict[str, list[LiveSound]]) -> Iterator[str]:
    hdr = any(rung.transfer != "SDR" for rung in rungs)
    for group, sounds in (groups or {"": []}).items():
        if not rungs:
            yield tag("EXT-X-STREAM-INF", **_rates(None, sounds), AUDIO=quoted(group))
            yield urls.media_playlist(sounds[0].name)
        for rung in _in_order(rungs):
            yield tag(
                "EXT-X-STREAM-INF",
                **_rates(rung, sounds),
                RESOLUTION=f"{rung.width}x{rung.height}",
                FRAME_RATE=f"{float(rung.rate):.3f}",
                VIDEO_RANGE=VIDEO_RANGE[rung.transfer] if hdr else None,
                AUDIO=quoted(group) if group else None,
                CLOSED_CAPTIONS="NONE",
            )
            yield urls.media_playlist(rung.name)


def _in_order(rungs: tuple[LiveRung, ...]) -> list[LiveRung]:
    """From the top down, but first the one to start with."""
    down = sorted(rungs, key=lambda rung: rung.average_kbps, reverse=True)
    if not down:
        return []
    plain = [rung for rung in down if rung.codecs.startswith("avc")] or down
    first = next((rung for rung in plain if rung.average_kbps <= FIRST_KBPS), plain[-1])
    return [first, *(rung for rung in down if rung is not first)]


def _rates(rung: LiveRung | None, sounds: Sequence[LiveSound]) -> dict[str, str]:
    """A variant's rates count its dearest soundtrack, for that may be the one that plays."""
    peak = (rung.peak_kbps if rung else 0) + max((s.peak_kbps for s in sounds), default=0)
    average = (rung.average_kbps if rung else 0) + max((s.average_kbps for s in sounds), default=0)
    codecs = dict.fromkeys([*([rung.codecs] if rung else []), *(s.codecs for s in sounds)])
    return {
        "BANDWIDTH": str(peak * 1000),
        "AVERAGE_BANDWIDTH": str(average * 1000),
        "CODECS": quoted(",".join(codecs)),
    }
