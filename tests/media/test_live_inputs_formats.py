"""Whatever a publisher's encoder makes, it is carried, measured and told."""

import asyncio
import contextlib
from functools import partial
from pathlib import Path

import pytest

from media_runtime.live.switcher import strip
from tests.media.live_stage import (
    HEIGHT,
    RED,
    WIDTH,
    Publisher,
    encoder,
    flashing,
    order,
    pushed,
    skews,
    stage,
)

pytestmark = pytest.mark.alone

INTERLACED = ("-c:v", "mpeg2video", "-b:v", "600k", "-flags", "+ildct+ilme", "-top", "1")
LONG_GOP = (
    "-tune",
    "film",
    "-bf",
    "2",
    "-b_strategy",
    "0",
    "-g",
    "250",
    "-x264-params",
    "scenecut=0",
)
UNEVEN = ("-vf", "select='mod(n,4)'", "-fps_mode", "vfr")


def test_what_publishers_send_is_carried_and_told(tmp_path: Path) -> None:
    async def story() -> None:
        wanted = order(
            pushed("plain", 1),
            pushed("broadcast", 2, "SRT"),
            pushed("mute", 3),
            pushed("long", 4, "SRT"),
            pushed("uneven", 5),
            pushed("browser", 6, "WHIP"),
        )
        surround = ("-c:a", "ac3", "-ac", "6", "-ar", "48000")
        publishers = [
            Publisher("plain", "flv", encoder("red", "flv")),
            Publisher(
                "broadcast",
                "mpegts",
                encoder("blue", "mpegts", *INTERLACED, *surround, rate="30000/1001"),
            ),
            Publisher("mute", "flv", encoder("red", "flv", sound="")),
            Publisher("long", "mpegts", encoder("red", "mpegts", *LONG_GOP)),
            Publisher("uneven", "flv", encoder("red", "flv", *UNEVEN)),
            Publisher("browser", "matroska", encoder("green", "matroska")),
        ]
        async with stage(wanted, tmp_path) as live, contextlib.AsyncExitStack() as lines:
            for one in publishers:
                await lines.enter_async_context(one.publishing(live.inputs.port))
            await live.until(
                lambda: all(
                    one.state in ("Receiving", "OnAir") and one.format
                    for one in live.states().values()
                ),
                20,
            )
            await live.until(
                lambda: "INGRESS_LONG_KEY_FRAME_INTERVAL" in live.states()["long"].alerts, 20
            )
            told = live.states()
            await live.shows(RED)
            before, heard = live.frames, live.samples
            # The switcher leaves no frame out: these are a second's, however late they come.
            await live.until(lambda: live.frames - before >= 25, 3)
            assert max(live.loud[-10:]) > 500
            assert live.samples > heard
        assert told["plain"].format.startswith("H.264 320x180 25 fps")
        assert told["plain"].format.endswith("AAC 44.1 kHz mono")
        assert told["plain"].alerts == ()
        assert told["broadcast"].format.startswith("MPEG-2 320x180 29.97 fps")
        assert told["broadcast"].format.endswith("AC-3 48 kHz 5.1")
        assert told["mute"].alerts == ("INGRESS_NO_AUDIO",)
        assert "INGRESS_HAS_BFRAME" in told["long"].alerts
        assert "INGRESS_VARIABLE_FRAMERATE" in told["uneven"].alerts
        assert told["browser"].format.endswith("Opus 48 kHz mono")

    asyncio.run(story())


def test_sound_stays_with_its_picture_from_a_publisher(tmp_path: Path) -> None:
    async def story() -> list[float]:
        async with stage(order(pushed("only", 1)), tmp_path) as live:
            only = Publisher("only", "flv", flashing("flv"))
            async with only.publishing(live.inputs.port):
                await live.until(live.on_air)
                since = live.frames + 25
                await live.until(lambda: live.frames > since + 120)
                return skews(live, since)

    found = asyncio.run(story())
    assert len(found) >= 6
    assert max(found) <= 0.04, found


def test_a_publishers_picture_is_on_air_well_within_a_second(tmp_path: Path) -> None:
    """Read from the clock in it: 0.4 s on an idle machine, a tenth of it in the publisher."""

    async def story() -> list[int]:
        async with stage(order(pushed("only", 1)), tmp_path) as live:
            argv = encoder("gray", "flv")
            graph = argv.index("lavfi") + 2
            drawn = ",".join(strip.filters(WIDTH, HEIGHT))
            argv[graph] = f"color=c=gray:s=320x180:r=25,{strip.STAMPED},{drawn},settb=1/25,setpts=N"
            only = Publisher("only", "flv", argv)
            middle = (HEIGHT - strip.height(HEIGHT) // 2) * WIDTH
            found = []

            def newer(before: int) -> bool:
                return live.frames > before

            async with only.publishing(live.inputs.port):
                await live.until(live.on_air)
                since = live.frames + 25
                await live.until(lambda: live.frames > since)
                while live.frames < since + 40:
                    await live.until(partial(newer, live.frames))
                    shown = strip.read(live.frame[middle : middle + WIDTH])
                    assert shown is not None
                    now = live.switcher.clock.millis() % strip.DAY_MILLIS
                    found.append((now - shown) % strip.DAY_MILLIS)
            return sorted(found)

    late = asyncio.run(story())
    assert late[len(late) // 2] <= 800, late
