"""What is plugged in is decoded; what is pulled out ends at once."""

import asyncio

from media_runtime.live.switcher.patch import Patch
from media_runtime.live.switcher.pattern import Pattern

ONE, OTHER = Pattern("red"), Pattern("red")


def test_who_waits_gets_what_is_plugged_in() -> None:
    async def story() -> list[object]:
        patch = Patch()
        waiting = [asyncio.create_task(patch.plugged()) for _ in range(2)]
        await asyncio.sleep(0)
        patch.plug(ONE)
        return list(await asyncio.gather(*waiting))

    assert asyncio.run(story()) == [ONE, ONE]


def test_a_change_is_told_once_while_somebody_listens() -> None:
    async def story() -> int:
        patch, told = Patch(ONE), []
        with patch.telling(lambda: told.append(1)):
            patch.plug(ONE)
            patch.plug(OTHER)
        patch.plug(None)
        return len(told)

    assert ONE == OTHER, "they are told apart by identity alone"
    assert asyncio.run(story()) == 1


def test_a_wait_ends_with_a_change_or_with_its_time() -> None:
    async def story() -> float:
        patch, loop = Patch(ONE), asyncio.get_running_loop()
        began = loop.time()
        await patch.wait(ONE, 0.01)
        waiting = asyncio.create_task(patch.wait(ONE, 30))
        await asyncio.sleep(0)
        patch.plug(None)
        await waiting
        return loop.time() - began

    assert asyncio.run(story()) < 10
