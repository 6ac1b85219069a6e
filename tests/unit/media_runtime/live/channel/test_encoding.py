"""One encoder is always at work, and none outlives its channel's end."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from media_runtime.live.channel import encoder as module
from media_runtime.live.channel import encoding as encoding_module
from media_runtime.live.channel.encoding import Encoding
from media_runtime.live.channel.pace import Change, Pace
from media_runtime.live.channel.packager import Packager
from media_runtime.live.switcher.choose import Switched
from media_runtime.live.switcher.frames import wide_pipe
from media_runtime.live.switcher.health import Thresholds
from media_runtime.live.switcher.run import Channel, Switcher

from .orders import descriptors, encoder_program, ladder_of_one, until

LADDER = ladder_of_one()
READS_TO_ITS_END = """
trap '' TERM
: > "$READY"
exec cat /dev/fd/$VIDEO > /dev/null
"""


class Unseen(Switcher):
    """Decodes nothing; its frames come as fast as they are asked for, and are noted."""

    def __init__(self) -> None:
        super().__init__(Channel(LADDER.canvas, (), Thresholds()))
        self.fed: list[int] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        yield

    async def feed(
        self,
        video_fd: int,  # noqa: ARG002 - as of a Switcher
        audio_fd: int,  # noqa: ARG002
        *,
        tell: Callable[[Switched], None],  # noqa: ARG002
        first: int,
        end: int | None = None,  # noqa: ARG002
    ) -> None:
        await asyncio.sleep(0.05)
        self.fed.append(first)


def encoding(switcher: Switcher) -> Encoding:
    packager = Packager(LADDER, listed=8, held=None)
    return Encoding(LADDER, switcher, packager, lateness_millis=lambda: 0, tell=lambda _: None)


def test_an_encoder_that_waits_for_its_next_frame_ends_with_the_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready"
    monkeypatch.setattr(module, "encoder_argv", encoder_program(READS_TO_ITS_END, ready))

    async def goes_on() -> None:
        running = asyncio.create_task(encoding(Unseen()).run())
        await until(ready.exists)
        running.cancel()
        async with asyncio.timeout(3):  # one that does not hear is killed after 5
            await asyncio.wait([running])

    asyncio.run(goes_on())


class NoDescriptors:
    """Makes pipes, but not the nth of those that are `missing`; an encoder of one rung has 3."""

    def __init__(self, *missing: int) -> None:
        self._missing, self._count = missing, 0

    def __call__(self) -> tuple[int, int]:
        self._count += 1
        if self._count in self._missing:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return wide_pipe()


def test_an_encoder_is_tried_again_until_there_are_descriptors_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = encoder_program(READS_TO_ITS_END, tmp_path / "ready")
    monkeypatch.setattr(module, "encoder_argv", program)
    monkeypatch.setattr(module, "wide_pipe", NoDescriptors(1, 3, 6))
    switcher = Unseen()
    one = encoding(switcher)

    async def goes_on() -> tuple[int, int]:
        before = descriptors()
        running = asyncio.create_task(one.run())
        await until(lambda: switcher.fed or running.done())
        one.end()
        await running
        return before, descriptors()

    before, after = asyncio.run(goes_on())
    assert switcher.fed
    assert one.restarts == {"Died": 3}
    assert after == before


def test_the_encoder_at_work_goes_on_until_there_is_another_that_lives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = encoder_program(READS_TO_ITS_END, tmp_path / "ready")
    monkeypatch.setattr(module, "encoder_argv", program)
    monkeypatch.setattr(module, "wide_pipe", NoDescriptors(4, 5))
    wishes = [Change.RESTORE]

    def judged(pace: Pace, *_: float) -> tuple[Pace, Change]:
        return pace, wishes.pop() if wishes else Change.NONE

    monkeypatch.setattr(encoding_module, "judged", judged)
    switcher = Unseen()
    one = encoding(switcher)

    async def goes_on() -> None:
        running = asyncio.create_task(one.run())
        await until(lambda: len(switcher.fed) > 5 or running.done())
        one.end()
        await running

    asyncio.run(goes_on())
    begun = switcher.fed[0]
    assert switcher.fed == [begun + n * LADDER.gop for n in range(len(switcher.fed))]
    assert one.restarts == {"Restore": 1, "Died": 2}
