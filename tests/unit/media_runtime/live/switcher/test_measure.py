"""What an input is made of, from its packets, and what a person is told of it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from media_runtime.live.switcher.measure import Expected, Measured, Packet, alerts, measure

VIDEO = {"codec_type": "video", "codec_name": "h264", "width": 1280, "height": 720}
AUDIO = {"codec_type": "audio", "codec_name": "aac", "sample_rate": "48000", "channels": 2}
WELL = Measured("h264", 1280, 720, 25.0, False, 4000, 2.0, False, "aac", 48000, 2)  # noqa: FBT003


def packets(count: int, gop: int = 50, order: Sequence[int] = (0,)) -> list[Packet]:
    """25 a second of 20,000 bytes; `order` moves the instants shown within each group."""
    return [
        Packet(
            pts_seconds=(n + order[n % len(order)]) / 25,
            dts_seconds=n / 25,
            size_bytes=20_000,
            key=n % gop == 0,
        )
        for n in range(count)
    ]


def test_a_well_made_input_is_measured_and_raises_no_alert() -> None:
    found = measure([VIDEO, AUDIO], packets(250))
    assert found == WELL
    assert alerts(found, Expected(min_bitrate_kbps=3000, max_bitrate_kbps=5000)) == ()


def test_pictures_that_are_shown_out_of_order_are_b_frames() -> None:
    found = measure([VIDEO, AUDIO], packets(252, order=(0, 1, -1)))
    assert found.b_frames
    assert [alert.name for alert in alerts(found, Expected())] == ["INGRESS_HAS_BFRAME"]


def test_a_key_frame_that_does_not_come_is_a_long_interval() -> None:
    found = measure([VIDEO, AUDIO], packets(251, gop=1000))
    assert found.key_frame_seconds == 10.0
    (alert,) = alerts(found, Expected())
    assert alert.name == "INGRESS_LONG_KEY_FRAME_INTERVAL"
    assert "10 s" in alert.message
    assert "4 s or less" in alert.message


def test_a_rate_that_varies_is_told() -> None:
    uneven = [
        replace(packet, pts_seconds=n / 25 + n // 5 / 10) for n, packet in enumerate(packets(100))
    ]
    found = measure([VIDEO, AUDIO], uneven)
    assert found.variable_rate
    assert [alert.name for alert in alerts(found, Expected())] == ["INGRESS_VARIABLE_FRAMERATE"]


def test_one_lost_picture_does_not_make_a_rate_variable() -> None:
    assert not measure([VIDEO], [p for n, p in enumerate(packets(250)) if n != 100]).variable_rate


def test_an_input_without_sound_is_told() -> None:
    (alert,) = alerts(measure([VIDEO], packets(250)), Expected())
    assert alert.name == "INGRESS_NO_AUDIO"


def test_headers_alone_tell_the_form_and_the_rate() -> None:
    found = measure([{**VIDEO, "avg_frame_rate": "30000/1001"}, AUDIO], [])
    assert (found.frame_rate, found.bitrate_kbps, found.key_frame_seconds) == (29.97, None, None)
    assert measure([{**VIDEO, "avg_frame_rate": "0/0"}], []).frame_rate is None


@pytest.mark.parametrize(
    ("measured", "name"),
    [
        (replace(WELL, bitrate_kbps=900), "INGRESS_BITRATE_LOW"),
        (replace(WELL, bitrate_kbps=9000), "INGRESS_BITRATE_HIGH"),
        (replace(WELL, frame_rate=15.0), "INGRESS_FRAMERATE_LOW"),
        (replace(WELL, frame_rate=60.0), "INGRESS_FRAMERATE_HIGH"),
        (replace(WELL, width=640), "INGRESS_WIDTH_SMALL"),
        (replace(WELL, width=3840), "INGRESS_WIDTH_LARGE"),
        (replace(WELL, height=360), "INGRESS_HEIGHT_SMALL"),
        (replace(WELL, height=2160), "INGRESS_HEIGHT_LARGE"),
        (replace(WELL, sample_rate=22050), "INGRESS_SAMPLERATE_LOW"),
        (replace(WELL, sample_rate=96000), "INGRESS_SAMPLERATE_HIGH"),
        (replace(WELL, video_codec="", width=0, height=0), "INGRESS_NO_VIDEO"),
    ],
)
def test_each_bound_has_its_alert(measured: Measured, name: str) -> None:
    bounds = Expected(1000, 8000, 24, 50, 1280, 1920, 720, 1080, 44100, 48000)
    assert [alert.name for alert in alerts(measured, bounds)] == [name]
    assert alerts(WELL, bounds) == ()
