"""An input in a few words, for a person: what comes, and how it fares. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from crds.live import InputState
from media_runtime.live.switcher.health import fault_of
from media_runtime.live.switcher.measure import Expected, alerts

if TYPE_CHECKING:
    from crds.live import ChannelInput
    from media_runtime.live.switcher.choose import OnAir
    from media_runtime.live.switcher.health import Seen, Thresholds
    from media_runtime.live.switcher.measure import Measured

_KNOWN_AS = {
    "h264": "H.264",
    "hevc": "H.265",
    "mpeg2video": "MPEG-2",
    "av1": "AV1",
    "vp8": "VP8",
    "vp9": "VP9",
    "aac": "AAC",
    "mp3": "MP3",
    "mp2": "MP2",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "opus": "Opus",
}
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
_LONGEST, _LONGEST_PROBLEM = 128, 256


def format_of(measured: Measured) -> str:
    """As "H.264 1280x720 25 fps 2500 kbit/s, AAC 48 kHz stereo"."""
    return ", ".join(part for part in (_picture(measured), _sound(measured)) if part)[:_LONGEST]


def _picture(measured: Measured) -> str:
    if not measured.video_codec:
        return ""
    words = [_KNOWN_AS.get(measured.video_codec, measured.video_codec)]
    words.append(f"{measured.width}x{measured.height}")
    if measured.frame_rate:
        words.append(f"{round(measured.frame_rate, 2):g} fps")
    if measured.bitrate_kbps is not None:
        words.append(f"{measured.bitrate_kbps} kbit/s")
    return " ".join(words)


def _sound(measured: Measured) -> str:
    if not measured.audio_codec:
        return ""
    words = [_KNOWN_AS.get(measured.audio_codec, measured.audio_codec)]
    if measured.sample_rate:
        words.append(f"{measured.sample_rate / 1000:g} kHz")
    if measured.channels:
        words.append(_LAYOUTS.get(measured.channels, f"{measured.channels} channels"))
    return " ".join(words)


def state_of(
    wanted: ChannelInput,
    seen: Seen,
    on_air: OnAir,
    *,
    overdue: bool,
    peer: str | None,
    measured: Measured | None,
    thresholds: Thresholds,
    now: int,
    lacks_key: bool = False,
    problem: str = "",
) -> InputState:
    """`overdue`: pictures should have come by now; one that never had any waits until then."""
    fault = fault_of(seen, thresholds, now)
    was_there = seen.last_picture_at is not None
    state: Literal["Waiting", "Receiving", "OnAir", "Faulty"]
    if on_air.kind == "Input" and on_air.input == wanted.name:
        state = "OnAir"
    elif fault is None:
        state = "Receiving"
    else:
        state = "Faulty" if overdue or was_there else "Waiting"
    return InputState(
        name=wanted.name,
        protocol=wanted.protocol,
        priority=wanted.priority,
        state=state,
        fault=fault if overdue or was_there else None,
        peer=peer,
        format="" if measured is None else format_of(measured),
        alerts=() if measured is None else tuple(one.name for one in alerts(measured, Expected())),
        lacks_key=lacks_key,
        problem=problem[:_LONGEST_PROBLEM],
    )
