"""DASH (ISO/IEC 23009-1, 5th edition): an index rendered as an MPD, and nothing else known."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from math import ceil
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from media_runtime.title.index import AudioIndex, ImagesIndex, Index, Track, VideoIndex

from . import urls
from .soundtracks import Soundtrack, soundtracks
from .timeline import durations, playable_seconds, target_seconds

PROFILES = "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019"
CHANNELS = "urn:mpeg:mpegB:cicp:ChannelConfiguration"
CHANNEL_CONFIGURATION = {7: 11, 8: 12}
"""ISO/IEC 23091-3: up to 5.1 the number is the count; 6.1 and 7.1 have numbers of their own."""
TRANSFER = {"HDR10": 16, "HLG": 18}
"""ISO/IEC 23091-2: PQ and HLG, both in BT.2020."""
TILES = "http://dashif.org/guidelines/thumbnail_tile"

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""When a title that is still encoded became available: long ago, so that everything that is named
may be asked for, whatever a client's clock says. Its timeline alone says how far it goes."""
UPDATE_SECONDS = 2


def mpd(index: Index) -> bytes:
    """Static once the title is complete, before that dynamic with a timeline that grows."""
    root = Element("MPD", _root(index))
    period = SubElement(root, "Period", id="0", start="PT0S")
    rev = urls.revision(index.title)
    for video in _switchable(index.video):
        _video_set(period, video, rev)
    for sound in soundtracks(index.audio):
        for qualities in _alike(sound):
            _audio_set(period, sound, qualities, rev)
    # Tiles are numbered by the clock, which a growing title's is not meant for.
    if index.images and index.images.sheets and index.complete:
        _thumbnails_set(period, index.images, rev)
    for n, adaptation_set in enumerate(period):
        adaptation_set.set("id", str(n))
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _root(index: Index) -> dict[str, str]:
    always = {
        "xmlns": "urn:mpeg:dash:schema:mpd:2011",
        "profiles": PROFILES,
        "minBufferTime": _duration(Fraction(target_seconds(index))),
        "maxSegmentDuration": _duration(Fraction(target_seconds(index) + 1)),
    }
    if index.complete:
        longest = max(_end(t) for t in (*index.video, *index.audio))
        return always | {"type": "static", "mediaPresentationDuration": _duration(longest)}
    grown = timedelta(microseconds=int(playable_seconds(index) * 1_000_000))
    return always | {
        "type": "dynamic",
        "availabilityStartTime": _moment(BEGINNING),
        # Not the clock's, so that every replica writes the same bytes of the same index.
        "publishTime": _moment(BEGINNING + grown),
        "minimumUpdatePeriod": _duration(Fraction(UPDATE_SECONDS)),
    }


def _switchable(video: tuple[VideoIndex, ...]) -> list[list[VideoIndex]]:
    """Rungs that a decoder can switch between without being set up anew."""

    def kind(v: VideoIndex) -> tuple[str, str]:
        return v.rung.codec, v.rung.transfer

    kinds = dict.fromkeys(map(kind, video))
    return [[v for v in video if kind(v) == one] for one in kinds]


def _alike(sound: Soundtrack) -> list[list[AudioIndex]]:
    def kind(a: AudioIndex) -> tuple[str, int]:
        return a.rendition.codec, a.rendition.channels

    return [list(same) for _, same in groupby(sorted(sound.qualities, key=kind), key=kind)]


def _video_set(period: Element, video: list[VideoIndex], rev: str) -> None:
    found = SubElement(
        period,
        "AdaptationSet",
        contentType="video",
        mimeType="video/mp4",
        segmentAlignment="true",
        startWithSAP="1",
        maxWidth=str(max(v.rung.width for v in video)),
        maxHeight=str(max(v.rung.height for v in video)),
    )
    if video[0].rung.transfer in TRANSFER:
        _property(found, "urn:mpeg:mpegB:cicp:ColourPrimaries", 9)
        _property(found, "urn:mpeg:mpegB:cicp:MatrixCoefficients", 9)
        _property(
            found, "urn:mpeg:mpegB:cicp:TransferCharacteristics", TRANSFER[video[0].rung.transfer]
        )
    for v in video:
        representation = SubElement(
            found,
            "Representation",
            id=v.rung.name,
            codecs=v.codecs,
            bandwidth=str(v.peak_kbps * 1000),
            width=str(v.rung.width),
            height=str(v.rung.height),
            frameRate=str(v.rung.rate),
        )
        _template(representation, v, rev)


