"""A channel of real decoders stays on air while its inputs come and go."""

import asyncio
import os
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from media_runtime.live.switcher.choose import Switched
from media_runtime.live.switcher.decoder import Contribution, decoder_argv, raw_input_flags
from media_runtime.live.switcher.frames import wide_pipe
from media_runtime.live.switcher.health import Thresholds
from media_runtime.live.switcher.pattern import Pattern
from media_runtime.live.switcher.picture import Picture
from media_runtime.live.switcher.run import Channel, Input, Switcher

pytestmark = pytest.mark.alone

PICTURE = Picture(160, 90, Fraction(25))
LIMITS = Thresholds(
    input_loss_millis=1000, black_millis=0, silence_millis=0, freeze_millis=0,
    error_clear_millis=1500, repeat_frame_millis=600,
)  # fmt: skip
RED, BLUE, GREY = (76, 90, 240), (41, 240, 110), (48, 128, 128)
"""Y, Cb and Cr, near enough, of what the inputs show."""


class Publisher:
    """An encoder that sends one colour and a tone into a named pipe until it is killed."""

    def __init__(self, fifo: Path, colour: str, *flags: str) -> None:
        self.fifo = fifo
        if not fifo.exists():
            os.mkfifo(fifo)
        self._argv = [
            "ffmpeg", "-v", "error", "-nostdin", "-y",
            "-re", "-f", "lavfi", "-i", f"color=c={colour}:s=128x96:r=30",
            "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100",
            "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "10",
            "-threads", "1", "-c:a", "aac", "-ac", "1", *flags, "-f", "mpegts", str(fifo),
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._argv)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def source(self) -> Contribution:
        return Contribution(f"file:{self.fifo}", "mpegts", ("file",))


def near(frame: bytes, colour: tuple[int, int, int]) -> bool:
    """The middle of the picture has this colour."""
    luma = frame[45 * 160 + 80]
    blue = frame[14400 + 22 * 80 + 40]
    red = frame[18000 + 22 * 80 + 40]
    return all(abs(a - b) < 30 for a, b in zip((luma, blue, red), colour, strict=True))


