"""Low-latency DASH (ISO/IEC 23009-1 5th edition, DASH-IF low-latency modes): a lineup as an MPD.

Segments are numbered by the clock and told by arithmetic, so the MPD changes only as encoders do;
each is asked for as soon as its first part is there, and delivered as it grows. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, lcm
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from media_runtime.origin.dash import CHANNEL_CONFIGURATION, CHANNELS, PROFILES, TRANSFER

from . import urls
from .lineup import Lineup, LiveRung, LiveSound, Offered

TIMING = "urn:mpeg:dash:utc:http-iso:2014"
CATCH_UP = ("0.96", "1.04")
"""Playback rates that nobody hears."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the MPD promises of a channel beside its renditions."""

    published: datetime
    """When the lineup last changed: the MPD's version."""
    window_seconds: int
    """How far back can be sought."""
    target_millis: int
    """Latency to aim for, from the encoder's clock to the picture."""
    delay_millis: int
    """How long after its last frame a part can be had: encoding, at its slowest."""
    clock_url: str
    """Answers the time as ISO 8601: a player's own clock is not to be believed."""
    update_seconds: int = 2
    """How soon a player learns that the lineup changed, or that the channel ended."""
    ended: datetime | None = None
    """Where the programme ended, after which nothing more will come."""
    first_msn: int = 0
    """The oldest segment that is there, once it ended."""


def mpd(lineup: Lineup, service: Service) -> bytes:
    """A function of its arguments: every packager and every origin writes the same bytes."""
    root = Element("MPD", _root(lineup, service))
    _service(root, service)
    period = SubElement(root, "Period", _period(lineup, service))
    for rungs in _switchable(lineup.rungs):
        _video_set(period, lineup, service, rungs)
    for sounds in _alike(lineup.sounds):
        _audio_set(period, lineup, service, sounds)
    for n, adaptation_set in enumerate(period):
        adaptation_set.set("id", str(n))
    SubElement(root, "UTCTiming", schemeIdUri=TIMING, value=service.clock_url)
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def availability_offset(lineup: Lineup, service: Service) -> Fraction:
    """Seconds before its end that a segment's first part can be had; never negative."""
    early = lineup.timeline.segment - lineup.targets.part - Fraction(service.delay_millis, 1000)
    return max(Fraction(0), early)


def _root(lineup: Lineup, service: Service) -> dict[str, str]:
    """Dynamic until it ends; then static, and on the same timeline.

    Of a dynamic presentation players go on asking for what comes next, however long it is said
    to be.
    """
    targets = lineup.targets
    root = {
        "xmlns": "urn:mpeg:dash:schema:mpd:2011",
        "profiles": PROFILES,
        # Number 0 began here, so that $Number$ is the media sequence number of HLS.
        "availabilityStartTime": _moment(_epoch(lineup)),
        "publishTime": _moment(service.published),
        "minBufferTime": _duration(targets.part * 2),
        # Exact: players reckon the live edge from it.
        "maxSegmentDuration": _duration(_longest_segment(lineup)),
    }
    if service.ended is not None:
        end = _lasted(lineup, service.ended)
        return root | {"type": "static", "mediaPresentationDuration": _duration(end)}
    return root | {
        "type": "dynamic",
        "timeShiftBufferDepth": f"PT{service.window_seconds}S",
        "suggestedPresentationDelay": _duration(Fraction(service.target_millis, 1000)),
        "minimumUpdatePeriod": f"PT{service.update_seconds}S",
    }


def _period(lineup: Lineup, service: Service) -> dict[str, str]:
    """All time from the epoch; once it ended, what of that is there."""
    if service.ended is None:
        return {"id": "0", "start": "PT0S"}
    start = service.first_msn * lineup.timeline.segment
    lasted = _lasted(lineup, service.ended) - start
    return {"id": "0", "start": _duration(start), "duration": _duration(lasted)}


