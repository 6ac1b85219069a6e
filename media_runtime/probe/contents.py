"""Reads ffprobe's JSON into typed streams. Pure."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from media_runtime.failure import Refused

from .colour import is_full_range, mastering, matrix
from .model import AudioStream, Contents, Rotation, Scan, VideoStream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from media_runtime.ffmpeg import Format
    from media_runtime.title.plan import Transfer

    Json = Mapping[str, Any]

_TRANSFERS: dict[str, Transfer] = {"smpte2084": "HDR10", "arib-std-b67": "HLG"}
_INTERLACED = frozenset({"tt", "bb", "tb", "bt"})
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
_LARGEST_ASPECT = 16


def contents(printed: bytes, format: Format, *, max_pixels: int) -> Contents:  # noqa: A002
    """`printed`: what `ffprobe -show_streams -show_format -of json` wrote.

    Raises Refused: InputUnsafe (a picture too large), UnsupportedCodec, NoMedia, InputCorrupt.
    """
    try:
        found = json.loads(printed)
    except ValueError as e:
        raise Refused("InputCorrupt", "the source's headers cannot be read") from e
    streams: list[Json] = found.get("streams", [])
    pictures = [s for s in streams if s.get("codec_type") == "video" and not _is_cover(s)]
    sounds = [s for s in streams if s.get("codec_type") == "audio"]
    known = [s for s in pictures if s.get("width") and s.get("height")]
    for stream in known:
        if stream["width"] * stream["height"] > max_pixels:
            size = f"{stream['width']}x{stream['height']}"
            raise Refused("InputUnsafe", f"a picture of {size}; at most {max_pixels} pixels")
    audio = tuple(_audio(s) for s in sounds if _is_heard(s))
    if not known and not audio:
        raise _nothing_to_play(pictures, sounds)
    best = max(known, key=_prominence, default=None)
    tags = [s.get("tags", {}) for s in (*streams, found.get("format", {}))]
    return Contents(
        format=format,
        video=_video(best) if best is not None else None,
        audio=audio,
        declared_seconds=_seconds(found.get("format", {}).get("duration")),
        timecode=next((str(t["timecode"])[:16] for t in tags if "timecode" in t), ""),
        warnings=_warnings(pictures, known, sounds, audio),
    )


def _is_cover(stream: Json) -> bool:
    """Cover art is no film (ISO/IEC 14496-12 covr, ID3 APIC, Matroska attachments)."""
    disposition = stream.get("disposition", {})
    return bool(disposition.get("attached_pic") or disposition.get("timed_thumbnails"))


def _is_heard(stream: Json) -> bool:
    return bool(stream.get("channels") and int(stream.get("sample_rate") or 0))


def _prominence(stream: Json) -> tuple[int, int, int]:
    default = int(stream.get("disposition", {}).get("default", 0))
    return default, int(stream["width"]) * int(stream["height"]), -int(stream["index"])


def _nothing_to_play(pictures: list[Json], sounds: list[Json]) -> Refused:
    if pictures or sounds:
        names = ", ".join(sorted({str(s.get("codec_name", "unknown")) for s in pictures + sounds}))
        return Refused("InputCorrupt", f"the headers of its streams cannot be read ({names})")
    return Refused("NoMedia", "the source has neither a picture nor sound")


def _warnings(
    pictures: list[Json], known: list[Json], sounds: list[Json], audio: tuple[AudioStream, ...]
) -> tuple[str, ...]:
    lost = len(pictures) - len(known) + len(sounds) - len(audio)
    found = [f"{lost} streams cannot be read and are left out"] if lost else []
    if len(known) > 1:
        found.append(f"{len(known)} video streams: the default or largest one is used")
    return tuple(found)


def _video(stream: Json) -> VideoStream:
    if _is_dolby_only(stream):
        raise Refused("UnsupportedCodec", "Dolby Vision without an HDR10, HLG or SDR base layer")
    pixel_format = str(stream.get("pix_fmt", ""))
    transfer = _TRANSFERS.get(str(stream.get("color_transfer")), "SDR")
    return VideoStream(
        index=int(stream["index"]),
        codec=str(stream.get("codec_name", "unknown")),
        profile=str(stream.get("profile", "")),
        width=int(stream["width"]),
        height=int(stream["height"]),
        sample_aspect=_aspect(stream.get("sample_aspect_ratio")),
        rotation=_rotation(stream),
        pixel_format=pixel_format,
        bit_depth=_bit_depth(stream, pixel_format),
        transfer=transfer,
        matrix=matrix(stream, transfer),
        full_range=is_full_range(stream),
        mastering=mastering(stream.get("side_data_list", [])),
        scan=_scan(stream),
        declared_rates=_rates(stream),
        time_base=Fraction(stream["time_base"]),
        fingerprint=_fingerprint(stream, _VIDEO_PARAMETERS),
    )


def _audio(stream: Json) -> AudioStream:
    channels = int(stream["channels"])
    return AudioStream(
        index=int(stream["index"]),
        codec=str(stream.get("codec_name", "unknown")),
        channels=channels,
        layout=str(stream.get("channel_layout") or _LAYOUTS.get(channels, f"{channels} channels")),
        sample_rate=int(stream["sample_rate"]),
        language=_language(stream.get("tags", {}).get("language", "")),
        default=bool(stream.get("disposition", {}).get("default")),
        time_base=Fraction(stream["time_base"]),
        fingerprint=_fingerprint(stream, _AUDIO_PARAMETERS),
    )


_VIDEO_PARAMETERS = (
    "codec_name",
    "profile",
    "codec_tag",
    "width",
    "height",
    "pix_fmt",
    "sample_aspect_ratio",
    "color_range",
    "color_space",
    "color_transfer",
    "color_primaries",
    "extradata_hash",
    "time_base",
)
_AUDIO_PARAMETERS = (
    "codec_name",
    "profile",
    "codec_tag",
    "sample_fmt",
    "sample_rate",
    "channels",
    "channel_layout",
    "extradata_hash",
    "time_base",
)


def _fingerprint(stream: Json, parameters: tuple[str, ...]) -> str:
    return json.dumps([stream.get(name) for name in parameters])


def _seconds(text: str | None) -> Fraction | None:
    try:
        return Fraction(text) if text else None
    except ValueError:
        return None


def _aspect(text: str | None) -> Fraction:
    """The shape of one pixel; square where it is unknown or absurd."""
    try:
        shape = Fraction((text or "").replace(":", "/"))
    except (ValueError, ZeroDivisionError):
        return Fraction(1)
    return shape if Fraction(1, _LARGEST_ASPECT) <= shape <= _LARGEST_ASPECT else Fraction(1)


def _rotation(stream: Json) -> Rotation:
    """From the display matrix, which counts counter-clockwise, or the older tag, which does not."""
    matrices = [s["rotation"] for s in stream.get("side_data_list", []) if "rotation" in s]
    try:
        degrees = -float(matrices[0]) if matrices else float(stream["tags"]["rotate"])
        quarter = round(degrees / 90) % 4
    except (KeyError, ValueError, OverflowError):
        quarter = 0
    rotations: tuple[Rotation, ...] = (0, 90, 180, 270)
    return rotations[quarter]


def _bit_depth(stream: Json, pixel_format: str) -> int:
    told = str(stream.get("bits_per_raw_sample", ""))
    named = pixel_format.removesuffix("le").removesuffix("be")
    if named.startswith("p01"):
        return 10
    for depth in (16, 14, 12, 10, 9):
        if named.endswith(f"p{depth}") or named.endswith(f"gray{depth}"):  # noqa: PIE810
            return depth
    return int(told) if told.isdigit() and 0 < int(told) <= 16 else 8


def _scan(stream: Json) -> Scan:
    order = stream.get("field_order", "unknown")
    if order in _INTERLACED:
        return "interlaced"
    return "progressive" if order == "progressive" else "unknown"


def _rates(stream: Json) -> tuple[Fraction, ...]:
    found = []
    for name in ("r_frame_rate", "avg_frame_rate"):
        numerator, _, denominator = str(stream.get(name, "0/0")).partition("/")
        if numerator.isdigit() and denominator.isdigit() and int(numerator) and int(denominator):
            found.append(Fraction(int(numerator), int(denominator)))
    return tuple(found)


def _language(tag: str) -> str:
    tag = tag.strip().lower()
    return tag if tag.isascii() and tag.isalpha() and len(tag) in (2, 3) else "und"


def _is_dolby_only(stream: Json) -> bool:
    """Profile 5: its base layer is in no colour space that others know."""
    return any(s.get("dv_profile") == 5 for s in stream.get("side_data_list", []))