async def record(
    channel: Channel, seconds: float, happens: Callable[[int, Switcher], None]
) -> tuple[list[bytes], bytes, list[Switched]]:
    """Frames, samples and switches; `happens` is called at each frame that came out."""
    switcher = Switcher(channel)
    first = switcher.grid.next_start(switcher.clock.nanos(), 1)
    end = first + int(seconds * 25)
    switches: list[Switched] = []
    frames, samples, size = bytearray(), bytearray(), PICTURE.frame_bytes

    async def drain(descriptor: int, into: bytearray, *, counts: bool) -> None:
        reader, loop = asyncio.StreamReader(), asyncio.get_running_loop()
        protocol = asyncio.StreamReaderProtocol(reader)
        await loop.connect_read_pipe(lambda: protocol, os.fdopen(descriptor, "rb", 0))
        while piece := await reader.read(1 << 16):
            before = len(into) // size
            into += piece
            for n in range(before, len(into) // size) if counts else ():
                happens(n, switcher)

    (video_out, video_in), (audio_out, audio_in) = wide_pipe(), wide_pipe()
    draining = asyncio.gather(
        drain(video_out, frames, counts=True), drain(audio_out, samples, counts=False)
    )
    await switcher.run(video_in, audio_in, tell=switches.append, first=first, end=end)
    os.close(video_in)
    os.close(audio_in)
    await draining
    whole = [bytes(frames[at : at + size]) for at in range(0, len(frames), size)]
    return whole, bytes(samples), switches


def test_the_picture_goes_on_from_the_backup_when_the_primary_is_killed(tmp_path: Path) -> None:
    primary = Publisher(tmp_path / "primary", "red")
    backup = Publisher(tmp_path / "backup", "blue", "-s", "64x64", "-ar", "48000")
    killed: list[int] = []
    channel = Channel(
        PICTURE,
        (Input("primary", 1, primary.source), Input("backup", 2, backup.source)),
        LIMITS,
    )

    def happens(n: int, switcher: Switcher) -> None:
        on_air = switcher.state.on_air.input
        if on_air == "primary" and not killed:
            both = all(one.last_picture_at is not None for one in switcher.seen())
            if both and switcher.clock.millis() - switcher.state.since_millis > 1000:
                primary.kill()
                killed.append(n)

    primary.start()
    backup.start()
    try:
        frames, samples, switches = asyncio.run(record(channel, 9, happens))
    finally:
        primary.kill()
        backup.kill()
    assert len(frames) == 225
    assert len(samples) == 225 * 1920 * 4
    assert killed, f"the primary was never on air: {switches}"
    assert near(frames[killed[0]], RED)
    after = killed[0] + int((LIMITS.input_loss_millis + 1000) / 40)
    assert all(near(frame, BLUE) for frame in frames[after:])
    assert switches[-1].before.input == "primary"
    assert switches[-1].after.input == "backup"
    assert switches[-1].reason in ("InputLost", "Erroring")


def test_with_all_inputs_dead_there_is_a_slate_and_then_the_input_again(tmp_path: Path) -> None:
    only = Publisher(tmp_path / "only", "red")
    channel = Channel(
        PICTURE, (Input("only", 1, only.source),), LIMITS, Pattern("0x303030", clock=False)
    )
    at: dict[str, int] = {}

    def happens(n: int, switcher: Switcher) -> None:
        since = switcher.clock.millis() - switcher.state.since_millis
        kind = switcher.state.on_air.kind
        if "killed" not in at and kind == "Input" and since > 800:
            only.kill()
            at["killed"] = n
        elif "killed" in at and "again" not in at and kind == "Slate" and since > 1000:
            only.start()
            at["again"] = n

    only.start()
    try:
        frames, samples, switches = asyncio.run(record(channel, 12, happens))
    finally:
        only.kill()
    assert len(frames) == 300
    assert len(samples) == 300 * 1920 * 4
    kinds = [switched.after.kind for switched in switches]
    assert kinds in (["Input", "Repeat", "Slate", "Input"], ["Input", "Slate", "Input"])
    slate_by = (
        at["killed"] + (max(LIMITS.repeat_frame_millis, LIMITS.input_loss_millis) + 1000) // 40
    )
    assert near(frames[slate_by], GREY)
    assert near(frames[-1], RED)
    quiet = samples[slate_by * 7680 : (slate_by + 5) * 7680]
    assert quiet == bytes(len(quiet))


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001)])
def test_an_encoder_reads_what_the_switcher_writes(tmp_path: Path, rate: Fraction) -> None:
    picture, out = Picture(96, 54, rate), tmp_path / "out.mkv"
    switcher = Switcher(Channel(picture, ()))
    (video_out, video_in), (audio_out, audio_in) = wide_pipe(), wide_pipe()
    argv = ["ffmpeg", "-v", "error", "-nostdin"]
    argv += raw_input_flags(picture, video_fd=video_out, audio_fd=audio_out)
    argv += ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le", str(out)]
    with subprocess.Popen(argv, pass_fds=(video_out, audio_out)) as encoder:
        os.close(video_out)
        os.close(audio_out)
        first = switcher.grid.next_start(switcher.clock.nanos(), 1)
        asyncio.run(switcher.run(video_in, audio_in, tell=print, first=first, end=first + 50))
        os.close(video_in)
        os.close(audio_in)
        assert encoder.wait() == 0
    probe = ["ffprobe", "-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0"]
    shown = subprocess.check_output([*probe, "-select_streams", "v", str(out)], text=True)
    times = sorted(float(line.strip(",")) for line in shown.split())
    assert len(times) == 50
    assert all(abs(at - n / rate) < 0.002 for n, at in enumerate(times))


@pytest.mark.parametrize(
    ("size", "sar", "inside"), [("720x576", "64/45", (160, 90)), ("90x160", "1", (50, 90))]
)
def test_a_picture_keeps_its_shape_in_square_pixels(
    tmp_path: Path, size: str, sar: str, inside: tuple[int, int]
) -> None:
    clip = tmp_path / "clip.ts"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"color=white:s={size}:r=25:d=0.2",
         "-vf", f"setsar={sar}", "-c:v", "mpeg2video", str(clip)],
        check=True,
    )  # fmt: skip
    source = Contribution(f"file:{clip}", "mpegts", ("file",))
    argv = decoder_argv(source, PICTURE, video_fd=1, audio_fd=None)
    frame = subprocess.run(argv, check=True, capture_output=True).stdout[: PICTURE.frame_bytes]
    across = sum(luma > 128 for luma in frame[45 * 160 : 46 * 160])
    down = sum(luma > 128 for luma in frame[80 : 160 * 90 : 160])
    assert abs(across - inside[0]) <= 2
    assert abs(down - inside[1]) <= 2
