"""What is plugged into a switcher, and the encoder behind it, change while it runs."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from media_runtime.live.switcher import strip
from media_runtime.live.switcher.choose import Switched
from media_runtime.live.switcher.decoder import Relayed
from media_runtime.live.switcher.frames import wide_pipe, write_all
from media_runtime.live.switcher.health import Thresholds
from media_runtime.live.switcher.intake import Intake
from media_runtime.live.switcher.patch import Patch
from media_runtime.live.switcher.pattern import Pattern
from media_runtime.live.switcher.picture import Picture
from media_runtime.live.switcher.run import Channel, Input, Switcher

PICTURE = Picture(320, 180, Fraction(25))
LIMITS = Thresholds(
    input_loss_millis=1000, black_millis=0, silence_millis=0, freeze_millis=0,
    error_clear_millis=500, repeat_frame_millis=200,
)  # fmt: skip
WHITE = Pattern("white", clock=False)
BLUE = Pattern("blue", clock=False)


class Encoder:
    """Reads what is fed to it until it is told to go away."""

    def __init__(self) -> None:
        (self._video, self.video_fd), (self._audio, self.audio_fd) = wide_pipe(), wide_pipe()
        self.frames: asyncio.Queue[bytes] = asyncio.Queue()
        self.looked_at = 0
        """Frames, by `until`."""

    async def _drain(
        self, descriptor: int, each: Callable[[bytes], Awaitable[None]] | None
    ) -> None:
        reader, loop = asyncio.StreamReader(limit=1 << 20), asyncio.get_running_loop()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.connect_read_pipe(
            lambda: protocol, os.fdopen(descriptor, "rb", 0)
        )
        try:
            while True:
                piece = await reader.readexactly(PICTURE.frame_bytes if each else 7680)
                if each:
                    await each(piece)
        except asyncio.IncompleteReadError:
            return
        finally:
            transport.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["Encoder"]:
        tasks = [
            asyncio.create_task(self._drain(self._video, self.frames.put)),
            asyncio.create_task(self._drain(self._audio, None)),
        ]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def until(self, wanted: Callable[[bytes], bool]) -> bytes:
        async with asyncio.timeout(10):
            while True:
                frame = await self.frames.get()
                self.looked_at += 1
                if wanted(frame):
                    return frame

    def close(self) -> None:
        os.close(self.video_fd)
        os.close(self.audio_fd)


def luma(frame: bytes) -> int:
    return frame[20 * 320 + 160]


def is_white(frame: bytes) -> bool:
    return luma(frame) > 200


def is_blue(frame: bytes) -> bool:
    return 30 <= luma(frame) <= 45


def test_inputs_are_decoded_on_while_the_encoder_is_started_anew() -> None:
    async def story() -> tuple[int, list[Switched]]:
        told: list[Switched] = []
        switcher = Switcher(Channel(PICTURE, (Input("only", 1, WHITE),), LIMITS, BLUE))

        def now() -> int:
            return switcher.grid.next_start(switcher.clock.nanos(), 1)

        async with switcher.running():
            first = Encoder()
            feeding = asyncio.create_task(
                switcher.feed(first.video_fd, first.audio_fd, first=now(), tell=told.append)
            )
            async with first.reading():
                await first.until(is_white)
            with pytest.raises(BrokenPipeError):
                await feeding
            first.close()
            second = Encoder()
            async with second.reading():
                feeding = asyncio.create_task(
                    switcher.feed(second.video_fd, second.audio_fd, first=now(), tell=told.append)
                )
                at_once = await second.frames.get()
                feeding.cancel()
                await asyncio.wait([feeding])
            second.close()
        return luma(at_once), told

    level, told = asyncio.run(story())
    assert level > 200
    assert [switch.reason for switch in told] == ["Started"]


def test_what_is_plugged_in_shows_and_what_is_pulled_out_is_left_at_once() -> None:
    async def story() -> tuple[int, list[Switched]]:
        told: list[Switched] = []
        place, slate = Patch(), Patch(BLUE)
        switcher = Switcher(Channel(PICTURE, (Input("only", 1, place),), LIMITS, slate))
        encoder = Encoder()
        async with encoder.reading(), switcher.running():
            feeding = asyncio.create_task(
                switcher.feed(
                    encoder.video_fd,
                    encoder.audio_fd,
                    first=switcher.grid.next_start(switcher.clock.nanos(), 1),
                    tell=told.append,
                )
            )
            await encoder.until(is_blue)
            place.plug(WHITE)

            def shown(frame: bytes) -> bool:
                """And no frame is overdue: those would still be what was there before."""
                in_time = encoder.frames.empty() and not switcher.behind_millis
                return is_white(frame) and in_time

            await encoder.until(shown)
            before = encoder.looked_at
            place.plug(None)
            await encoder.until(is_blue)
            repeated = encoder.looked_at - before - 1
            slate.plug(WHITE)
            await encoder.until(is_white)
            feeding.cancel()
            await asyncio.wait([feeding])
        encoder.close()
        return repeated, told

    repeated, told = asyncio.run(story())
    assert [switch.after.kind for switch in told] == ["Input", "Repeat", "Slate"]
    assert told[1].reason == "Erroring"
    # As a viewer counts, and the one that was on its way: none is left out, however late it comes.
    assert repeated <= LIMITS.repeat_frame_millis // 40 + 1


def test_a_source_is_poured_from_its_beginning_into_each_decoder(tmp_path: Path) -> None:
    clip = tmp_path / "clip.ts"
    poured: list[int] = []

    async def pour(into: int) -> None:
        poured.append(1)
        await write_all(into, clip.read_bytes())

    async def story() -> list[Switched]:
        make = await asyncio.create_subprocess_exec(
            *("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=white:s=128x72:r=25:d=1.5"),
            *("-c:v", "mpeg2video", str(clip)),
        )  # fmt: skip
        assert await make.wait() == 0
        told: list[Switched] = []
        source = Relayed("mpegts", pour, paced=True)
        # or a machine's hiccup at its end would be longer than its last picture is repeated
        limits = replace(LIMITS, repeat_frame_millis=1000)
        switcher = Switcher(Channel(PICTURE, (Input("only", 1, source),), limits, BLUE))
        encoder = Encoder()
        async with encoder.reading(), switcher.running():
            first = switcher.grid.next_start(switcher.clock.nanos(), 1)
            feeding = asyncio.create_task(
                switcher.feed(encoder.video_fd, encoder.audio_fd, first=first, tell=told.append)
            )
            await encoder.until(is_white)
            await encoder.until(lambda _: told[-1].after.kind != "Input")
            await encoder.until(lambda frame: told[-1].after.kind == "Input" and is_white(frame))
            feeding.cancel()
            await asyncio.wait([feeding])
        encoder.close()
        return told

    told = asyncio.run(story())
    assert [switch.after.kind for switch in told][:2] == ["Input", "Repeat"]
    assert len(poured) >= 2


def test_a_test_pattern_tells_its_time_to_the_millisecond() -> None:
    async def story() -> tuple[int, int]:
        pattern = Pattern(text="test", tone_hertz=1000, bars=True, strip=True)
        switcher = Switcher(Channel(PICTURE, (Input("only", 1, pattern),), LIMITS, BLUE))
        encoder = Encoder()
        async with encoder.reading(), switcher.running():
            first = switcher.grid.next_start(switcher.clock.nanos(), 1)
            feeding = asyncio.create_task(
                switcher.feed(encoder.video_fd, encoder.audio_fd, first=first, tell=print)
            )
            middle = (180 - strip.height(180) // 2) * 320
            frame = await encoder.until(
                lambda frame: strip.read(frame[middle : middle + 320]) is not None
            )
            now = datetime.now(UTC)
            feeding.cancel()
            await asyncio.wait([feeding])
        encoder.close()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        shown = strip.read(frame[middle : middle + 320])
        assert shown is not None
        return shown, int((now - midnight).total_seconds() * 1000)

    shown, now = asyncio.run(story())
    assert 0 <= (now - shown) % strip.DAY_MILLIS <= 1000


@pytest.mark.parametrize("turns", range(6))
def test_an_input_that_is_told_to_end_as_something_else_is_plugged_in_ends(turns: int) -> None:
    """However many turns of the loop lie between, so that a pod always comes to its end."""

    async def story() -> None:
        patch = Patch(WHITE)
        intake = Intake(Input("only", 1, patch), PICTURE, lambda: time.monotonic_ns() // 1_000_000)
        running = asyncio.create_task(intake.run())
        async with asyncio.timeout(20):
            while intake.seen().last_picture_at is None:  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.02)
        patch.plug(None)
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        ended, _ = await asyncio.wait([running], timeout=10)
        assert ended
        assert running.cancelled()

    asyncio.run(story())
