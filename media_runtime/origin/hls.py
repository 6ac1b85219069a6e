"""HLS (RFC 8216bis, protocol version 7): an index rendered as playlists, and nothing else known."""

from collections.abc import Iterable, Iterator

from media_runtime.title.index import AudioIndex, Index, Track, VideoIndex

from . import urls
from .soundtracks import Soundtrack, groups
from .timeline import microseconds, target_seconds

Members = list[tuple[Soundtrack, AudioIndex]]

FIRST_KBPS = 2500
"""What older clients start with: the best rung within this. Apple's HLS authoring specification
(9.1 and 9.2) asks for about 2 Mbit/s in the first variant."""

VIDEO_RANGE = {"SDR": "SDR", "HDR10": "PQ", "HLG": "HLG"}


def multivariant_playlist(index: Index) -> str:
    """Each rung with each audio group, or each audio group alone where there is no picture."""
    sound = groups(index.audio)
    return _text(
        [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            "#EXT-X-INDEPENDENT-SEGMENTS",
            *(_media(index, group, i, m) for group, ms in sound.items() for i, m in enumerate(ms)),
            *_variants(index, sound),
        ]
    )


def media_playlist(index: Index, track: Track, rendition: str) -> str:
    """VOD, which never changes: only for a title that is complete."""
    return _text(
        [
            *_head(index, "VOD"),
            f'#EXT-X-MAP:URI="{urls.init(rendition)}"',
            *_segments(track, rendition),
            "#EXT-X-ENDLIST",
        ]
    )


def growing_playlist(index: Index, track: Track, rendition: str) -> str:
    """EVENT, which RFC 8216 section 6.2.1 lets grow at its end and change in nothing else.

    So it stays EVENT when the title is complete, and its end is the last line it ever gets.
    """
    at = f"../{rendition}"
    return _text(
        [
            *_head(index, "EVENT"),
            # A growing film is watched from its start, not from its edge.
            "#EXT-X-START:TIME-OFFSET=0",
            f'#EXT-X-MAP:URI="{urls.init(at)}"',
            *_segments(track, at),
            *(["#EXT-X-ENDLIST"] if index.complete else []),
        ]
    )


def _head(index: Index, kind: str) -> list[str]:
    return [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{target_seconds(index)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{kind}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]


def _playlist(index: Index, rendition: str) -> str:
    """Where a rendition is told, as the multivariant playlist names it."""
    path = urls.media_playlist if index.complete else urls.growing_playlist
    return f"{urls.revision(index.title)}/{path(rendition)}"


def _segments(track: Track, at: str) -> Iterator[str]:
    for n, length in enumerate(microseconds(track)):
        yield f"#EXTINF:{length // 1_000_000}.{length % 1_000_000:06},"
        yield urls.segment(at, n)


def _media(index: Index, group: str, position: int, member: tuple[Soundtrack, AudioIndex]) -> str:
    sound, track = member
    return _tag(
        "EXT-X-MEDIA",
        TYPE="AUDIO",
        GROUP_ID=_quoted(group),
        NAME=_quoted(sound.label),
        LANGUAGE=_quoted(sound.language.tag) if sound.language.tag else None,
        DEFAULT="YES" if position == 0 else "NO",
        AUTOSELECT="YES",
        CHANNELS=_quoted(str(track.rendition.channels)),
        URI=_quoted(_playlist(index, track.rendition.name)),
    )


def _variants(index: Index, sound: dict[str, Members]) -> Iterator[str]:
    hdr = any(v.rung.transfer != "SDR" for v in index.video)
    for group, members in (sound or {"": []}).items():
        if not index.video:
            yield _tag("EXT-X-STREAM-INF", **_rates([], members), AUDIO=_quoted(group))
            yield _playlist(index, members[0][1].rendition.name)
        for video in _in_order(index.video):
            rung = video.rung
            yield _tag(
                "EXT-X-STREAM-INF",
                **_rates([video], members),
                RESOLUTION=f"{rung.width}x{rung.height}",
                FRAME_RATE=f"{float(rung.rate):.3f}",
                VIDEO_RANGE=VIDEO_RANGE[rung.transfer] if hdr else None,
                AUDIO=_quoted(group) if group else None,
                CLOSED_CAPTIONS="NONE",
            )
            yield _playlist(index, rung.name)


def _in_order(video: tuple[VideoIndex, ...]) -> list[VideoIndex]:
    """From the top down, but first the one to start with."""
    down = sorted(video, key=lambda v: v.average_kbps, reverse=True)
    if not down:
        return []
    plain = [v for v in down if v.rung.codec == "H264"] or down
    first = next((v for v in plain if v.average_kbps <= FIRST_KBPS), plain[-1])
    return [first, *(v for v in down if v is not first)]


def _rates(video: list[VideoIndex], members: Members) -> dict[str, str]:
    """A variant's rates count its dearest soundtrack, for that may be the one that plays."""
    sound = [track for _, track in members]
    peak = sum(v.peak_kbps for v in video) + max((a.peak_kbps for a in sound), default=0)
    average = sum(v.average_kbps for v in video) + max((a.average_kbps for a in sound), default=0)
    codecs = dict.fromkeys(track.codecs for track in (*video, *sound))
    return {
        "BANDWIDTH": str(peak * 1000),
        "AVERAGE_BANDWIDTH": str(average * 1000),
        "CODECS": _quoted(",".join(codecs)),
    }


def _tag(tag: str, **attributes: str | None) -> str:
    pairs = (f"{k.replace('_', '-')}={v}" for k, v in attributes.items() if v is not None)
    return f"#{tag}:{','.join(pairs)}"


def _quoted(value: str) -> str:
    """A quoted-string holds no quote and no line break (RFC 8216 section 4.2)."""
    return '"' + "".join(c for c in value if c not in '"\r\n') + '"'


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