def _audio_set(period: Element, sound: Soundtrack, qualities: list[AudioIndex], rev: str) -> None:
    language = {"lang": sound.language.tag} if sound.language.tag else {}
    found = SubElement(
        period,
        "AdaptationSet",
        language,
        contentType="audio",
        mimeType="audio/mp4",
        segmentAlignment="true",
        startWithSAP="1",
    )
    channels = qualities[0].rendition.channels
    SubElement(
        found,
        "AudioChannelConfiguration",
        schemeIdUri=CHANNELS,
        value=str(CHANNEL_CONFIGURATION.get(channels, channels)),
    )
    SubElement(found, "Label").text = sound.label
    SubElement(found, "Role", schemeIdUri="urn:mpeg:dash:role:2011", value="main")
    for a in qualities:
        representation = SubElement(
            found,
            "Representation",
            id=a.rendition.name,
            codecs=a.codecs,
            bandwidth=str(a.peak_kbps * 1000),
            audioSamplingRate=str(a.rendition.sample_rate),
        )
        _template(representation, a, rev)


def _template(representation: Element, track: Track, rev: str) -> None:
    template = SubElement(
        representation,
        "SegmentTemplate",
        timescale=str(track.timescale),
        initialization=f"{rev}/{urls.init('$RepresentationID$')}",
        media=f"{rev}/{urls.segment('$RepresentationID$', '$Number$')}",
        startNumber="0",
    )
    timeline = SubElement(template, "SegmentTimeline")
    for n, (ticks, same) in enumerate(groupby(durations(track))):
        repeats = len(list(same)) - 1
        SubElement(
            timeline,
            "S",
            ({"t": str(track.start)} if n == 0 else {})
            | {"d": str(ticks)}
            | ({"r": str(repeats)} if repeats else {}),
        )


def _thumbnails_set(period: Element, images: ImagesIndex, rev: str) -> None:
    """DASH-IF IOP 6.2.6: a representation whose segments are sheets of pictures."""
    found = SubElement(period, "AdaptationSet", contentType="image", mimeType="image/jpeg")
    per_sheet = images.columns * images.rows
    SubElement(
        found,
        "SegmentTemplate",
        media=f"{rev}/{urls.sheet('$Number$')}",
        duration=str(per_sheet * images.every_seconds),
        startNumber="0",
    )
    representation = SubElement(
        found,
        "Representation",
        id="thumbnails",
        # Bytes of JPEG are not in the index: 2 bits a pixel is what a busy picture takes.
        bandwidth=str(ceil(images.width * images.height * 2 / images.every_seconds)),
        width=str(images.width * images.columns),
        height=str(images.height * images.rows),
    )
    SubElement(
        representation,
        "EssentialProperty",
        schemeIdUri=TILES,
        value=f"{images.columns}x{images.rows}",
    )


def _property(parent: Element, scheme: str, value: int) -> None:
    SubElement(parent, "SupplementalProperty", schemeIdUri=scheme, value=str(value))


def _end(track: Track) -> Fraction:
    return Fraction(track.start + sum(durations(track)), track.timescale)


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _duration(seconds: Fraction) -> str:
    """ISO 8601, to the microsecond, rounded up: a presentation never ends before its media."""
    whole, part = divmod(ceil(seconds * 1_000_000), 1_000_000)
    return f"PT{whole}.{part:06}".rstrip("0").rstrip(".") + "S" if part else f"PT{whole}S"
