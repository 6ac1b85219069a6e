import asyncio
import sys

from media_runtime.ffmpeg import Limits, run


def test_a_program_that_wants_all_the_memory_is_told_that_there_is_none() -> None:
    greedy = [sys.executable, "-c", "bytearray(9 << 30)"]
    ended = asyncio.run(run(greedy, Limits(wall_seconds=60)))
    assert ended.code == 1
    assert any("MemoryError" in said for said in ended.messages.first), ended.messages
