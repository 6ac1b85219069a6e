"""ffmpeg and srt-live-transmit publish by SRT on one port; pods get the transport stream."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from media_runtime.contribution.main import Ports
from tests.media.contributing import (
    KEY,
    Pod,
    camera,
    counted,
    counts,
    gateway_to,
    pod,
    probed,
    run,
    running,
    until,
)

PASSPHRASE = "correct-horse-battery"
REFUSALS = "streamverse_contribution_refusals_total"


def url(ports: Ports, streamid: str = KEY, *, passphrase: str = PASSPHRASE) -> str:
    secret = f"&passphrase={passphrase}" if passphrase else ""
    return f"srt://127.0.0.1:{ports.srt}?pkt_size=1316&streamid={streamid}{secret}"


def published(ports: Ports, seconds: float, streamid: str = KEY) -> list[str]:
    return camera(seconds, "-f", "mpegts", url(ports, streamid))


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n")
    return path


ASIDE = "127.0.0.3"
"""Where no other test is given a port."""


def free_datagram_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((ASIDE, 0))
        port: int = one.getsockname()[1]
        return port


def noisy(out: socket.socket, port: int, here: Pod) -> bool:
    """Send something that is no transport stream; whether a pod has seen the last of it."""
    for _ in range(4):
        out.sendto(os.urandom(1316).replace(b"\x47", b"\x46"), (ASIDE, port))
    return bool(here.taken) and here.taken[0].ended.is_set()


def scene(play: Callable[[], Awaitable[None]]) -> None:
    async def played() -> None:
        async with asyncio.timeout(60):
            await play()

    asyncio.run(played())


@pytest.mark.parametrize(
    "streamid", [KEY, f"%23!::r={KEY},m=publish", f"#!::u=camera-4,m=publish,r={KEY}"]
)
def test_all_that_ffmpeg_publishes_arrives(tmp_path: Path, secret: Path, streamid: str) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here, srt_passphrase_file=secret) as ports:
            done = await run(*published(ports, 2, streamid))
            assert done.code == 0, done.said
            (taken,) = here.taken
            await taken.ended.wait()
            found = await probed(taken.path)
        assert found["errors"]["said"] == ""
        assert found["video"]["codec_name"] == "h264"
        # ffmpeg hangs up without waiting for what is within the latency.
        assert 30 <= int(found["video"]["nb_read_frames"]) <= 40
        assert found["audio"]["codec_name"] == "aac"
        assert (taken.caller.protocol, taken.caller.container) == ("SRT", "mpegts")

    scene(play)


def test_srt_live_transmit_publishes_as_well(tmp_path: Path, secret: Path) -> None:
    async def play() -> None:
        between = free_datagram_port()
        async with pod(tmp_path) as here, gateway_to(here, srt_passphrase_file=secret) as ports:
            relay = ("srt-live-transmit", "-a:no", "-q", f"udp://{ASIDE}:{between}", url(ports))
            feed = camera(30, "-f", "mpegts", f"udp://{ASIDE}:{between}?pkt_size=1316")
            async with running(*relay), running(*feed):
                await until(lambda: bool(here.taken) and here.taken[0].bytes > 100_000)
            await here.taken[0].ended.wait()
            found = await probed(here.taken[0].path)
        assert found["video"]["codec_name"] == "h264"
        assert int(found["video"]["nb_read_frames"]) > 20

    scene(play)


@pytest.mark.parametrize(
    ("streamid", "passphrase", "reason"),
    [
        ("demo.news.main.guess", PASSPHRASE, "WrongKey"),
        ("demo.olds.main.s3cret", PASSPHRASE, "ChannelUnknown"),
        ("hello", PASSPHRASE, "BadKey"),
        ("", PASSPHRASE, "BadKey"),
        (f"#!::r={KEY},m=request", PASSPHRASE, "BadRequest"),
        (KEY, "another-passphrase", "WrongPassphrase"),
        (KEY, "", "WrongPassphrase"),
    ],
)
def test_who_may_not_publish_is_turned_away_and_written_down(
    tmp_path: Path, secret: Path, streamid: str, passphrase: str, reason: str
) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here, srt_passphrase_file=secret) as ports:
            where = url(ports, streamid, passphrase=passphrase)
            done = await run(*camera(1, "-f", "mpegts", where))
            assert done.code != 0
            await counts(ports, REFUSALS, protocol="SRT", reason=reason)
            assert await counted(ports, REFUSALS) == 1
            assert here.taken == []

    scene(play)


def test_two_inputs_share_the_port_and_a_second_publisher_on_one_is_refused(
    tmp_path: Path, secret: Path
) -> None:
    async def play() -> None:
        async with (
            pod(tmp_path) as here,
            gateway_to(here, srt_passphrase_file=secret) as ports,
            running(*published(ports, 4)) as main,
            running(*published(ports, 4, "demo.news.backup.s3cret")) as backup,
        ):
            await until(lambda: len(here.taken) == 2)
            third = await run(*published(ports, 2))
            assert third.code != 0
            assert here.refused == ["InUse"]
            for publisher in (main, backup):
                await publisher.communicate()
                assert publisher.returncode == 0
            for taken in here.taken:
                await taken.ended.wait()
                found = await probed(taken.path)
                assert int(found["video"]["nb_read_frames"]) > 60

    scene(play)


def test_a_pod_that_comes_later_gets_the_stream_from_its_tables_and_a_key_frame_on(
    tmp_path: Path, secret: Path, later: int
) -> None:
    async def play() -> None:
        async with (
            pod(tmp_path) as first,
            gateway_to(first, f"127.0.0.1:{later}", srt_passphrase_file=secret) as ports,
            running(*published(ports, 4)) as publisher,
        ):
            await until(lambda: bool(first.taken) and first.taken[0].bytes > 50_000)
            async with pod(tmp_path, port=later) as second:
                await until(lambda: bool(second.taken))
                await publisher.communicate()
                await second.taken[0].ended.wait()
                found = await probed(second.taken[0].path)
        assert found["errors"]["said"] == ""
        assert 0 < int(found["video"]["nb_read_frames"]) < 80
        begin = second.taken[0].path.read_bytes()
        pids = [(begin[at + 1] & 31) << 8 | begin[at + 2] for at in range(0, 188 * 3, 188)]
        assert pids == [0, 4096, 256], "PAT, PMT, picture"

    scene(play)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_publisher_that_dies_or_falls_silent_leaves_his_place_free(
    tmp_path: Path, secret: Path, number: signal.Signals
) -> None:
    async def play() -> None:
        async with (
            pod(tmp_path) as here,
            gateway_to(here, srt_passphrase_file=secret, silence_seconds=3.0) as ports,
        ):
            async with running(*published(ports, 30)) as publisher:
                await until(lambda: bool(here.taken) and here.taken[0].bytes > 10_000)
                os.kill(publisher.pid, number)
                await asyncio.wait_for(here.taken[0].ended.wait(), 10)
            again = await run(*published(ports, 1))
            assert again.code == 0, again.said

    scene(play)


def test_datagrams_of_something_else_hurt_nobody(tmp_path: Path, secret: Path) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here, srt_passphrase_file=secret) as ports:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
                for size in (1, 16, 64, 200, 1456):
                    one.sendto(b"\x80" + os.urandom(size), ("127.0.0.1", ports.srt or 0))
                # And a caller with everything but a transport stream.
                between = free_datagram_port()
                relay = (
                    "srt-live-transmit",
                    "-a:no",
                    "-q",
                    f"udp://{ASIDE}:{between}",
                    url(ports),
                )
                async with running(*relay):
                    await until(lambda: noisy(one, between, here))
                    await counts(ports, REFUSALS, protocol="SRT", reason="BadBytes")
            done = await run(*published(ports, 1))
            assert done.code == 0, done.said

    scene(play)
