"""Encoders that publish to a channel, and what can go wrong with them."""

import os
import signal
import subprocess
import sys

from tests.e2e.platform import ROOT


class Camera:
    """Our camera with the clock: it can be frozen, blackened, silenced, stopped, killed."""

    def __init__(self, url: str, size: str = "640x360") -> None:
        argv = [sys.executable, "-m", "bench.live_camera", "--told", "--size", size, url]
        self._process = subprocess.Popen(
            argv, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True, text=True
        )
        self._well = True

    def do(self, what: str) -> None:
        """freeze, black, silence or well."""
        self._well = what == "well"
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()

    def stop(self) -> None:
        """All of it stands still, and every connection stays."""
        self._well = False
        os.killpg(self._process.pid, signal.SIGSTOP)

    def kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def well(self) -> bool:
        """Neither dead nor stopped nor told to be anything else."""
        return self._process.poll() is None and self._well


class Another:
    """ffmpeg with a transport stream: another size, rate and layout of sound than the camera."""

    def __init__(self, url: str, picture: str = "testsrc2=size=480x272:rate=25") -> None:
        argv = [
            *("ffmpeg", "-nostdin", "-v", "error", "-re"),
            *("-f", "lavfi", "-i", picture),
            *("-f", "lavfi", "-i", "sine=frequency=330:sample_rate=44100"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "50"),
            *("-pix_fmt", "yuv420p", "-b:v", "600k", "-c:a", "aac", "-ac", "1"),
            *("-f", "mpegts", url),
        ]
        self._process = subprocess.Popen(argv)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def hang_up(self) -> None:
        """With a goodbye, so that its place is free at once."""
        self._process.terminate()
        self._process.wait()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def refused(url: str, within_seconds: float) -> bool:
    """Whether who publishes there is sent away."""
    container = "mpegts" if url.startswith("srt:") else "flv"
    argv = [
        *("ffmpeg", "-nostdin", "-v", "error", "-re"),
        *("-f", "lavfi", "-i", "testsrc2=size=160x90:rate=10"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"),
        *("-f", container, url),
    ]
    process = subprocess.Popen(argv, stderr=subprocess.DEVNULL)
    try:
        return process.wait(within_seconds) != 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()
