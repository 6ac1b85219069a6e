"""The one ffmpeg that makes every rung and soundtrack of a channel, a pipe for each. Pure.

Latency is bought with bits here: see docs/adr/0043 for what each choice costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from media_runtime.ffmpeg import FFMPEG
from media_runtime.live.switcher.decoder import raw_input_flags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from media_runtime.live.switcher.picture import Picture

    from .ladder import Rung, Soundtrack

_SLICED_FROM_LINES = 1080
_AHEAD_MICROS = 50_000
"""Two access units, and a little."""
_MOVFLAGS = "frag_every_frame+empty_moov+default_base_moof+skip_trailer"
"""No trailer: it lists every frame there ever was, and the muxer keeps that list in memory."""


def encoder_argv(
    canvas: Picture,
    rungs: Sequence[Rung],
    sounds: Sequence[Soundtrack],
    *,
    first: int,
    video_fd: int,
    audio_fd: int,
    outputs: Mapping[str, int],
) -> list[str]:
    """Reads from frame `first` of the canvas on, a segment's first; `outputs` are by name."""
    argv = [
        *FFMPEG,
        *raw_input_flags(canvas, video_fd=video_fd, audio_fd=audio_fd),
        *("-filter_complex_threads", "1"),  # scaling is cheap, waking threads for it is not
        *("-filter_complex", _graph(canvas, rungs)),
    ]
    for n, rung in enumerate(rungs):
        argv += ["-map", f"[v{n}]", *_video(rung), *_fragmented(outputs[rung.name])]
    for sound in sounds:
        argv += ["-map", "1:a:0", *_audio(sound, first), *_fragmented(outputs[sound.name])]
    if not sounds:
        # what nobody reads would fill its pipe, and the switcher with it
        argv += ["-map", "1:a:0", "-f", "null", "-"]
    return argv


def _graph(canvas: Picture, rungs: Sequence[Rung]) -> str:
    split = "".join(f"[s{n}]" for n in range(len(rungs)))
    chains = []
    for n, rung in enumerate(rungs):
        steps = [f"framestep={rung.every}"] if rung.every > 1 else []
        if (rung.width, rung.height) != (canvas.width, canvas.height):
            steps.append(f"scale={rung.width}:{rung.height}:flags=bicubic")
        # 426x240 is not quite 16:9; all rungs say square pixels, or players resize the picture
        chains.append(f"[s{n}]{','.join([*steps, 'setsar=1'])}[v{n}]")
    return f"[0:v:0]split={len(rungs)}{split};{';'.join(chains)}"


def _video(rung: Rung) -> list[str]:
    wish = rung.wish
    return [
        *("-c:v", "libx264"),
        *("-preset", "veryfast"),
        # no B-frames and no look ahead: each frame comes out before the next goes in; mb-tree goes
        # with the look-ahead
        *("-tune", "zerolatency"),
        *("-profile:v", "high"),
        # frames encoded in parallel are frames held back; slices of one frame are not, but each
        # costs bits and a wake-up: only where a frame is too much for one core
        *("-threads", "2" if rung.height >= _SLICED_FROM_LINES else "1"),
        # every frame as it came: the switcher has made the rate
        *("-fps_mode", "passthrough"),
        # key frames on the segment grid, for the first frame begins a segment; and none between
        *("-g", str(rung.gop), "-keyint_min", str(rung.gop), "-sc_threshold", "0"),
        *("-b:v", f"{wish.bitrate_kbps}k"),
        # the peak holds over a second: a player's buffer is hardly longer
        *("-maxrate", f"{rung.peak_kbps}k", "-bufsize", f"{rung.peak_kbps}k"),
        # one header for all encoders of this rung, whatever they see: a restart changes no init
        *("-x264-params", "open-gop=0:stitchable=1"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-color_range", "tv"),
        # ticks in which every frame is whole
        *("-video_track_timescale", str(rung.cadence.timescale)),
    ]


def _audio(sound: Soundtrack, first: int) -> list[str]:
    lead = sound.lead(first)
    steps = [
        # access units begin where those of every other encoder of this channel do
        *([f"adelay=delays={lead}S:all=1"] if lead else []),
        # ffmpeg takes nothing for an output while another one is behind it, and sound in its units
        # always is: stamped ahead, it keeps no picture waiting (its place is counted, not read)
        f"asetpts=PTS+{_AHEAD_MICROS}/1000000/TB",
    ]
    return [
        *("-af", ",".join(steps)),
        *("-c:a", "aac", "-b:a", f"{sound.wish.bitrate_kbps}k", "-ac", str(sound.channels)),
    ]


def _fragmented(fd: int) -> list[str]:
    return [
        *("-f", "mp4", "-movflags", _MOVFLAGS),
        *("-flush_packets", "1"),  # out of the muxer's buffer at once
        f"pipe:{fd}",
    ]
