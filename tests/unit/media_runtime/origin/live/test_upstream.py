"""The door to channels' pods, before a server of our own."""

import asyncio

from media_runtime.origin.address import Address
from media_runtime.origin.live.addresses import Dns
from media_runtime.origin.live.choice import Pod
from media_runtime.origin.live.upstream import Door

from .pods import state


def test_a_state_that_comes_in_pieces_is_read_whole() -> None:
    told = state()
    body = told.model_dump_json(by_alias=True).encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
        for piece in (body[:100], body[100:]):
            writer.write(piece)
            await writer.drain()
            # Each in a packet of its own, which the other end reads by itself.
            await asyncio.sleep(0.1)
        writer.close()

    async def heard() -> object:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        door = Door()
        try:
            return await door.state(Pod("127.0.0.1", server.sockets[0].getsockname()[1]))
        finally:
            await door.close()
            server.close()

    assert asyncio.run(heard()) == told


def test_a_name_longer_than_a_host_may_have_is_no_channel() -> None:
    channel = Address("demo", "n" * 63)
    assert asyncio.run(Dns("svc.cluster.local", 8090).of(channel)) is None
