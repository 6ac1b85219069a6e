"""An input in a few words."""

import pytest

from crds.live import ChannelInput
from media_runtime.live.inputs.describe import format_of, state_of
from media_runtime.live.switcher.choose import SLATE, OnAir
from media_runtime.live.switcher.health import Seen, Thresholds
from media_runtime.live.switcher.measure import Measured

CAMERA = ChannelInput(name="camera", protocol="RTMP", priority=1)
NOW = 100_000
LIVELY = Seen("camera", 1, last_picture_at=NOW - 40)
LOST = Seen("camera", 1, last_picture_at=NOW - 5_000)
NEVER = Seen("camera", 1)


def measured(**changes: object) -> Measured:
    told: dict[str, object] = {
        "video_codec": "h264", "width": 1280, "height": 720, "frame_rate": 25.0,
        "bitrate_kbps": 2500, "audio_codec": "aac", "sample_rate": 48000, "channels": 2,
    }  # fmt: skip
    return Measured(**{**told, **changes})  # type: ignore[arg-type]


def test_a_format_is_read_in_one_line() -> None:
    assert format_of(measured()) == "H.264 1280x720 25 fps 2500 kbit/s, AAC 48 kHz stereo"
    uncommon = measured(video_codec="hevc", frame_rate=29.97, sample_rate=44100, channels=6)
    assert format_of(uncommon) == "H.265 1280x720 29.97 fps 2500 kbit/s, AAC 44.1 kHz 5.1"
    assert format_of(measured(audio_codec="")) == "H.264 1280x720 25 fps 2500 kbit/s"
    assert format_of(measured(video_codec="")) == "AAC 48 kHz stereo"


@pytest.mark.parametrize(
    ("seen", "on_air", "overdue", "state", "fault"),
    [
        (NEVER, SLATE, False, "Waiting", None),
        (NEVER, SLATE, True, "Faulty", "InputLost"),
        (LIVELY, SLATE, True, "Receiving", None),
        (LIVELY, OnAir("Input", "camera"), True, "OnAir", None),
        (LIVELY, OnAir("Input", "other"), True, "Receiving", None),
        (LOST, OnAir("Repeat", "camera"), True, "Faulty", "InputLost"),
        (LOST, SLATE, False, "Faulty", "InputLost"),
    ],
)
def test_an_input_is_waited_for_until_somebody_publishes(
    seen: Seen,
    on_air: OnAir,
    overdue: bool,  # noqa: FBT001 - a column of the table
    state: str,
    fault: str | None,
) -> None:
    told = state_of(
        CAMERA, seen, on_air, overdue=overdue, peer=None, measured=None,
        thresholds=Thresholds(), now=NOW,
    )  # fmt: skip
    assert (told.state, told.fault) == (state, fault)


def test_alerts_are_told_by_their_names() -> None:
    told = state_of(
        CAMERA, LIVELY, SLATE, overdue=True, peer="192.0.2.1:5000",
        measured=measured(b_frames=True, key_frame_seconds=10.0), thresholds=Thresholds(), now=NOW,
    )  # fmt: skip
    assert told.alerts == ("INGRESS_LONG_KEY_FRAME_INTERVAL", "INGRESS_HAS_BFRAME")
    assert told.peer == "192.0.2.1:5000"
