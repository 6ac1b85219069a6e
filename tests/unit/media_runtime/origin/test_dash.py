"""MPDs of every shape of title."""

from pathlib import Path

import pytest
from lxml import etree
from mpegdash.parser import MPEGDASHParser

from media_runtime.origin.dash import mpd
from media_runtime.origin.timeline import durations
from media_runtime.title.index import Index, Track

from .titles import SHAPES, SHEETS, audio, index, video

SCHEMA = Path(__file__).resolve().parents[5] / "shared" / "conformance" / "dash" / "DASH-MPD.xsd"
NS = {"m": "urn:mpeg:dash:schema:mpd:2011"}


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    assert SCHEMA.exists(), f"the MPD schema is absent: expected {SCHEMA}; no MPD was validated"
    return etree.XMLSchema(etree.parse(SCHEMA))


def tree(title: Index) -> etree._Element:
    return etree.fromstring(mpd(title))


def found(title: Index, path: str) -> list[etree._Element]:
    return tree(title).findall(path, NS)


def tracks(title: Index) -> dict[str, Track]:
    shown: dict[str, Track] = {v.rung.name: v for v in title.video}
    return shown | {a.rendition.name: a for a in title.audio}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_mpd_is_valid(schema: etree.XMLSchema, shape: str) -> None:
    schema.assertValid(tree(SHAPES[shape]))


def test_the_schema_refuses_what_is_wrong(schema: etree.XMLSchema) -> None:
    wrong = mpd(index()).replace(b"bandwidth=", b"bandwitdh=")
    assert not schema.validate(etree.fromstring(wrong))


@pytest.mark.parametrize("shape", SHAPES)
def test_another_reader_finds_every_segment(shape: str) -> None:
    title = SHAPES[shape]
    read = MPEGDASHParser.parse(mpd(title).decode())  # type: ignore[no-untyped-call]
    lengths = {}
    for adaptation_set in read.periods[0].adaptation_sets:
        if adaptation_set.content_type == "image":
            continue
        for representation in adaptation_set.representations:
            timeline = representation.segment_templates[0].segment_timelines[0]
            lengths[representation.id] = [s.d for s in timeline.Ss for _ in range((s.r or 0) + 1)]
    assert lengths == {name: durations(track) for name, track in tracks(title).items()}


def test_equal_segments_are_told_once() -> None:
    assert [dict(s.attrib) for s in found(index(video(segments=5, tail_frames=50)), ".//m:S")] == [
        {"t": "0", "d": "100", "r": "3"},
        {"d": "50"},
    ]


def test_a_whole_title_is_static_and_as_long_as_its_longest_rendition() -> None:
    root = tree(index(video(), audio(segments=5)))
    assert root.get("type") == "static"
    assert root.get("mediaPresentationDuration") == "PT20.010667S"


def test_a_growing_title_is_dynamic_and_says_when_to_look_again() -> None:
    root = tree(SHAPES["still encoded"])
    assert root.get("type") == "dynamic"
    assert root.get("minimumUpdatePeriod") == "PT2S"
    assert root.get("mediaPresentationDuration") is None


def test_the_mpd_of_an_index_is_the_same_bytes_whoever_writes_it_and_when() -> None:
    assert mpd(SHAPES["still encoded"]) == mpd(SHAPES["still encoded"].model_copy(deep=True))


def test_publish_time_moves_on_as_the_title_grows() -> None:
    few = tree(index(video(segments=2), audio(segments=2), complete=False)).get("publishTime")
    more = tree(index(video(segments=3), audio(segments=3), complete=False)).get("publishTime")
    assert few
    assert more
    assert few < more


def test_rungs_of_one_codec_and_range_can_be_switched_between() -> None:
    sets = found(SHAPES["HDR beside SDR"], ".//m:AdaptationSet[@contentType='video']")
    assert [len(s.findall("m:Representation", NS)) for s in sets] == [3, 1]


def test_a_language_is_a_set_of_its_own() -> None:
    sets = found(SHAPES["two languages"], ".//m:AdaptationSet[@contentType='audio']")
    assert [(s.get("lang"), s.findtext("m:Label", namespaces=NS)) for s in sets] == [
        ("en", "English"),
        ("fr", "Français"),
    ]


@pytest.mark.parametrize(("channels", "number"), [(1, "1"), (2, "2"), (6, "6"), (8, "12")])
def test_channels_are_told_by_the_number_of_their_layout(channels: int, number: str) -> None:
    [told] = found(index(audio(channels=channels)), ".//m:AudioChannelConfiguration")
    assert told.get("value") == number


def test_thumbnails_are_tiles() -> None:
    [tiles] = found(index(images=SHEETS), ".//m:AdaptationSet[@contentType='image']")
    template = tiles.find("m:SegmentTemplate", NS)
    picture = tiles.find("m:Representation", NS)
    assert template is not None
    assert picture is not None
    assert template.get("duration") == "12"
    assert (picture.get("width"), picture.get("height")) == ("480", "180")
    assert picture.find("m:EssentialProperty", NS) is not None


def test_a_growing_title_shows_no_tiles() -> None:
    assert (
        found(index(images=SHEETS, complete=False), ".//m:AdaptationSet[@contentType='image']")
        == []
    )
