"""Each encoder's flags, and why. Pure.

All make a closed GOP of just rung.gop_frames, so that every rung has its key frames at the same
instants; and the same bytes from the same frames, so that work done twice is seen to be the same.
"""

from collections.abc import Callable
from fractions import Fraction
from math import ceil

from media_runtime.title.plan import Mastering, VideoRung

REORDERED = {"H264": 2, "H265": 2, "VP9": 0, "AV1": 0}
"""Frames that a picture may be decoded before its turn: x264's and x265's B-pyramid is two deep."""


def encoder_flags(rung: VideoRung, mastering: Mastering | None = None) -> list[str]:
    """For one output of ffmpeg that is fed with the rung's frames."""
    made = _NVENC if rung.encoder == "Nvenc" else _SOFTWARE
    if rung.codec not in made:
        raise ValueError(f"no {rung.encoder} encoder is known for {rung.codec}")
    return [
        *made[rung.codec](rung, mastering),
        *("-g", str(rung.gop_frames)),
        *("-b:v", f"{rung.bitrate_kbps}k"),
    ]


def _buffered(rung: VideoRung) -> list[str]:
    """The peak, and two seconds at the average for a key frame to borrow from: one usual GOP."""
    return [
        *("-maxrate", f"{rung.max_bitrate_kbps}k"),
        *("-bufsize", f"{2 * rung.bitrate_kbps}k"),
    ]


def _warm_start(rung: VideoRung, *spells: tuple[Fraction, str]) -> str:
    """Zones of x264 and x265: (seconds, times the bits) from a chunk's first frame on.

    Rate control starts cold at every chunk border and then guesses too low. Measured for x264, SSIM
    in the first second fell from .980 to .952; with this it is .980, at no cost in CPU, where a GOP
    of pre-roll gave .976 for 7 % more (docs/adr/0020).
    """
    zones, first = [], 0
    for lasting, factor in spells:
        end = first + max(1, ceil(lasting * rung.rate))
        zones.append(f"{first},{end - 1},b={factor}")
        first = end
    return f"zones={'/'.join(zones)}"


_X264_SPELLS = ((Fraction(1, 4), "3"), (Fraction(3, 4), "2"), (Fraction(1), "1.2"))
_X265_SPELLS = ((Fraction(1, 2), "2"), (Fraction(1, 2), "1.5"))


def _x264(rung: VideoRung, _: Mastering | None) -> list[str]:
    return [
        *("-c:v", "libx264"),
        *("-preset", "veryfast"),
        *("-profile:v", "high"),
        # One thread: bytes repeat, and no CPU goes to waiting; the cluster runs chunks in parallel.
        *("-threads", "1"),
        *("-keyint_min", str(rung.gop_frames)),
        *("-sc_threshold", "0"),  # no key frame but on the grid
        *_buffered(rung),
        # stitchable: parameter sets do not depend on the pictures, so all chunks have one header
        *("-x264-params", f"open-gop=0:stitchable=1:{_warm_start(rung, *_X264_SPELLS)}"),
    ]


def _x265(rung: VideoRung, mastering: Mastering | None) -> list[str]:
    params = [
        "log-level=error",  # it writes to stderr past ffmpeg's own log
        # no pools and one frame at a time: as x264 above
        "pools=none",
        "frame-threads=1",
        "no-wpp=1",
        f"keyint={rung.gop_frames}:min-keyint={rung.gop_frames}:scenecut=0:open-gop=0",
        f"vbv-maxrate={rung.max_bitrate_kbps}:vbv-bufsize={2 * rung.bitrate_kbps}",
        "info=0",  # no text about the encoder in every chunk
        _warm_start(rung, *_X265_SPELLS),
    ]
    if rung.transfer == "HDR10":
        params.append("hdr10=1:hdr10-opt=1")
        if mastering is not None:
            params.append(_mastering(mastering))
    return [
        *("-c:v", "libx265"),
        *("-preset", "veryfast"),
        *("-x265-params", ":".join(params)),
        *("-tag:v", "hvc1"),  # parameter sets in the header alone: Apple plays nothing else
    ]


def _mastering(known: Mastering) -> str:
    points = "".join(
        f"{letter}({x},{y})"
        for letter, (x, y) in zip(
            ("G", "B", "R", "WP", "L"),
            (known.green, known.blue, known.red, known.white, known.luminance),
            strict=True,
        )
    )
    light = f":max-cll={known.max_cll},{known.max_fall}" if known.max_cll else ""
    return f"master-display={points}{light}"


def _vp9(rung: VideoRung, _: Mastering | None) -> list[str]:
    return [
        *("-c:v", "libvpx-vp9"),
        *("-deadline", "good", "-cpu-used", "5"),  # about x264 veryfast's place in speed
        *("-threads", "1", "-row-mt", "0", "-tile-columns", "0"),
        *("-keyint_min", str(rung.gop_frames)),  # equal to -g: libvpx then places none itself
        *("-auto-alt-ref", "1", "-lag-in-frames", "16"),
        *_on_grid(rung),
        *_buffered(rung),
    ]


def _av1(_rung: VideoRung, _: Mastering | None) -> list[str]:
    return [
        *("-c:v", "libsvtav1"),
        *("-preset", "10"),
        *("-flags", "+cgop"),
        # one logical processor; scd: no key frame but on the grid
        *("-svtav1-params", "lp=1:scd=0"),
    ]


def _h264_nvenc(rung: VideoRung, _: Mastering | None) -> list[str]:
    return ["-c:v", "h264_nvenc", "-profile:v", "high", *_nvenc(rung)]


def _hevc_nvenc(rung: VideoRung, _: Mastering | None) -> list[str]:
    ten_bit = ["-profile:v", "main10"] if rung.transfer != "SDR" else []
    return ["-c:v", "hevc_nvenc", *ten_bit, *_nvenc(rung), "-tag:v", "hvc1"]


def _nvenc(rung: VideoRung) -> list[str]:
    return [
        *("-preset", "p4", "-tune", "hq"),
        *("-rc", "vbr"),
        *("-no-scenecut", "1", "-strict_gop", "1", "-forced-idr", "1"),
        *("-bf", "3", "-b_ref_mode", "middle"),
        *("-spatial-aq", "1"),
        *_on_grid(rung),
        *_buffered(rung),
    ]


def _on_grid(rung: VideoRung) -> list[str]:
    """For encoders that count frames in their own way (alt-refs): said again frame by frame."""
    return ["-force_key_frames", f"expr:not(mod(n,{rung.gop_frames}))"]


_Flags = Callable[[VideoRung, Mastering | None], list[str]]
_SOFTWARE: dict[str, _Flags] = {"H264": _x264, "H265": _x265, "VP9": _vp9, "AV1": _av1}
_NVENC: dict[str, _Flags] = {"H264": _h264_nvenc, "H265": _hevc_nvenc}
