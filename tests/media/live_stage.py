"""A channel's inputs and switcher at work with real publishers, watched frame by frame."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from pydantic import SecretStr

from crds.live import ChannelInput, ChannelOrder, InputState
from crds.v1alpha1.encodingprofile import EncodingProfileSpec
from media_runtime.live.inputs.behind import Surroundings
from media_runtime.live.inputs.inputs import Inputs, thresholds
from media_runtime.live.line import Container, Introduction, PublishProtocol, Verdict, introduce
from media_runtime.live.switcher.choose import Switched
from media_runtime.live.switcher.frames import wide_pipe
from media_runtime.live.switcher.picture import Picture
from media_runtime.live.switcher.run import Channel, Switcher, WallClock
from media_runtime.store import Store

WIDTH, HEIGHT = 320, 180
PICTURE = Picture(WIDTH, HEIGHT, Fraction(25))
KEY = "correct-horse"
RED, BLUE, GREEN, SLATE = (76, 90, 240), (41, 240, 110), (93, 85, 77), (41, 132, 125)
"""Y, Cb and Cr, near enough, of the colours that inputs show, and of the slate's ground."""
PROTOCOL: dict[Container, PublishProtocol] = {"flv": "RTMP", "mpegts": "SRT", "matroska": "WHIP"}
PROFILE = EncodingProfileSpec.model_validate(
    {
        "segmentDurationMillis": 2000,
        "gopDurationMillis": 2000,
        "renditions": [{"name": "180p", "maxHeight": 180, "bitrateKbps": 300}],
        "audio": [{"name": "stereo", "bitrateKbps": 96}],
    }
)


def order(*inputs: ChannelInput, **changes: object) -> ChannelOrder:
    told: dict[str, object] = {
        "tenant": "demo", "channel": "news", "uid": "u1", "generation": 1, "profile": PROFILE,
        "input_loss_millis": 800, "black_millis": 0, "silence_millis": 0, "freeze_millis": 0,
        "error_clear_millis": 1500, "repeat_frame_millis": 600, "inputs": inputs,
    }  # fmt: skip
    return ChannelOrder.model_validate({**told, **changes})


def flashing(container: Container, *flags: str, rate: str = "25") -> list[str]:
    """As `encoder`: a flash of 80 ms with a beep, every half second."""
    each = "lt(mod(t,0.5),0.08)"
    beep = f"aevalsrc='{each}*0.8*sin(2*PI*1000*t)':s=44100"
    argv = encoder("gray", container, *flags, rate=rate, sound=beep)
    white = f"drawbox=c=white:t=fill:enable='{each}'"
    argv[argv.index("lavfi") + 2] = f"color=c=gray:s=320x180:r={rate},{white}"
    return argv


def skews(live: "Stage", since: int) -> list[float]:
    """Of each flash from frame `since` on: how far, in seconds, the nearest beep is."""
    left = memoryview(live.heard).cast("h")[::2]
    flashes = [n / 25 for n in _beginnings([n for n, b in enumerate(live.bright) if b], 3)]
    loud = _beginnings([n for n, value in enumerate(left) if abs(value) > 6000], 9600)
    beeps = [n / 48_000 for n in loud]
    return [
        min((abs(at - beep) for beep in beeps), default=9)
        for at in flashes
        if since / 25 < at < beeps[-1] - 0.5
    ]


def _beginnings(found: list[int], apart: int) -> list[int]:
    return [at for n, at in enumerate(found) if n == 0 or at - found[n - 1] > apart]


def pushed(name: str, priority: int, protocol: PublishProtocol = "RTMP") -> ChannelInput:
    return ChannelInput(name=name, protocol=protocol, priority=priority)


def colour_of(frame: bytes) -> tuple[int, int, int]:
    """Y, Cb and Cr near the upper left, where no pattern writes."""
    luma, chroma = WIDTH * HEIGHT, WIDTH * HEIGHT // 4
    row, column = 30, 60
    at = row // 2 * (WIDTH // 2) + column // 2
    return frame[row * WIDTH + column], frame[luma + at], frame[luma + chroma + at]


def near(frame: bytes, colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(colour_of(frame), colour, strict=True))


@dataclass
class Stage:
    inputs: Inputs
    switcher: Switcher
    keys: Path
    switches: list[Switched] = field(default_factory=list)
    frames: int = 0
    samples: int = 0
    loud: list[int] = field(default_factory=list)
    """Of each piece of sound that came: its peak."""
    heard: bytearray = field(default_factory=bytearray)
    bright: list[bool] = field(default_factory=list)
    """Of each frame: it is white where inputs show their colour."""
    frame: bytes = b""

    def states(self) -> dict[str, InputState]:
        return {
            one.name: one
            for one in self.inputs.states(self.switcher.seen(), self.switcher.state.on_air)
        }

    async def until(self, wanted: Callable[[], object], seconds: float = 12) -> None:
        """Looked at with each frame that comes out."""
        try:
            async with asyncio.timeout(seconds):
                while not wanted():  # noqa: ASYNC110 - what is wanted has no event
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(
                f"not within {seconds} s; states {self.states()}, switches {self.switches}, "
                f"colour {colour_of(self.frame) if self.frame else None}, "
                f"slate {self.inputs.slate.problem}"
            ) from None

    async def shows(self, colour: tuple[int, int, int], seconds: float = 12) -> None:
        await self.until(lambda: self.frame and near(self.frame, colour), seconds)

    def on_air(self) -> str | None:
        air = self.switcher.state.on_air
        return air.input if air.kind == "Input" else None


