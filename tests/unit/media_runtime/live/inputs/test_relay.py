"""Each decoder begins at a key frame, and a slow one costs nobody but itself."""

import asyncio
import os

from media_runtime.live.inputs import relay as relays
from media_runtime.live.inputs.relay import Relay
from media_runtime.live.inputs.streams.flv import HEADER


def tag(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3) + bytes(7) + body + (len(body) + 11).to_bytes(4)


def key(n: int, size: int = 4) -> bytes:
    return tag(9, b"\x17\x01\x00\x00\x00" + bytes([n]) * size)


def inter(n: int, size: int = 4) -> bytes:
    return tag(9, b"\x27\x01\x00\x00\x00" + bytes([n]) * size)


CONFIGURED = tag(9, b"\x17\x00\x00\x00\x00avcC")
PRELUDE = HEADER + CONFIGURED


async def poured(relay: Relay) -> bytes:
    """All that a decoder gets, once the relay is closed."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    taking = asyncio.get_running_loop().run_in_executor(None, taken, reading)
    try:
        await relay.pour(writing)
    finally:
        os.close(writing)
    return await taking


def taken(reading: int) -> bytes:
    with os.fdopen(reading, "rb") as pipe:
        return pipe.read()


def test_a_decoder_that_comes_late_begins_at_the_last_key_frame() -> None:
    async def story() -> bytes:
        relay = Relay("flv")
        relay.receive(PRELUDE + key(1) + inter(2) + key(3) + inter(4))
        late = asyncio.create_task(poured(relay))
        await asyncio.sleep(0)
        relay.receive(inter(5))
        relay.close()
        return await late

    assert asyncio.run(story()) == PRELUDE + key(3) + inter(4) + inter(5)


def test_before_a_key_frame_nothing_is_given_on() -> None:
    async def story() -> bytes:
        relay = Relay("flv")
        early = asyncio.create_task(poured(relay))
        await asyncio.sleep(0)
        relay.receive(PRELUDE + inter(1) + inter(2) + key(3))
        relay.close()
        return await early

    assert asyncio.run(story()) == PRELUDE + key(3)


def test_a_slow_decoder_misses_the_rest_of_a_group_and_it_is_counted() -> None:
    large = relays._QUEUED_BYTES // 4

    async def story() -> tuple[bytes, int]:
        relay = Relay("flv")
        slow = asyncio.create_task(poured(relay))
        await asyncio.sleep(0)
        relay.receive(PRELUDE + key(1))
        for n in range(2, 8):
            relay.receive(inter(n, large))
        before = relay.dropped
        relay.receive(key(8))  # the queue is still too full to begin with it
        for _ in range(2000):
            await asyncio.sleep(0.005)
            relay.receive(b"")
            if not any(reader._bytes for reader in relay._readers):
                break
        relay.receive(inter(9) + key(10) + inter(11))
        relay.close()
        return await slow, before

    content, dropped = asyncio.run(story())
    assert dropped == 1
    assert content.startswith(PRELUDE + key(1) + inter(2, large))
    assert content.endswith(inter(4, large) + key(10) + inter(11))
    assert inter(9) not in content


def test_memory_is_bounded_however_much_comes() -> None:
    async def story() -> int:
        relay = Relay("flv")
        relay._readers.add(relay._reader())
        relay.receive(PRELUDE + key(1))
        for _ in range(100):
            relay.receive(inter(2, 1 << 20))
        queued = sum(reader._bytes for reader in relay._readers)
        return queued + sum(len(unit.data) for unit in relay._group)

    assert asyncio.run(story()) <= relays._QUEUED_BYTES + relays._KEPT_BYTES


def test_a_sample_is_what_a_decoder_would_get() -> None:
    async def story() -> bytes:
        relay = Relay("flv")
        relay.receive(PRELUDE + key(1) + inter(2))
        sampling = asyncio.create_task(relay.sample(2))
        await asyncio.sleep(0)
        relay.receive(inter(3))
        return await sampling

    assert asyncio.run(story()) == PRELUDE + key(1) + inter(2) + inter(3)
