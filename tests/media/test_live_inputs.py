"""Publishers come, go and misbehave; viewers see one picture all the while."""

import asyncio
from pathlib import Path

from tests.media.live_stage import BLUE, RED, SLATE, Publisher, encoder, order, pushed, stage


def test_a_publisher_is_on_air_and_left_at_once_when_he_is_cut_off(tmp_path: Path) -> None:
    async def story() -> None:
        wanted = order(pushed("primary", 1), pushed("backup", 2, "SRT"))
        async with stage(wanted, tmp_path) as live:
            await live.shows(SLATE)
            assert live.states()["primary"].state == "Waiting"
            backup = Publisher("backup", "mpegts", encoder("blue", "mpegts"))
            primary = Publisher("primary", "flv", encoder("red", "flv"))
            async with backup.publishing(live.inputs.port):
                await live.shows(BLUE)
                assert backup.verdict is not None
                assert backup.verdict.admitted
                async with primary.publishing(live.inputs.port):
                    await live.shows(RED)
                    assert live.states()["primary"].peer == "192.0.2.7:4711"
                    at = live.switcher.clock.millis()
                    primary.reset()
                    await live.shows(BLUE, 2)
                    left = live.switcher.clock.millis() - at
                    assert left <= 800 + 1000
                    assert live.states()["primary"].state == "Faulty"

    asyncio.run(story())
