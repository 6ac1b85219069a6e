"""Whoever has a key may send what he likes: it is his own input alone that suffers."""

import asyncio
import contextlib
import itertools
import random
import resource
from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from media_runtime.live.inputs.streams.flv import HEADER, FlvSplitter
from media_runtime.live.line import Container, Introduction, introduce
from tests.media.live_stage import KEY, PROTOCOL, RED, Publisher, encoder, order, pushed, stage

DICE = random.Random(7)  # noqa: S311 - the same each time
NOISE = DICE.randbytes(1 << 20)


def tag(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3) + bytes(7) + body + (len(body) + 11).to_bytes(4)


def flipped(clip: bytes) -> bytes:
    """One bit in five hundred bytes."""
    broken = bytearray(clip)
    for at in range(1000, len(broken), 500):
        broken[at + DICE.randrange(min(500, len(broken) - at))] ^= 1 << DICE.randrange(8)
    return bytes(broken)


def attacks(flv: bytes, ts: bytes, mkv: bytes) -> dict[str, tuple[Container, Iterator[bytes]]]:
    """By name: what it calls itself, and pieces without end or until it is broken off."""
    giant = HEADER + bytes([9, 0x7F, 0xFF, 0xFF]) + bytes(7)
    idle = tag(8, b"\xaf\x01")
    return {
        "noise-flv": ("flv", itertools.repeat(NOISE)),
        "noise-after-flv": ("flv", itertools.chain([flv], itertools.repeat(NOISE))),
        "noise-ts": ("mpegts", itertools.repeat(NOISE)),
        "noise-after-ts": ("mpegts", itertools.chain([ts], itertools.repeat(NOISE))),
        "noise-mkv": ("matroska", itertools.repeat(NOISE)),
        "giant-tag": ("flv", itertools.chain([giant], itertools.repeat(bytes(1 << 16)))),
        "giant-element": ("matroska", iter([mkv[:200], b"\xa3\x08\x7f\xff\xff\xff" + NOISE])),
        "flood-of-tags": ("flv", itertools.chain([flv], itertools.repeat(idle * 4000))),
        "null-packets": ("mpegts", itertools.repeat((b"\x47\x1f\xff\x10" + bytes(184)) * 500)),
        "flipped-flv": ("flv", iter([flipped(flv)])),
        "flipped-ts": ("mpegts", itertools.repeat(flipped(ts))),
        "flipped-mkv": ("matroska", iter([flipped(mkv)])),
        "cut-off": ("flv", iter([flv[: len(flv) // 2 + 7]])),
    }


async def made(container: Container) -> bytes:
    argv = [one for one in encoder("blue", container, "-t", "3") if one != "-re"]
    made = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
    clip, _ = await made.communicate()
    return clip


async def attack(port: int, name: str, container: Container, pieces: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    caller = Introduction(
        input=name,
        secret=SecretStr(KEY),
        protocol=PROTOCOL[container],
        peer="192.0.2.66:1",
        container=container,
    )
    assert (await introduce(reader, writer, caller)).admitted
    with contextlib.suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        await asyncio.sleep(1)
    writer.close()


def test_hostile_publishers_spoil_their_own_input_and_no_other(tmp_path: Path) -> None:
    async def story() -> None:
        clips = [await made("flv"), await made("mpegts"), await made("matroska")]
        corpus = attacks(*clips)
        main = pushed("main", 1)
        others = [pushed(name, 5, PROTOCOL[kind]) for name, (kind, _) in corpus.items()]
        async with stage(order(main, *others), tmp_path) as live:
            publisher = Publisher("main", "flv", encoder("red", "flv"))
            async with publisher.publishing(live.inputs.port):
                await live.shows(RED)
                most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                began, before = live.switcher.clock.millis(), live.frames
                names = list(corpus.items())
                for three in (names[at : at + 3] for at in range(0, len(names), 3)):
                    running = [
                        asyncio.create_task(attack(live.inputs.port, name, *what))
                        for name, what in three
                    ]
                    await asyncio.wait(running, timeout=1.5)
                    for one in running:
                        one.cancel()
                    await asyncio.gather(*running, return_exceptions=True)
                passed = (live.switcher.clock.millis() - began) / 40
                assert live.frames - before >= passed * 0.8
                grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most
                assert grown < 150 * 1024
                assert [one.after.input for one in live.switches] == ["main"]
                assert live.switcher._intakes["main"].restarts == 0
                states = live.states()
                assert not [name for name in corpus if states[name].state == "OnAir"]

    asyncio.run(story())


def test_time_stamps_that_leap_are_not_seen(tmp_path: Path) -> None:
    """RTMP encoders that reconnect behind a relay begin again at nought."""

    async def story() -> None:
        async with stage(order(pushed("only", 1)), tmp_path) as live:
            reader, writer = await asyncio.open_connection("127.0.0.1", live.inputs.port)
            caller = Introduction(
                input="only",
                secret=SecretStr(KEY),
                protocol="RTMP",
                peer="192.0.2.66:1",
                container="flv",
            )
            assert (await introduce(reader, writer, caller)).admitted
            process = await asyncio.create_subprocess_exec(
                *encoder("red", "flv"), stdout=asyncio.subprocess.PIPE
            )
            assert process.stdout is not None
            splitter, leap = FlvSplitter(), 3_600_000
            writer.write(HEADER)

            async def send(stdout: asyncio.StreamReader) -> None:
                while piece := await stdout.read(1 << 16):
                    for unit in splitter.feed(piece):
                        writer.write(later(unit.data, leap))
                    await writer.drain()

            sending = asyncio.create_task(send(process.stdout))
            await live.shows(RED)
            for leap in (0, 7_200_000, 7_195_000):  # noqa: B007 - `send` reads it
                await asyncio.sleep(1.5)
            restarts = live.switcher._intakes["only"].restarts
            assert (leap, restarts) == (7_195_000, 0)
            assert max(live.loud[-10:]) > 500
            assert [one.after.kind for one in live.switches] == ["Input"]
            sending.cancel()
            process.kill()
            await process.wait()
            writer.close()

    asyncio.run(story())


def later(one: bytes, millis: int) -> bytes:
    """An FLV tag with its time stamp so much later."""
    at = int.from_bytes(one[4:7]) + (one[7] << 24) + millis
    return one[:4] + (at & 0xFFFFFF).to_bytes(3) + bytes([at >> 24]) + one[8:]