def _lasted(lineup: Lineup, end: datetime) -> Fraction:
    return Fraction((end - _epoch(lineup)) // timedelta(microseconds=1), 1_000_000)


def _longest_segment(lineup: Lineup) -> Fraction:
    """Seconds, in whole samples, of the rendition that needs most."""
    segment = lineup.timeline.segment
    rates = [one.cadence.rate for one in (*lineup.rungs, *lineup.sounds)]
    return max(ceil(segment * rate) / rate for rate in rates)


def _service(root: Element, service: Service) -> None:
    found = SubElement(root, "ServiceDescription", id="0")
    target = service.target_millis
    SubElement(
        found,
        "Latency",
        referenceId="0",
        target=str(target),
        min=str(target // 2),
        max=str(target * 3),
    )
    SubElement(found, "PlaybackRate", min=CATCH_UP[0], max=CATCH_UP[1])


def _switchable(rungs: Sequence[LiveRung]) -> list[list[LiveRung]]:
    """Rungs that a decoder can switch between without being set up anew."""

    def kind(rung: LiveRung) -> tuple[str, str]:
        return rung.codecs.partition(".")[0], rung.transfer

    return [[r for r in rungs if kind(r) == one] for one in dict.fromkeys(map(kind, rungs))]


def _alike(sounds: Sequence[LiveSound]) -> list[list[LiveSound]]:
    """Qualities of one soundtrack in one codec."""

    def kind(sound: LiveSound) -> tuple[str, str | None, str, int]:
        return sound.label, sound.language, sound.codecs.partition(".")[0], sound.channels

    return [[s for s in sounds if kind(s) == one] for one in dict.fromkeys(map(kind, sounds))]


def _video_set(
    period: Element, lineup: Lineup, service: Service, rungs: Sequence[LiveRung]
) -> None:
    found = SubElement(
        period,
        "AdaptationSet",
        contentType="video",
        mimeType="video/mp4",
        segmentAlignment="true",
        startWithSAP="1",
        maxWidth=str(max(r.width for r in rungs)),
        maxHeight=str(max(r.height for r in rungs)),
    )
    if rungs[0].transfer in TRANSFER:
        for name, value in (
            ("ColourPrimaries", 9),
            ("MatrixCoefficients", 9),
            ("TransferCharacteristics", TRANSFER[rungs[0].transfer]),
        ):
            SubElement(
                found,
                "SupplementalProperty",
                schemeIdUri=f"urn:mpeg:mpegB:cicp:{name}",
                value=str(value),
            )
    _reference_time(found, lineup, service)
    for rung in rungs:
        representation = SubElement(
            found,
            "Representation",
            id=rung.name,
            codecs=rung.codecs,
            bandwidth=str(rung.peak_kbps * 1000),
            width=str(rung.width),
            height=str(rung.height),
            frameRate=str(rung.rate),
        )
        _template(representation, lineup, service, rung)


def _audio_set(
    period: Element, lineup: Lineup, service: Service, sounds: Sequence[LiveSound]
) -> None:
    language = {"lang": sounds[0].language} if sounds[0].language else {}
    found = SubElement(
        period,
        "AdaptationSet",
        language,
        contentType="audio",
        mimeType="audio/mp4",
        segmentAlignment="true",
        startWithSAP="1",
    )
    channels = sounds[0].channels
    SubElement(
        found,
        "AudioChannelConfiguration",
        schemeIdUri=CHANNELS,
        value=str(CHANNEL_CONFIGURATION.get(channels, channels)),
    )
    SubElement(found, "Label").text = sounds[0].label
    _reference_time(found, lineup, service)
    SubElement(found, "Role", schemeIdUri="urn:mpeg:dash:role:2011", value="main")
    for sound in sounds:
        representation = SubElement(
            found,
            "Representation",
            id=sound.name,
            codecs=sound.codecs,
            bandwidth=str(sound.peak_kbps * 1000),
            audioSamplingRate=str(sound.sample_rate),
        )
        _template(representation, lineup, service, sound)


def _reference_time(adaptation_set: Element, lineup: Lineup, service: Service) -> None:
    """Presentation time 0 was encoded at the epoch: latency is measured against the clock."""
    reference = SubElement(
        adaptation_set,
        "ProducerReferenceTime",
        id="0",
        type="encoder",
        wallClockTime=_moment(_epoch(lineup)),
        presentationTime="0",
    )
    SubElement(reference, "UTCTiming", schemeIdUri=TIMING, value=service.clock_url)


def _template(representation: Element, lineup: Lineup, service: Service, offered: Offered) -> None:
    segment = lineup.timeline.segment
    # The media's own, made finer where a segment is no whole number of its ticks.
    timescale = lcm(offered.cadence.timescale, segment.denominator)
    duration = int(segment * timescale)
    first = 0 if service.ended is None else service.first_msn
    template = SubElement(
        representation,
        "SegmentTemplate",
        timescale=str(timescale),
        duration=str(duration),
        startNumber=str(first),
        initialization=urls.init(offered.name, offered.init),
        media=urls.segment(offered.name, "$Number$"),
    )
    if service.ended is None:
        early = availability_offset(lineup, service)
        template.set("availabilityTimeOffset", f"{float(early):.6f}")
        template.set("availabilityTimeComplete", "false")
    else:
        template.set("presentationTimeOffset", str(first * duration))


def _epoch(lineup: Lineup) -> datetime:
    return datetime.fromtimestamp(lineup.timeline.epoch, UTC)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _duration(seconds: Fraction) -> str:
    return f"PT{float(seconds):.6f}".rstrip("0").rstrip(".") + "S"
