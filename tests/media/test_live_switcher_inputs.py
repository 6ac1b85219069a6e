"""What inputs do to a switcher that viewers must not notice, with real decoders."""

import array
import asyncio
import os
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

from media_runtime.live.switcher.choose import Switched
from media_runtime.live.switcher.decoder import Contribution, Loop
from media_runtime.live.switcher.frames import wide_pipe
from media_runtime.live.switcher.health import Thresholds
from media_runtime.live.switcher.picture import SAMPLE_RATE, Picture
from media_runtime.live.switcher.run import Channel, Input, Switcher

PICTURE = Picture(160, 90, Fraction(25))
LIMITS = Thresholds(
    input_loss_millis=1500, black_millis=0, silence_millis=0, freeze_millis=0,
    error_clear_millis=1500, repeat_frame_millis=1500,
)  # fmt: skip


def made(file: Path, *flags: str) -> Path:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *flags, str(file)], check=True)
    return file


def flashing(file: Path, rate: str, samples: int, *flags: str) -> Path:
    """A flash of 80 ms with a beep at every half second."""
    each = "gte(t,0.3)*lt(mod(t,0.5),0.08)"
    return made(
        file,
        *("-f", "lavfi", "-i"),
        f"color=gray:s=128x72:r={rate}:d=4,drawbox=c=white:t=fill:enable='{each}'",
        *("-f", "lavfi", "-i", f"aevalsrc='{each}*0.8*sin(2*PI*1000*t)':s={samples}:d=4"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-g", "25", *flags),
    )


def switched(channel: Channel, seconds: float) -> tuple[list[bytes], bytes, list[Switched]]:
    """The frames and the samples of so many seconds, and what was told meanwhile."""

    async def record() -> tuple[bytes, bytes]:
        switcher = Switcher(channel)
        first = switcher.grid.next_start(switcher.clock.nanos(), 1)
        (video_out, video_in), (audio_out, audio_in) = wide_pipe(), wide_pipe()
        loop = asyncio.get_running_loop()

        def drain(descriptor: int) -> bytes:
            with os.fdopen(descriptor, "rb") as pipe:
                return pipe.read()

        seen = loop.run_in_executor(None, drain, video_out)
        heard = loop.run_in_executor(None, drain, audio_out)
        try:
            end = first + int(seconds * PICTURE.rate)
            await switcher.run(video_in, audio_in, tell=told.append, first=first, end=end)
        finally:
            os.close(video_in)
            os.close(audio_in)
        return await seen, await heard

    told: list[Switched] = []
    frames, samples = asyncio.run(record())
    size = PICTURE.frame_bytes
    return [frames[at : at + size] for at in range(0, len(frames), size)], samples, told


def beginnings(loud: list[int], apart: int) -> list[int]:
    return [at for n, at in enumerate(loud) if n == 0 or at - loud[n - 1] > apart]


def test_sound_stays_with_the_picture_of_an_input_of_another_rate(tmp_path: Path) -> None:
    clip = flashing(tmp_path / "clip.ts", "30000/1001", 44100, "-bf", "2", "-c:a", "aac")
    source = Loop(f"file:{clip}", "mpegts")
    frames, samples, _ = switched(Channel(PICTURE, (Input("only", 1, source),), LIMITS), 6)
    white = [n for n, frame in enumerate(frames) if frame[45 * 160 + 80] > 190]
    left = array.array("h", samples)[::2]
    loud = [n for n, value in enumerate(left) if abs(value) > 6000]
    flashes = [n / 25 for n in beginnings(white, 3)]
    beeps = [n / SAMPLE_RATE for n in beginnings(loud, SAMPLE_RATE // 5)]
    # the first may have begun before it was on air
    skews = [min((abs(at - beep) for beep in beeps), default=9) for at in flashes[1:]]
    assert len(skews) >= 4
    assert max(skews) <= 0.04, skews


def test_an_input_without_sound_is_carried_with_silence(tmp_path: Path) -> None:
    clip = flashing(tmp_path / "clip.ts", "25", 48000, "-an")
    source = Loop(f"file:{clip}", "mpegts")
    frames, samples, told = switched(Channel(PICTURE, (Input("mute", 1, source),), LIMITS), 4)
    assert [switch.reason for switch in told] == ["Started"]
    assert any(frame[45 * 160 + 80] > 190 for frame in frames)
    assert samples == bytes(100 * 1920 * 4)


def test_a_source_that_does_not_open_is_never_on_air(tmp_path: Path) -> None:
    junk = tmp_path / "junk.ts"
    junk.write_bytes(b"not media" * 1000)
    source = Contribution(f"file:{junk}", "mpegts", ("file",))
    frames, _, told = switched(Channel(PICTURE, (Input("junk", 1, source),), LIMITS), 2)
    assert told == []
    assert len(frames) == 50


def children() -> set[str]:
    """The programs that this process has started and not seen the end of."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {pid for task in tasks for pid in task.read_text().split()}


def test_a_switcher_that_is_cancelled_leaves_no_decoder(tmp_path: Path) -> None:
    clip = flashing(tmp_path / "clip.ts", "25", 48000, "-an")
    before = children()

    async def until_on_air() -> None:
        source = Loop(f"file:{clip}", "mpegts")
        switcher = Switcher(Channel(PICTURE, (Input("only", 1, source),), LIMITS))
        on_air = asyncio.Event()
        sinks = os.open("/dev/null", os.O_WRONLY), os.open("/dev/null", os.O_WRONLY)
        first = switcher.grid.next_start(switcher.clock.nanos(), 1)
        running = asyncio.create_task(
            switcher.run(*sinks, tell=lambda _: on_air.set(), first=first)
        )
        await on_air.wait()
        assert children() > before
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for sink in sinks:
            os.close(sink)

    asyncio.run(until_on_air())
    assert children() == before


def test_when_the_encoder_is_gone_the_switcher_says_so_and_ends() -> None:
    before = children()
    (video_out, video_in), (audio_out, audio_in) = wide_pipe(), wide_pipe()
    os.close(video_out)
    switcher = Switcher(Channel(PICTURE, (), LIMITS))
    first = switcher.grid.next_start(switcher.clock.nanos(), 1)
    with pytest.raises(ExceptionGroup) as raised:
        asyncio.run(switcher.run(video_in, audio_in, tell=print, first=first))
    assert raised.group_contains(BrokenPipeError)
    for end in (video_in, audio_out, audio_in):
        os.close(end)
    assert children() == before


def leapt(clip: Path, seconds: int) -> Path:
    """The clip with its second half so much later, as an encoder's clock that was set."""
    late = made(
        clip.with_name("late.ts"), "-i", str(clip), "-c", "copy", "-output_ts_offset", str(seconds)
    )
    both = clip.with_name("both.ts")
    both.write_bytes(clip.read_bytes() + late.read_bytes())
    return both


def test_time_stamps_that_leap_by_hours_do_not_stop_the_picture(tmp_path: Path) -> None:
    clip = made(
        tmp_path / "clip.ts", "-f", "lavfi", "-i", "color=white:s=128x72:r=25:d=1.5",
        "-f", "lavfi", "-i", "sine=sample_rate=48000:duration=1.5", "-c:v", "mpeg2video",
    )  # fmt: skip
    source = Loop(f"file:{leapt(clip, 7200)}", "mpegts")
    frames, samples, told = switched(Channel(PICTURE, (Input("only", 1, source),), LIMITS), 5)
    assert [switch.reason for switch in told] == ["Started"]
    shown = [n for n, frame in enumerate(frames) if frame[45 * 160 + 80] > 190]
    assert shown == list(range(shown[0], 125))
    assert len(samples) == 125 * 1920 * 4
