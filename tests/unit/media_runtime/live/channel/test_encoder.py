"""An encoder that is told to end does, whatever waits in its pipes."""

import asyncio
from pathlib import Path

import pytest

from media_runtime.live.channel import encoder as module
from media_runtime.live.channel.encoder import Encoder

from .orders import encoder_program, ladder_of_one, until

FLUSHES_WHEN_TOLD_TO_END = """
trap 'head -c 4000000 /dev/zero > /dev/fd/$OUTPUT; exit' TERM
cat /dev/fd/$VIDEO > /dev/null &
: > "$READY"
wait
"""


def test_one_that_flushes_more_than_its_pipe_holds_ends_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready"
    program = encoder_program(FLUSHES_WHEN_TOLD_TO_END, ready)
    monkeypatch.setattr(module, "encoder_argv", program)
    ladder = ladder_of_one()

    async def goes_on() -> None:
        one = Encoder(1, 0, ladder.canvas, ladder.rungs, (), due_in=60)
        running = asyncio.create_task(one.run(lambda *_: None))
        await until(ready.exists)
        running.cancel()
        async with asyncio.timeout(3):  # one that does not hear is killed after 5
            await asyncio.wait([running])
        one.close()

    asyncio.run(goes_on())