@asynccontextmanager
async def stage(
    wanted: ChannelOrder, scratch: Path, store: Store | None = None
) -> AsyncIterator[Stage]:
    keys = scratch / "keys"
    for one in wanted.inputs:
        (keys / one.name).mkdir(parents=True, exist_ok=True)
        (keys / one.name / "streamKey").write_text(f"{KEY}\n")
    work = scratch / "scratch"
    work.mkdir(exist_ok=True)
    clock = WallClock()
    around = Surroundings(keys, work, store or Store.in_memory(), clock, host="127.0.0.1", port=0)
    inputs = Inputs(wanted, PICTURE, around)
    channel = Channel(PICTURE, inputs.inputs, thresholds(wanted), inputs.slate.patch)
    found = Stage(inputs, Switcher(channel, clock), keys)

    (video_out, video_in), (audio_out, audio_in) = wide_pipe(), wide_pipe()

    async def see(piece: bytes) -> None:
        found.frame = piece
        found.bright.append(colour_of(piece)[0] > 190)
        found.frames += 1

    async def hear(piece: bytes) -> None:
        found.samples += len(piece) // 4
        found.heard += piece
        found.loud.append(max(abs(v) for v in memoryview(piece).cast("h")))

    size = PICTURE.frame_bytes
    async with inputs.running(), found.switcher.running(), asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_drain(video_out, size, see)),
            group.create_task(_drain(audio_out, 7680, hear)),
        ]
        first = found.switcher.grid.next_start(clock.nanos(), 1)
        feeding = found.switcher.feed(video_in, audio_in, first=first, tell=found.switches.append)
        tasks.append(group.create_task(feeding))
        yield found
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        os.close(video_in)
        os.close(audio_in)


async def _drain(descriptor: int, size: int, each: Callable[[bytes], Awaitable[None]]) -> None:
    reader, loop = asyncio.StreamReader(limit=1 << 20), asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(descriptor, "rb", 0))
    try:
        while True:
            await each(await reader.readexactly(size))
    except asyncio.IncompleteReadError:
        return
    finally:
        transport.close()


def encoder(
    colour: str,
    container: Container,
    *flags: str,
    rate: str = "25",
    size: str = "320x180",
    sound: str = "sine=frequency=440:sample_rate=44100",
) -> list[str]:
    """An ffmpeg that sends one colour with a box that moves, and a tone, to its stdout."""
    blink = "drawbox=x=iw/2:y=ih/2:w=40:h=20:c=white:t=fill:enable='lt(mod(t,0.4),0.2)'"
    graph = f"color=c={colour}:s={size}:r={rate},{blink}"
    tone = ["-re", "-f", "lavfi", "-i", sound] if sound else []
    coded = ["-c:a", "aac", "-b:a", "64k"] if sound else []
    if sound and container == "matroska":
        coded = ["-c:a", "libopus"]
    muxed = ["-cluster_time_limit", "100", "-live", "1"] if container == "matroska" else []
    return [
        "ffmpeg", "-v", "error", "-nostdin",
        # or frames would be made, and stamped with the time, eight ahead
        "-thread_queue_size", "1", "-re", "-f", "lavfi", "-i", graph, *tone,
        "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-threads", "1",
        "-pix_fmt", "yuv420p", "-g", "25", *coded, *flags,
        "-flush_packets", "1", *muxed, "-f", container, "pipe:1",
    ]  # fmt: skip


@dataclass
class Publisher:
    """One encoder and its line to the pod, as a gateway would hold it."""

    name: str
    container: Container
    argv: list[str]
    secret: str = KEY
    verdict: Verdict | None = None
    mute: bool = False
    """It goes on reading its encoder, and sends nothing."""
    _writer: asyncio.StreamWriter | None = None

    @asynccontextmanager
    async def publishing(self, port: int) -> AsyncIterator["Publisher"]:
        reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        self.verdict = await introduce(
            reader,
            self._writer,
            Introduction(
                input=self.name,
                secret=SecretStr(self.secret),
                protocol=PROTOCOL[self.container],
                peer="192.0.2.7:4711",
                container=self.container,
            ),
        )
        sending = asyncio.create_task(self._send(self._writer))
        try:
            yield self
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            self._writer.close()

    async def _send(self, writer: asyncio.StreamWriter) -> None:
        process = await asyncio.create_subprocess_exec(
            *self.argv, stdout=asyncio.subprocess.PIPE, limit=1 << 20
        )
        assert process.stdout is not None
        try:
            with contextlib.suppress(ConnectionError):
                while piece := await process.stdout.read(1 << 16):
                    if not self.mute:
                        writer.write(piece)
                        await writer.drain()
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    def reset(self) -> None:
        """The line ends with RST."""
        assert self._writer is not None
        self._writer.transport.abort()
