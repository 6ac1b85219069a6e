"""The gateway as the image runs it: one process for all protocols, ready once they listen."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp

from tests.media.contributing import HOST, KEY, camera, pod, run

OWN = "127.0.0.2"
"""Where no other test listens: what is free there stays so until the process is up."""


def free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind((OWN, 0))
        port: int = one.getsockname()[1]
        return port


def test_one_process_serves_all_protocols_until_it_is_told_to_stop(tmp_path: Path) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct-horse-battery")
    ports = {
        "RTMP_PORT": free(socket.SOCK_STREAM),
        "SRT_PORT": free(socket.SOCK_DGRAM),
        "WHIP_PORT": free(socket.SOCK_STREAM),
        "PORT": free(socket.SOCK_STREAM),
    }

    async def play() -> None:
        async with pod(tmp_path) as here:
            settings = {
                "HOST": OWN,
                "SRT_PASSPHRASE_FILE": str(passphrase),
                "RESOLVE": json.dumps({HOST: [here.address]}),
            } | {name: str(port) for name, port in ports.items()}
            gateway = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "media_runtime", "contribute"),
                stderr=asyncio.subprocess.PIPE,
                env=os.environ
                | {f"STREAMVERSE_CONTRIBUTION_{name}": value for name, value in settings.items()},
            )
            try:
                await ready(ports["PORT"])
                rtmp = f"rtmp://{OWN}:{ports['RTMP_PORT']}/live/{KEY}"
                srt = (
                    f"srt://{OWN}:{ports['SRT_PORT']}?pkt_size=1316"
                    f"&streamid={KEY}&passphrase=correct-horse-battery"
                )
                for form, url in (("flv", rtmp), ("mpegts", srt)):
                    done = await run(*camera(1, "-f", form, url))
                    assert done.code == 0, done.said
                    await here.taken[-1].ended.wait()
                assert [one.caller.protocol for one in here.taken] == ["RTMP", "SRT"]
                refused = await run(*camera(1, "-f", "flv", rtmp.replace("s3cret", "hunter2")))
                assert refused.code != 0
                gateway.send_signal(signal.SIGTERM)
                _, said = await asyncio.wait_for(gateway.communicate(), 10)
                assert gateway.returncode == 0
                lines = [json.loads(line) for line in said.splitlines()]
                (told,) = [one for one in lines if one["event"] == "publisher refused"]
                assert (told["input"], told["reason"]) == ("demo.news.main", "WrongKey")
                assert b"s3cret" not in said
                assert b"hunter2" not in said
            finally:
                if gateway.returncode is None:
                    gateway.kill()
                    await gateway.wait()

    asyncio.run(play())


async def ready(port: int) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(20):
        while True:
            try:
                async with http.get(f"http://{OWN}:{port}/readyz") as answer:
                    assert answer.status == 200
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
