"""MPDs of every shape of channel: valid, and of the same numbers as HLS."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree

from media_runtime.live.clock import Place
from media_runtime.live.lineup import Lineup
from media_runtime.live.lldash import Service, availability_offset, mpd

from .shows import AAC_CD, MSN, NTSC, PAL, WEB, lineup, service

SCHEMA = Path(__file__).resolve().parents[5] / "shared" / "conformance" / "dash" / "DASH-MPD.xsd"
NS = {"m": "urn:mpeg:dash:schema:mpd:2011"}
TOP = replace(lineup(WEB).rungs[0], name="hdr", codecs="hvc1.2.4.L123.B0", transfer="HDR10")
HDR = replace(lineup(WEB), rungs=(*lineup(WEB).rungs, TOP))
SHAPES = {
    "25 frames": (lineup(PAL), service()),
    "29.97 frames and 44.1 kHz": (lineup(NTSC, AAC_CD, epoch=1_700_000_000), service()),
    "no sound": (lineup(WEB, None), service()),
    "HDR beside SDR": (HDR, service()),
    "sound alone": (replace(lineup(WEB), rungs=()), service()),
    "ended": (lineup(), service(ended=datetime(2026, 7, 2, tzinfo=UTC), first_msn=MSN)),
}


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    assert SCHEMA.exists(), f"the MPD schema is absent: expected {SCHEMA}; no MPD was validated"
    return etree.XMLSchema(etree.parse(SCHEMA))


def tree(offered: Lineup, promised: Service | None = None) -> etree._Element:
    return etree.fromstring(mpd(offered, promised or service()))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_mpd_is_valid(schema: etree.XMLSchema, shape: str) -> None:
    schema.assertValid(tree(*SHAPES[shape]))


@given(
    some.sampled_from([PAL, WEB, NTSC, Fraction(50)]),
    some.integers(0, 2 * MSN),
    some.integers(0, 5),
)
def test_a_segment_has_the_number_that_hls_gives_it(rate: Fraction, msn: int, part: int) -> None:
    offered = lineup(rate, AAC_CD)
    for template in tree(offered).iterfind(".//m:SegmentTemplate", NS):
        length = Fraction(int(template.attrib["duration"]), int(template.attrib["timescale"]))
        assert template.get("startNumber") == "0"
        begins = (msn + Fraction(part, 6)) * length
        assert offered.timeline.at(begins) == Place(msn, part)


def test_a_segment_may_be_asked_for_when_its_first_part_is_there() -> None:
    offered = lineup(PAL)
    assert availability_offset(offered, service()) == Fraction(149, 100)
    for template in tree(offered).iterfind(".//m:SegmentTemplate", NS):
        assert template.get("availabilityTimeOffset") == "1.490000"
        assert template.get("availabilityTimeComplete") == "false"


def test_an_encoder_slower_than_a_segment_promises_nothing_early() -> None:
    assert availability_offset(lineup(PAL), service(delay_millis=5000)) == 0


def test_latency_is_measured_against_the_encoders_clock() -> None:
    root = tree(lineup(PAL, epoch=1_700_000_000))
    latency = root.find("m:ServiceDescription/m:Latency", NS)
    references = root.findall(".//m:ProducerReferenceTime", NS)
    assert latency is not None
    assert latency.get("target") == "1500"
    assert len(references) == 2
    for reference in references:
        assert reference.get("id") == latency.get("referenceId")
        assert reference.get("wallClockTime") == root.get("availabilityStartTime")
        assert reference.get("wallClockTime") == "2023-11-14T22:13:20.000Z"
        assert reference.get("presentationTime") == "0"


def test_a_player_is_told_whose_clock_to_believe() -> None:
    timing = tree(lineup()).find("m:UTCTiming", NS)
    assert timing is not None
    assert timing.get("value") == "clock"


def test_a_channel_that_ended_is_static_and_nothing_more_is_to_be_waited_for() -> None:
    root = tree(lineup(epoch=1_782_864_000), service(ended=datetime(2026, 7, 2, tzinfo=UTC)))
    assert root.get("type") == "static"
    assert root.get("mediaPresentationDuration") == "PT86400S"
    assert root.get("minimumUpdatePeriod") is None
    assert root.get("timeShiftBufferDepth") is None
    for template in root.iterfind(".//m:SegmentTemplate", NS):
        assert template.get("availabilityTimeOffset") is None


@pytest.mark.parametrize("rate", [PAL, NTSC])
def test_a_channel_that_ended_begins_with_its_oldest_segment_on_the_same_timeline(
    rate: Fraction,
) -> None:
    offered = lineup(rate, AAC_CD, epoch=1_782_864_000)
    segment = offered.timeline.segment
    ended = datetime(2026, 7, 2, tzinfo=UTC)
    root = tree(offered, service(ended=ended, first_msn=43_000))
    period = root.find("m:Period", NS)
    assert period is not None
    start, lasted = (Fraction(str(period.get(name)).strip("PTS")) for name in ("start", "duration"))
    assert start == 43_000 * segment
    assert start + lasted == 86_400
    for template in period.iterfind(".//m:SegmentTemplate", NS):
        ticks, length, offset = (
            int(template.attrib[name])
            for name in ("timescale", "duration", "presentationTimeOffset")
        )
        assert template.get("startNumber") == "43000"
        assert Fraction(offset, ticks) == start
        assert Fraction(length, ticks) == segment


def test_the_same_lineup_is_the_same_bytes() -> None:
    assert mpd(lineup(), service()) == mpd(lineup(), service())
