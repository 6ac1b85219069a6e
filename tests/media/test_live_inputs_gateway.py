"""Real publishers, through the real gateway, are on air: RTMP, SRT and WHIP."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from tests.media.contributing import gateway_to, running
from tests.media.live_stage import BLUE, RED, encoder, order, pushed, stage
from tests.media.whip_publisher import Publisher

PASSPHRASE = "long-enough-1"
KEY = "demo.news.{}.correct-horse"


def to(address: str, container: str, argv: list[str]) -> list[str]:
    """The same encoder, sending there."""
    return [*argv[: argv.index("-flush_packets")], "-f", container, address]


def test_encoders_by_rtmp_and_srt_are_on_air(tmp_path: Path) -> None:
    async def story() -> None:
        passphrase = tmp_path / "passphrase"
        passphrase.write_text(PASSPHRASE)
        wanted = order(pushed("main", 1), pushed("backup", 2, "SRT"))
        async with (
            stage(wanted, tmp_path) as live,
            gateway_to(f"127.0.0.1:{live.inputs.port}", srt_passphrase_file=passphrase) as ports,
        ):
            srt = f"srt://127.0.0.1:{ports.srt}?passphrase={PASSPHRASE}&pkt_size=1316"
            rtmp = f"rtmp://127.0.0.1:{ports.rtmp}/live/{KEY.format('main')}"
            backup = to(
                f"{srt}&streamid={KEY.format('backup')}", "mpegts", encoder("blue", "mpegts")
            )
            async with running(*backup):
                await live.shows(BLUE)
                async with running(*to(rtmp, "flv", encoder("red", "flv"))):
                    await live.shows(RED)
                    await live.until(lambda: live.states()["main"].format)
                    assert live.states()["main"].format.startswith("H.264 320x180 25 fps")
                await live.shows(BLUE)
            assert max(live.loud) > 500

    asyncio.run(story())


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_a_browser_by_whip_is_on_air(tmp_path: Path, codec: str) -> None:
    async def story() -> None:
        wanted = order(pushed("main", 1, "WHIP"))
        async with (
            stage(wanted, tmp_path) as live,
            gateway_to(f"127.0.0.1:{live.inputs.port}") as ports,
            aiohttp.ClientSession() as http,
        ):
            url = f"http://127.0.0.1:{ports.whip}/whip/demo.news.main"
            browser = Publisher(url, "correct-horse", http)
            try:
                await browser.publish(codec)
                await live.until(live.on_air, 20)
                await live.until(lambda: live.states()["main"].format)
                assert "320x180" in live.states()["main"].format
                assert "Opus 48 kHz stereo" in live.states()["main"].format
            finally:
                await browser.peer.close()

    asyncio.run(story())
