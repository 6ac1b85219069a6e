"""A camera with a clock in its picture: `python -m bench.live_camera URL [--size …] [--rate …]`.

Frames are written to ffmpeg as they are due, each with the time at which it was handed over; sound
goes with them, a beep in each second. What is published is H.264 without B-frames and AAC. With
--told, lines of its standard input say what is wrong with it: freeze, black, silence or well.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from media_runtime.live.switcher.frames import wide_pipe
from media_runtime.live.switcher.picture import SAMPLE_RATE, Picture

from .live_clock import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

_LATE_SECONDS = 0.2
"""Behind by more, the schedule is moved: frames are not shown in a rush."""


def camera_argv(url: str, picture: Picture, *, video_fd: int, audio_fd: int) -> list[str]:
    """Container by the address: FLV for RTMP, MPEG-TS for SRT. Pure."""
    gop = str(2 * round(picture.rate))
    container = ("-f", "mpegts") if url.startswith(("srt:", "udp:")) else ("-f", "flv")
    # raw media says nothing of itself that would have to be waited for, and the camera hands over
    # a frame at a time: an input that were read ahead would wait for the other for ever
    at_once = ("-fflags", "nobuffer", "-analyzeduration", "1", "-probesize", "32")
    return [
        *("ffmpeg", "-nostdin", "-v", "error", "-y"),
        *(*at_once, "-thread_queue_size", "64", "-f", "rawvideo", "-pix_fmt", "yuv420p"),
        *("-s", f"{picture.width}x{picture.height}", "-r", str(picture.rate)),
        *("-i", f"pipe:{video_fd}"),
        *(*at_once, "-thread_queue_size", "1024", "-f", "s16le", "-ar", str(SAMPLE_RATE)),
        *("-ac", "2", "-i", f"pipe:{audio_fd}"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", gop),
        *("-b:v", "4M", "-maxrate", "4M", "-bufsize", "2M", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-b:a", "128k", "-flush_packets", "1", *container, url),
    ]


def beeps(rate: Fraction) -> list[bytes]:
    """The sound of each frame of one second: a tenth of it a tone, then silence."""
    tone = [int(8000 * math.sin(2 * math.pi * 880 * n / SAMPLE_RATE)) for n in range(4800)]
    second = [*tone, *([0] * (SAMPLE_RATE - len(tone)))]
    samples = b"".join(struct.pack("<hh", level, level) for level in second)
    frames = round(rate)
    cuts = [SAMPLE_RATE * n // frames * 4 for n in range(frames + 1)]
    return [samples[begin:end] for begin, end in pairwise(cuts)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.live_camera", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--rate", default="30", type=int, help="whole frames a second")
    parser.add_argument("--told", action="store_true", help="do as standard input says")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    orders = Orders()
    if asked.told:
        threading.Thread(target=orders.hear, daemon=True).start()
    return film(asked.url, Picture(width, height, Fraction(asked.rate)), orders)


@dataclass
class Orders:
    """What is wrong with the camera at the moment."""

    now: str = "well"

    def hear(self) -> None:
        for line in sys.stdin:
            self.now = line.strip()


def film(url: str, picture: Picture, orders: Orders) -> int:
    """Until it is told to stop, or nobody reads: ffmpeg's exit code."""
    scene, sounds = Scene.of(picture.width, picture.height), beeps(picture.rate)
    (video_out, video_in), (audio_out, audio_in) = wide_pipe(), wide_pipe()
    argv = camera_argv(url, picture, video_fd=video_out, audio_fd=audio_out)
    process = subprocess.Popen(argv, pass_fds=(video_out, audio_out), stdin=subprocess.DEVNULL)
    os.close(video_out)
    os.close(audio_out)
    try:
        for picture_, sound in exposed(scene, sounds, float(picture.rate), orders):
            _write(audio_in, sound)
            _write(video_in, picture_)
    except BrokenPipeError:
        process.wait()
    finally:
        process.terminate()
    return process.wait()


def exposed(
    scene: Scene, sounds: list[bytes], rate: float, orders: Orders
) -> Iterator[tuple[bytes | bytearray, bytes]]:
    """Frames and their sound, each when it is due."""
    began, number = time.monotonic(), 0
    black = bytes([16]) * (scene.width * scene.height)
    black += bytes([128]) * (len(black) // 2)
    shown: bytes | bytearray = black
    while True:
        ahead = began + number / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        elif ahead < -_LATE_SECONDS:
            began -= ahead
        wrong = orders.now
        if wrong == "black":
            shown = black
        elif wrong != "freeze":
            shown = scene.frame(number, time.time_ns() // 1_000_000)
        sound = sounds[number % len(sounds)]
        yield shown, bytes(len(sound)) if wrong == "silence" else sound
        number += 1


def _write(descriptor: int, content: bytes | bytearray) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


if __name__ == "__main__":
    sys.exit(main())
