"""The peer that everybody has: ffmpeg by hand, the same rungs, HLS with fMP4 segments. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ladders import peak_kbps, size_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crds.v1alpha1.encodingprofile import AudioProfile, EncodingProfileSpec, Rendition

_START = ("ffmpeg", "-nostdin", "-v", "error", "-y")


def one_for_all(source: str, profile: EncodingProfileSpec, folder: str) -> list[str]:
    """One ffmpeg, one decode, a scaler and an encoder for each rung; threads as it likes."""
    rungs = profile.renditions
    heads = "".join(f"[s{n}]" for n in range(len(rungs)))
    scaled = ";".join(f"[s{n}]{_scale(rung)}[v{n}]" for n, rung in enumerate(rungs))
    argv = [*_START, "-i", source]
    argv += ["-filter_complex", f"[0:v]split={len(rungs)}{heads};{scaled}"]
    for n, rung in enumerate(rungs):
        argv += ["-map", f"[v{n}]", *_x264(rung, str(n), profile)]
    for sound in profile.audio[:1]:
        argv += ["-map", "0:a:0", *_aac(sound)]
    streams = [f"v:{n},agroup:sound" for n in range(len(rungs))]
    streams += ["a:0,agroup:sound"] if profile.audio else []
    argv += ["-var_stream_map", " ".join(streams), "-master_pl_name", "master.m3u8"]
    return argv + _hls(profile, f"{folder}/%v")


def one_for(
    source: str,
    rung: Rendition,
    profile: EncodingProfileSpec,
    folder: str,
    *,
    sound: bool,
) -> list[str]:
    """One ffmpeg of several, each for a rung; one of them makes the sound too."""
    argv = [*_START, "-i", source, "-map", "0:v", "-vf", _scale(rung), *_x264(rung, "0", profile)]
    streams = "v:0"
    if sound:
        argv += ["-map", "0:a:0", *_aac(profile.audio[0])]
        streams = "v:0,agroup:sound a:0,agroup:sound"
    argv += ["-var_stream_map", streams]
    return argv + _hls(profile, f"{folder}/{rung.name}-%v")


def playlist_of(folder: str, n: int) -> str:
    """Of the rung number `n` of `one_for_all`."""
    return f"{folder}/{n}/index.m3u8"


def _scale(rung: Rendition) -> str:
    width, height = size_at(rung.max_height)
    return f"scale={width}:{height}"


def _x264(rung: Rendition, n: str, profile: EncodingProfileSpec) -> list[str]:
    gop = str(25 * profile.gop_duration_millis // 1000)
    return [
        *(f"-c:v:{n}", "libx264", f"-preset:v:{n}", "veryfast"),
        *(f"-b:v:{n}", f"{rung.bitrate_kbps}k", f"-maxrate:v:{n}", f"{peak_kbps(rung)}k"),
        *(f"-bufsize:v:{n}", f"{2 * rung.bitrate_kbps}k"),
        *(f"-g:v:{n}", gop, f"-keyint_min:v:{n}", gop, f"-sc_threshold:v:{n}", "0"),
    ]


def _aac(sound: AudioProfile) -> list[str]:
    return ["-c:a", "aac", "-b:a", f"{sound.bitrate_kbps}k", "-ac", str(sound.channels)]


def _hls(profile: EncodingProfileSpec, folder: str) -> list[str]:
    return [
        *("-f", "hls", "-hls_segment_type", "fmp4", "-hls_playlist_type", "event"),
        *("-hls_time", str(profile.segment_duration_millis // 1000)),
        *("-hls_segment_filename", f"{folder}/%d.m4s", f"{folder}/index.m3u8"),
    ]


def shown(argv: Sequence[str]) -> list[str]:
    """As a person would type it: words with signs of the shell in quotes."""
    return [f"'{word}'" if any(sign in word for sign in "[; %") else word for word in argv]
