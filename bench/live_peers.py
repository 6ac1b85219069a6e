"""What goes on air without us: one ffmpeg that takes the same camera. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ladders import peak_kbps, size_at

if TYPE_CHECKING:
    from crds.v1alpha1.encodingprofile import EncodingProfileSpec

RATE = 30
"""Frames a second of the camera."""
SEGMENT_SECONDS = 2


def encoder(profile: EncodingProfileSpec, picture: str, sound: str) -> list[str]:
    """All rungs and the sound of one decode, with the settings of our live encoder.

    `picture` and `sound` are the inputs' stream specifiers.
    """
    rungs = profile.renditions
    gop = str(RATE * profile.gop_duration_millis // 1000)
    heads = "".join(f"[s{n}]" for n in range(len(rungs)))
    scaled = ";".join(
        f"[s{n}]scale={size_at(rung.max_height)[0]}:{rung.max_height},setdar=16/9[v{n}]"
        for n, rung in enumerate(rungs)
    )
    argv = ["-filter_complex", f"[{picture}]split={len(rungs)}{heads};{scaled}"]
    for n, rung in enumerate(rungs):
        argv += [
            *("-map", f"[v{n}]", f"-c:v:{n}", "libx264", f"-preset:v:{n}", "veryfast"),
            *(f"-tune:v:{n}", "zerolatency", f"-b:v:{n}", f"{rung.bitrate_kbps}k"),
            *(f"-maxrate:v:{n}", f"{peak_kbps(rung)}k", f"-bufsize:v:{n}"),
            *(f"{peak_kbps(rung)}k", f"-g:v:{n}", gop, f"-keyint_min:v:{n}", gop),
            *(f"-sc_threshold:v:{n}", "0"),
        ]
    audio = profile.audio[0]
    argv += ["-map", sound, "-c:a", "aac", "-b:a", f"{audio.bitrate_kbps}k"]
    return [*argv, "-ac", str(audio.channels)]


def listening(address: str) -> list[str]:
    """An ffmpeg that waits for the camera, and holds back as little of it as it can."""
    return [
        *("ffmpeg", "-nostdin", "-v", "error", "-y", "-fflags", "nobuffer"),
        *("-analyzeduration", "1000000", "-listen", "1", "-i", address),
    ]


def hls(camera: str, profile: EncodingProfileSpec, into: str) -> list[str]:
    """HLS with segments of 2 s, as most people put a stream on air."""
    streams = [f"v:{n},agroup:sound" for n in range(len(profile.renditions))]
    return [
        *listening(camera),
        *encoder(profile, "0:v", "0:a"),
        *("-var_stream_map", " ".join([*streams, "a:0,agroup:sound,default:yes"])),
        *("-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_segment_type", "fmp4"),
        *("-hls_list_size", "6", "-hls_flags", "independent_segments", "-method", "PUT"),
        *("-master_pl_name", "master.m3u8", f"{into}/%v.m3u8"),
    ]


def low_latency_dash(camera: str, profile: EncodingProfileSpec, into: str, clock: str) -> list[str]:
    """As ffmpeg itself does it: chunked transfer of segments while they are encoded."""
    rungs = len(profile.renditions)
    video = ",".join(map(str, range(rungs)))
    return [
        *listening(camera),
        *encoder(profile, "0:v", "0:a"),
        *("-f", "dash", "-ldash", "1", "-streaming", "1", "-use_template", "1"),
        *("-use_timeline", "0", "-seg_duration", str(SEGMENT_SECONDS)),
        *("-frag_type", "duration", "-frag_duration", "0.333", "-write_prft", "1"),
        *("-target_latency", "1.333", "-utc_timing_url", clock, "-window_size", "6"),
        *("-adaptation_sets", f"id=0,streams={video} id=1,streams={rungs}"),
        *("-method", "PUT", "-http_persistent", "1", f"{into}/manifest.mpd"),
    ]
