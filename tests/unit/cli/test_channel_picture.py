"""A channel as a person wants to see it."""

from datetime import UTC, datetime

import pytest
from rich.console import Console, RenderableType

from cli.exits import Exit, Stop
from cli.picture.channel import channel_picture
from cli.picture.overview import overview
from cli.url import Manifest, address_of
from tests.unit.cli.builders import LADDER, channel, conditions

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:30080"
LIVE = "/live/demo.news"
STUDIO = {
    "onAir": {
        "kind": "Input",
        "source": "backup",
        "since": "2025-01-01T11:59:00Z",
        "reason": "InputLost",
    },
    "activeInput": "backup",
    "receiving": "1/4",
    "inputs": [
        {
            "name": "primary",
            "protocol": "RTMP",
            "priority": 1,
            "state": "Faulty",
            "fault": "InputLost",
            "format": "H.264 1280x720 25 fps 2500 kbit/s, AAC 48 kHz stereo",
            "address": "rtmp://127.0.0.1:31935/live",
            "alerts": ["INGRESS_HAS_BFRAME"],
            "problem": "the publisher sends what is no flv",
        },
        {"name": "backup", "protocol": "Test", "priority": 2, "state": "OnAir"},
    ],
}
OUTPUT = {
    "endpoints": {"hls": f"{LIVE}/master.m3u8", "dash": f"{LIVE}/manifest.mpd"},
    "timeline": {
        "mediaSequence": 100,
        "lastSegmentAt": "2025-01-01T11:59:30Z",
        "latencyMillis": 412,
        "dvrFrom": "2025-01-01T11:00:00Z",
    },
    "rungs": LADDER,
    "dropped": [{"name": "720p", "reason": "EncoderBehind", "message": "0.8 of real time"}],
}
HISTORY = {
    "switches": [
        {
            "name": "a",
            "at": "2025-01-01T11:59:00Z",
            "before": "primary",
            "after": "backup",
            "reason": "InputLost",
        }
    ],
    "refusals": {
        "count": 3,
        "lastAt": "2025-01-01T11:58:00Z",
        "lastInput": "primary",
        "lastPeer": "192.0.2.7",
        "lastReason": "WrongKey",
    },
    "recordings": [
        {
            "name": "r",
            "uri": "s3://streamverse/demo/r",
            "began": "2024-12-31T20:00:00Z",
            "ended": "2024-12-31T21:00:00Z",
            "asset": "news-20241231-2000",
        }
    ],
}
STATUS = {
    "observedAt": "2025-01-01T11:59:30Z",
    **STUDIO,
    **OUTPUT,
    **HISTORY,
    "conditions": conditions(Ready="True OnAir on air: backup", FailedOver="True BackupOnAir x"),
}


def shown(picture: RenderableType) -> str:
    console = Console(width=160, markup=False, emoji=False, highlight=False, record=True)
    with console.capture() as captured:
        console.print(picture)
    return captured.get()


def line(told: str, *words: str) -> str:
    return next(one for one in told.splitlines() if all(word in one for word in words))


def test_a_channel_shows_what_is_on_air_and_why() -> None:
    told = shown(channel_picture(channel(STATUS), NOW, ORIGIN))
    assert "for 60s, InputLost" in told
    assert "412 ms to the newest part" in told
    assert f"{ORIGIN}/watch/live/demo.news" in told
    assert f"{ORIGIN}{LIVE}/thumbnail.jpg" in told
    assert "1 h 00 min back" in told


def test_each_input_shows_its_format_its_fault_and_its_alerts() -> None:
    told = shown(channel_picture(channel(STATUS), NOW, ORIGIN))
    first = line(told, "primary", "RTMP")
    assert "Faulty InputLost" in first
    assert "H.264 1280x720 25 fps 2500 kbit/s" in first
    assert "rtmp://127.0.0.1:31935/live" in first
    assert "! INGRESS_HAS_BFRAME" in told
    assert "the publisher sends what is no flv" in told


def test_switches_dropped_rungs_refusals_and_recordings_are_told() -> None:
    told = shown(channel_picture(channel(STATUS), NOW, ORIGIN))
    assert "60s ago" in line(told, "primary → backup", "InputLost")
    assert "0.8 of real time" in line(told, "720p", "EncoderBehind")
    assert "WrongKey" in line(told, "3 publishers", "192.0.2.7")
    assert "mediaasset/news-20241231-2000" in told


def test_a_new_channel_says_that_nobody_has_looked_at_it() -> None:
    told = shown(channel_picture(channel(), NOW))
    assert "channel/news" in told
    assert "streamverse doctor" in told


def test_the_overview_says_what_a_channel_shows() -> None:
    assert "backup 1/4" in line(shown(overview([channel(STATUS)], NOW)), "channel/news")


def test_a_channel_has_an_address_in_each_format() -> None:
    found = {form: address_of(channel(STATUS), ORIGIN, form) for form in Manifest}
    assert found == {
        Manifest.HLS: f"{ORIGIN}{LIVE}/master.m3u8",
        Manifest.DASH: f"{ORIGIN}{LIVE}/manifest.mpd",
        Manifest.WATCH: f"{ORIGIN}/watch/live/demo.news",
    }


def test_a_channel_that_is_off_air_says_why_it_has_no_address() -> None:
    stopped = channel({"conditions": conditions(Ready="False Stopped set desiredState")})
    with pytest.raises(Stop) as stop:
        address_of(stopped, ORIGIN, Manifest.HLS)
    assert stop.value.code is Exit.UNWELL
    assert "Stopped" in stop.value.sentence
