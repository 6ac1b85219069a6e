"""What an input is really made of, and how that differs from what was expected. Pure.

Alerts have OvenMediaEngine's names (its documentation, "Alert") where it has one for the fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST_GOP_SECONDS = 4.0
"""OvenMediaEngine's limit for the interval between key frames."""

Name = Literal[
    "INGRESS_BITRATE_LOW",
    "INGRESS_BITRATE_HIGH",
    "INGRESS_FRAMERATE_LOW",
    "INGRESS_FRAMERATE_HIGH",
    "INGRESS_WIDTH_SMALL",
    "INGRESS_WIDTH_LARGE",
    "INGRESS_HEIGHT_SMALL",
    "INGRESS_HEIGHT_LARGE",
    "INGRESS_SAMPLERATE_LOW",
    "INGRESS_SAMPLERATE_HIGH",
    "INGRESS_LONG_KEY_FRAME_INTERVAL",
    "INGRESS_HAS_BFRAME",
    # ours
    "INGRESS_VARIABLE_FRAMERATE",
    "INGRESS_NO_AUDIO",
    "INGRESS_NO_VIDEO",
]


@dataclass(frozen=True)
class Packet:
    """One coded picture as it came, in the order of decoding."""

    pts_seconds: float
    dts_seconds: float
    size_bytes: int
    key: bool


@dataclass(frozen=True)
class Measured:
    """None or "" where the packets or the headers do not tell."""

    video_codec: str = ""
    width: int = 0
    height: int = 0
    frame_rate: float | None = None
    variable_rate: bool = False
    bitrate_kbps: int | None = None
    key_frame_seconds: float | None = None
    """The longest interval seen, or at least how long none came."""
    b_frames: bool = False
    audio_codec: str = ""
    sample_rate: int = 0
    channels: int = 0


@dataclass(frozen=True)
class Expected:
    """Bounds, each None where anything will do."""

    min_bitrate_kbps: int | None = None
    max_bitrate_kbps: int | None = None
    min_frame_rate: float | None = None
    max_frame_rate: float | None = None
    min_width: int | None = None
    max_width: int | None = None
    min_height: int | None = None
    max_height: int | None = None
    min_sample_rate: int | None = None
    max_sample_rate: int | None = None
    longest_gop_seconds: float = LONGEST_GOP_SECONDS


@dataclass(frozen=True)
class Alert:
    name: Name
    message: str
    """Lower-case, with the number, for a person."""


def measure(streams: Sequence[Mapping[str, Any]], packets: Sequence[Packet]) -> Measured:
    """From ffprobe's `streams` and the newest some seconds of the picture's packets."""
    video = next((one for one in streams if one.get("codec_type") == "video"), {})
    audio = next((one for one in streams if one.get("codec_type") == "audio"), {})
    shown = sorted(packet.pts_seconds for packet in packets)
    span = shown[-1] - shown[0] if len(shown) > 1 else 0.0
    # as many intervals as packets but one; the last one's bytes belong to the interval after it
    before_last = packets[:-1]
    return Measured(
        video_codec=str(video.get("codec_name", "")),
        width=int(video.get("width", 0)),
        height=int(video.get("height", 0)),
        frame_rate=round(len(before_last) / span, 3) if span > 0 else _told_rate(video),
        variable_rate=_is_variable(shown),
        bitrate_kbps=(
            round(sum(packet.size_bytes for packet in before_last) * 8 / span / 1000)
            if span > 0
            else None
        ),
        key_frame_seconds=_longest_gop(packets),
        # the header tells more than is used; what is shown out of order is there
        b_frames=any(after.pts_seconds < before.pts_seconds for before, after in pairwise(packets)),
        audio_codec=str(audio.get("codec_name", "")),
        sample_rate=int(audio.get("sample_rate", 0)),
        channels=int(audio.get("channels", 0)),
    )


def _told_rate(video: Mapping[str, Any]) -> float | None:
    told = str(video.get("avg_frame_rate", "0/0"))
    return None if told.endswith("/0") or told.startswith("0") else round(float(Fraction(told)), 3)


def _is_variable(shown: Sequence[float]) -> bool:
    """More than one interval in twenty is off the usual one by over a half."""
    gaps = sorted(after - before for before, after in pairwise(shown))
    if not gaps:
        return False
    usual = gaps[len(gaps) // 2]
    return sum(abs(gap - usual) > usual / 2 for gap in gaps) * 20 > len(gaps)


def _longest_gop(packets: Sequence[Packet]) -> float | None:
    keys = [packet.pts_seconds for packet in packets if packet.key]
    if not keys:
        return None
    open_gop = max(packet.pts_seconds for packet in packets) - keys[-1]
    closed = [after - before for before, after in pairwise(keys)]
    return round(max([open_gop, *closed]), 3)


def alerts(measured: Measured, expected: Expected) -> tuple[Alert, ...]:
    """What a person should know of this input; it is carried all the same."""
    found = [*_outside(measured, expected)]
    if not measured.video_codec:
        found.append(Alert("INGRESS_NO_VIDEO", "there is no picture"))
    if not measured.audio_codec:
        found.append(Alert("INGRESS_NO_AUDIO", "there is no sound; silence is put in its place"))
    if measured.variable_rate:
        message = "pictures come at a varying rate; some are repeated or dropped"
        found.append(Alert("INGRESS_VARIABLE_FRAMERATE", message))
    gop = measured.key_frame_seconds
    if gop is not None and gop > expected.longest_gop_seconds:
        message = (
            f"the key frame interval is {gop:g} s; set it to {expected.longest_gop_seconds:g} s or"
            " less, or a reconnect takes as long"
        )
        found.append(Alert("INGRESS_LONG_KEY_FRAME_INTERVAL", message))
    if measured.b_frames:
        message = "there are B-frames; each delays the picture: switch them off in the encoder"
        found.append(Alert("INGRESS_HAS_BFRAME", message))
    return tuple(found)


def _outside(measured: Measured, expected: Expected) -> list[Alert]:
    e, m = expected, measured
    rows: list[tuple[float | None, float | None, float | None, Name, Name, str]] = [
        (m.bitrate_kbps, e.min_bitrate_kbps, e.max_bitrate_kbps,
         "INGRESS_BITRATE_LOW", "INGRESS_BITRATE_HIGH", "kbit/s"),
        (m.frame_rate, e.min_frame_rate, e.max_frame_rate,
         "INGRESS_FRAMERATE_LOW", "INGRESS_FRAMERATE_HIGH", "pictures a second"),
        (m.width or None, e.min_width, e.max_width,
         "INGRESS_WIDTH_SMALL", "INGRESS_WIDTH_LARGE", "pixels wide"),
        (m.height or None, e.min_height, e.max_height,
         "INGRESS_HEIGHT_SMALL", "INGRESS_HEIGHT_LARGE", "pixels high"),
        (m.sample_rate or None, e.min_sample_rate, e.max_sample_rate,
         "INGRESS_SAMPLERATE_LOW", "INGRESS_SAMPLERATE_HIGH", "samples a second"),
    ]  # fmt: skip
    found = []
    for value, least, most, low, high, unit in rows:
        if value is not None and least is not None and value < least:
            found.append(Alert(low, f"{value:g} {unit}, below the expected {least:g}"))
        if value is not None and most is not None and value > most:
            found.append(Alert(high, f"{value:g} {unit}, above the expected {most:g}"))
    return found
