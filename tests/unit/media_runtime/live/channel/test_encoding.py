"""One encoder is always at work, and none outlives its channel's end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from media_runtime.live.channel import encoder as module
from media_runtime.live.channel.encoding import Encoding
from media_runtime.live.channel.packager import Packager
from media_runtime.live.switcher.choose import Switched
from media_runtime.live.switcher.health import Thresholds
from media_runtime.live.switcher.run import Channel, Switcher

from .orders import encoder_program, ladder_of_one, until

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
