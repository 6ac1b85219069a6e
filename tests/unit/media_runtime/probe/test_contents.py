"""ffprobe's words, made into streams."""

import json
from fractions import Fraction
from typing import Any

import pytest

from media_runtime.failure import Refused
from media_runtime.probe.contents import contents
from media_runtime.probe.model import Contents, VideoStream

VIDEO: dict[str, Any] = {
    "index": 0,
    "codec_type": "video",
    "codec_name": "h264",
    "width": 1920,
    "height": 1080,
    "pix_fmt": "yuv420p",
    "time_base": "1/12800",
    "r_frame_rate": "25/1",
    "avg_frame_rate": "25/1",
}
AUDIO: dict[str, Any] = {
    "index": 1,
    "codec_type": "audio",
    "codec_name": "aac",
    "channels": 2,
    "sample_rate": "48000",
    "time_base": "1/48000",
}


def read(*streams: dict[str, Any]) -> Contents:
    printed = json.dumps({"streams": streams, "format": {"duration": "10.0"}}).encode()
    return contents(printed, "mov", max_pixels=8192 * 4320)


def video(**changes: object) -> VideoStream:
    found = read({**VIDEO, **changes}).video
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("matrix", "turned"), [(-90, 90), (90, 270), (180, 180), (-180, 180), (0, 0), (-89.6, 90)]
)
def test_a_display_matrix_counts_counter_clockwise(matrix: float, turned: int) -> None:
    assert video(side_data_list=[{"rotation": matrix}]).rotation == turned


@pytest.mark.parametrize(("tag", "turned"), [("90", 90), ("270", 270), ("-90", 270), ("x", 0)])
def test_the_older_tag_counts_clockwise(tag: str, turned: int) -> None:
    assert video(tags={"rotate": tag}).rotation == turned


@pytest.mark.parametrize(
    ("aspect", "wide"), [("4:3", 2560), ("1:1", 1920), ("0:1", 1920), ("N/A", 1920), ("1:0", 1920)]
)
def test_pixels_are_square_where_their_shape_is_not_told(aspect: str, wide: int) -> None:
    assert video(sample_aspect_ratio=aspect).display_width == wide


def test_a_turned_picture_is_measured_upright() -> None:
    found = video(sample_aspect_ratio="4:3", tags={"rotate": "90"})
    assert (found.display_width, found.display_height) == (1080, 2560)


@pytest.mark.parametrize(
    ("pixels", "told", "bits"),
    [
        ("yuv420p", "8", 8),
        ("yuv420p10le", "", 10),
        ("yuv422p12be", "", 12),
        ("p010le", "", 10),
        ("gray", "N/A", 8),
        ("yuv444p", "", 8),
    ],
)
def test_bits_are_counted(pixels: str, told: str, bits: int) -> None:
    assert video(pix_fmt=pixels, bits_per_raw_sample=told).bit_depth == bits


def test_a_cover_is_no_film_and_a_second_camera_waits() -> None:
    cover = {**VIDEO, "index": 2, "width": 3000, "disposition": {"attached_pic": 1}}
    second = {**VIDEO, "index": 3, "width": 3840, "height": 2160}
    first = {**VIDEO, "disposition": {"default": 1}}
    found = read(first, AUDIO, cover, second)
    assert found.video is not None
    assert found.video.index == 0
    assert found.warnings == ("2 video streams: the default or largest one is used",)


def test_rates_that_make_no_sense_are_no_hints() -> None:
    assert video(r_frame_rate="0/0", avg_frame_rate="25/1").declared_rates == (Fraction(25),)


@pytest.mark.parametrize(
    ("streams", "reason"),
    [
        ([], "NoMedia"),
        ([{"codec_type": "data"}], "NoMedia"),
        ([{**VIDEO, "width": 0}], "InputCorrupt"),
        ([{**VIDEO, "width": 16000, "height": 16000}], "InputUnsafe"),
        ([{**VIDEO, "side_data_list": [{"dv_profile": 5}]}], "UnsupportedCodec"),
    ],
)
def test_what_cannot_be_played_is_refused(streams: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(*streams)
    assert refused.value.reason == reason
