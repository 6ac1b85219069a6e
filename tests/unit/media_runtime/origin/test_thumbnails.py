"""The thumbnails track."""

from media_runtime.origin.thumbnails import thumbnails_vtt

from .titles import SHEETS, index


def test_each_picture_has_the_cue_of_its_time() -> None:
    cues = thumbnails_vtt(index(), SHEETS).split("\n\n")
    assert cues[0] == "WEBVTT"
    assert cues[1] == "00:00:00.000 --> 00:00:02.000\nsheet-0.jpg#xywh=0,0,160,90"
    assert cues[5] == "00:00:08.000 --> 00:00:10.000\nsheet-0.jpg#xywh=160,90,160,90"
    assert cues[7].endswith("sheet-1.jpg#xywh=0,0,160,90")


def test_the_last_cue_ends_with_the_title() -> None:
    assert "00:00:18.000 --> 00:00:20.000" in thumbnails_vtt(index(), SHEETS)


def test_a_picture_past_the_end_has_no_cue() -> None:
    text = thumbnails_vtt(index(seconds=4), SHEETS)
    assert text.count("-->") == 2
