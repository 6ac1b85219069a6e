"""Connections to a real server that ask slowly, or never."""

import asyncio
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from media_runtime.origin.patience import Impatient

REQUEST = b"GET / HTTP/1.1\r\nHost: origin\r\n\r\n"


class Hasty(Impatient):
    ask_seconds = 0.3


async def hello(_: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


def served(story: Callable[[int], Awaitable[None]]) -> None:
    async def run() -> None:
        app = Starlette(routes=[Route("/", hello)])
        config = uvicorn.Config(app, port=0, http=Hasty, log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        listening = await asyncio.get_running_loop().create_server(
            lambda: Hasty(config, server.server_state, {}), "127.0.0.1", 0
        )
        async with asyncio.timeout(20):
            await story(listening.sockets[0].getsockname()[1])
        listening.close()

    asyncio.run(run())


def test_who_never_asks_is_hung_up_on() -> None:
    async def story(port: int) -> None:
        for begun in (b"", REQUEST[:9]):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(begun)
            assert await reader.read() == b""
            writer.close()

    served(story)


def test_who_asked_may_ask_again_later_but_not_slowly() -> None:
    async def story(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(REQUEST)
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(2 * Hasty.ask_seconds)  # what is tried: a pause between two
        writer.write(REQUEST[:9])
        assert await reader.read() == b""
        writer.close()

    served(story)
