"""ffmpeg publishes by RTMP, and what the pods of a channel get is what it sent."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from media_runtime.contribution.main import Ports
from tests.media.contributing import (
    KEY,
    Pod,
    camera,
    counted,
    gateway_to,
    pod,
    probed,
    run,
    running,
    until,
)


def url(ports: Ports, key: str = KEY) -> str:
    return f"rtmp://127.0.0.1:{ports.rtmp}/live/{key}"


def published(ports: Ports, seconds: float, key: str = KEY, *, pace: bool = True) -> list[str]:
    return camera(seconds, "-f", "flv", url(ports, key), pace=pace)


def scene(play: Callable[[], Awaitable[None]]) -> None:
    """One after the other, within a time that no test needs."""

    async def played() -> None:
        async with asyncio.timeout(60):
            await play()

    asyncio.run(played())


def test_all_that_ffmpeg_publishes_arrives(tmp_path: Path) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here) as ports:
            done = await run(*published(ports, 2))
            assert done.code == 0, done.said
            (taken,) = here.taken
            await taken.ended.wait()
            found = await probed(taken.path)
        assert found["errors"]["said"] == ""
        assert found["video"]["codec_name"] == "h264"
        assert int(found["video"]["nb_read_frames"]) == 40
        assert int(found["audio"]["nb_read_frames"]) >= 90
        assert taken.caller.protocol == "RTMP"
        assert taken.caller.peer.startswith("127.0.0.1:")

    scene(play)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("demo.news.main.guess", "WrongKey"),
        ("demo.news.aside.s3cret", "UnknownInput"),
        ("demo.olds.main.s3cret", "ChannelUnknown"),
        ("demo.news.main", "BadKey"),
        ("demo.news.main.", "BadKey"),
        ("demo/../news.main.s3cret", "BadRequest"),
    ],
)
def test_who_may_not_publish_is_told_why_and_written_down(
    tmp_path: Path, key: str, reason: str
) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here) as ports:
            done = await run(*published(ports, 1, key))
            assert done.code != 0
            assert reason == "BadRequest" or f"{reason}: " in done.said
            assert here.taken == []
            refusals = "streamverse_contribution_refusals_total"
            assert await counted(ports, refusals, protocol="RTMP", reason=reason) == 1

    scene(play)


def test_of_two_publishers_on_one_key_the_second_is_refused_and_the_first_goes_on(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here) as ports:
            async with running(*published(ports, 4)) as first:
                await until(lambda: bool(here.taken))
                second = await run(*published(ports, 1))
                assert second.code != 0
                assert "InUse: " in second.said
                await first.communicate()
                assert first.returncode == 0
            found = await probed(here.taken[0].path)
            assert int(found["video"]["nb_read_frames"]) == 80

    scene(play)


def test_a_pod_that_comes_later_gets_the_stream_from_a_key_frame_on(
    tmp_path: Path, later: int
) -> None:
    async def play() -> None:
        async with (
            pod(tmp_path) as first,
            gateway_to(first, f"127.0.0.1:{later}") as ports,
            running(*published(ports, 4)) as publisher,
        ):
            await until(lambda: bool(first.taken) and first.taken[0].bytes > 20_000)
            async with pod(tmp_path, port=later) as second:
                await until(lambda: bool(second.taken))
                await publisher.communicate()
                for taken in (*first.taken, *second.taken):
                    await taken.ended.wait()
                whole, part = [await probed(one.taken[0].path) for one in (first, second)]
        assert whole["errors"]["said"] == part["errors"]["said"] == ""
        assert int(whole["video"]["nb_read_frames"]) == 80
        assert 0 < int(part["video"]["nb_read_frames"]) < 80
        assert int(part["video"]["nb_read_frames"]) % 10 == 0, "begins at a key frame"
        assert part["audio"]["codec_name"] == "aac"

    scene(play)


def test_a_pod_that_takes_nothing_holds_up_nobody(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            pod(tmp_path) as good,
            pod(tmp_path, reads=False) as stuck,
            gateway_to(good, stuck, backlog_bytes=1_000_000) as ports,
        ):
            # Noise, without loss: more than the kernel's buffers between the two would hide.
            loud = camera(3, "-vf", "noise=alls=99:allf=t", "-qp", "0", "-f", "flv", url(ports))
            done = await run(*(one.replace("160x90", "640x360") for one in loud))
            assert done.code == 0, done.said
            await good.taken[0].ended.wait()
            found = await probed(good.taken[0].path)
            dropped = await counted(
                ports, "streamverse_contribution_dropped_bytes_total", protocol="RTMP"
            )
        assert int(found["video"]["nb_read_frames"]) == 60
        assert dropped > 0
        assert len(stuck.taken) == 1

    scene(play)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_publisher_that_dies_or_falls_silent_leaves_his_place_free(
    tmp_path: Path, number: signal.Signals
) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here, silence_seconds=3.0) as ports:
            async with running(*published(ports, 30)) as publisher:
                await until(lambda: bool(here.taken) and here.taken[0].bytes > 10_000)
                os.kill(publisher.pid, number)
                await asyncio.wait_for(here.taken[0].ended.wait(), 10)
            again = await run(*published(ports, 1, pace=False))
            assert again.code == 0, again.said

    scene(play)


def test_a_publisher_whose_pods_are_gone_is_kept_a_while_and_then_sent_off(tmp_path: Path) -> None:
    async def play() -> None:
        async with gateway_to("127.0.0.1:1", orphan_seconds=1.5) as nowhere:
            refused = await run(*published(nowhere, 1))
            assert "ChannelAway: " in refused.said
        async with pod(tmp_path) as here, gateway_to(here, orphan_seconds=1.5) as ports:
            async with running(*published(ports, 30)) as publisher:
                await until(lambda: bool(here.taken))
                here.hang_up()
                # The same pod is back at once: the publisher notices nothing.
                await until(lambda: len(here.taken) == 2)
                await until(lambda: here.taken[1].bytes > 10_000)
                here.closed = True
                here.hang_up()
                said, _ = await asyncio.wait_for(publisher.communicate(), 10)
            assert publisher.returncode != 0, said

    scene(play)


HANDSHAKE = b"\x03" + bytes(1536) + bytes(1536)
CONNECT = b"\x02\x00\x07connect\x00\x3f\xf0" + bytes(6)


def chunk(kind: int, body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return b"\x03\0\0\0" + size.to_bytes(3, "big") + bytes((kind,)) + bytes(4) + body


HOSTILE = {
    "another protocol": b"GET / HTTP/1.1\r\nHost: here\r\n\r\n" * 200,
    "zeros": bytes(100_000),
    "half a handshake": HANDSHAKE[:1000],
    "garbage after the handshake": HANDSHAKE + bytes(range(255, -1, -1)) * 50,
    "a giant message": HANDSHAKE + chunk(9, b"x" * 128, 0xFFFFFF),
    "a giant chunk size": HANDSHAKE + chunk(1, b"\x7f\xff\xff\xff") + chunk(20, b"y", 60_000),
    "a chunk size of nothing": HANDSHAKE + chunk(1, bytes(4)),
    "endless nesting": HANDSHAKE + chunk(20, CONNECT + (b"\x03\x00\x01a" * 20)[:100]),
    "many half messages": HANDSHAKE
    + b"".join(bytes((0, number)) + chunk(9, b"", 60_000)[1:] + bytes(128) for number in range(64)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_refused_in_time_and_hurt_nobody(tmp_path: Path, name: str) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here, publish_seconds=3.0) as ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", ports.rtmp)
            writer.write(HOSTILE[name])
            async with asyncio.timeout(10):
                while await reader.read(65536):
                    pass
            writer.close()
            refusals = "streamverse_contribution_refusals_total"
            assert await counted(ports, refusals, protocol="RTMP") == 1
            assert await counted(ports, "streamverse_contribution_connections") == 0
            await still_works(ports, here)

    scene(play)


def test_one_byte_at_a_time_is_not_waited_for_for_long(tmp_path: Path) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here, gateway_to(here, publish_seconds=3.0) as ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", ports.rtmp)
            async with asyncio.timeout(10):
                for byte in HANDSHAKE:
                    writer.write(bytes((byte,)))
                    await asyncio.sleep(0.05)
                    if reader.at_eof() or writer.is_closing():
                        break
                    if here.taken:
                        break
                    if await counted(
                        ports, "streamverse_contribution_refusals_total", reason="TooSlow"
                    ):
                        break
            writer.close()
            await still_works(ports, here)

    scene(play)


async def still_works(ports: Ports, here: Pod) -> None:
    before = len(here.taken)
    done = await run(*published(ports, 1, pace=False))
    assert done.code == 0, done.said
    assert len(here.taken) == before + 1


def test_a_pod_that_knows_another_key_is_not_asked_each_second(tmp_path: Path, later: int) -> None:
    async def play() -> None:
        async with (
            pod(tmp_path) as first,
            gateway_to(first, f"127.0.0.1:{later}") as ports,
            running(*published(ports, 30)),
        ):
            await until(lambda: bool(first.taken))
            async with pod(tmp_path, port=later) as rotated:
                rotated.secret = "another"
                await until(lambda: bool(rotated.refused))
                # Five more looks at the channel's pods, and no call.
                before = first.taken[0].bytes
                await until(lambda: first.taken[0].bytes > before + 30_000)
                assert rotated.refused == ["WrongKey"]
                assert not first.taken[0].ended.is_set()

    scene(play)


def test_publishers_on_air_do_not_keep_the_gateway_from_stopping(tmp_path: Path) -> None:
    async def play() -> None:
        async with pod(tmp_path) as here:
            async with gateway_to(here) as ports:
                publisher = await asyncio.create_subprocess_exec(*published(ports, 30))
                await until(lambda: bool(here.taken) and here.taken[0].bytes > 1_000)
            await asyncio.wait_for(here.taken[0].ended.wait(), 5)
            assert await asyncio.wait_for(publisher.wait(), 10) != 0

    scene(play)
