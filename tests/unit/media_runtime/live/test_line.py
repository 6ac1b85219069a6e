"""What a gateway and a channel's pod say to each other before the bytes flow."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from media_runtime.live.line import (
    ADMITTED,
    MAX_LINE_BYTES,
    BrokenLine,
    Introduction,
    Verdict,
    answer,
    hear,
    introduce,
)

CALLER = Introduction(
    input="main",
    secret=SecretStr("k-9"),
    protocol="RTMP",
    peer="192.0.2.1:4711",
    container="flv",
)


def heard(*pieces: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    for piece in pieces:
        reader.feed_data(piece)
    reader.feed_eof()
    return reader


def test_an_introduction_is_one_line_of_json_with_the_secret_in_it() -> None:
    said = json.loads(CALLER.model_dump_json(by_alias=True))
    assert said == {
        "input": "main",
        "secret": "k-9",
        "protocol": "RTMP",
        "peer": "192.0.2.1:4711",
        "container": "flv",
    }


def test_the_secret_is_not_in_what_a_log_would_show() -> None:
    assert "k-9" not in f"{CALLER} {CALLER!r} {CALLER.model_dump()}"


def test_what_follows_the_introduction_is_left_for_the_container() -> None:
    async def scene() -> tuple[Introduction, bytes]:
        line = CALLER.model_dump_json(by_alias=True).encode()
        reader = heard(line[:9], line[9:] + b"\nFLV\x01", b"more")
        return await hear(reader), await reader.read()

    caller, rest = asyncio.run(scene())
    assert caller == CALLER
    assert rest == b"FLV\x01more"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"FLV\x01\x05\n",
        b"[]\n",
        b'{"input": "main"}\n',
        b'{"input": "main", "secret": "", "protocol": "RTMP", "peer": "", "container": "flv"}\n',
        b'{"input": "a", "secret": "b", "protocol": "HLS", "peer": "", "container": "flv"}\n',
        CALLER.model_dump_json().encode() + b" " * MAX_LINE_BYTES + b"\n",
    ],
)
def test_what_is_no_introduction_breaks_the_line_without_telling_secrets(line: bytes) -> None:
    async def scene() -> None:
        await hear(heard(line))

    with pytest.raises(BrokenLine) as broken:
        asyncio.run(scene())
    assert "k-9" not in str(broken.value)


@asynccontextmanager
async def pod(verdict: Verdict | bytes) -> AsyncIterator[int]:
    """A pod's port that answers so and then reads to the end."""

    async def let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hear(reader)
        if isinstance(verdict, Verdict):
            await answer(writer, verdict)
        else:
            writer.write(verdict)
        writer.close()

    server = await asyncio.start_server(let_in, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def ask(verdict: Verdict | bytes) -> Verdict:
    async with pod(verdict) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return await introduce(reader, writer, CALLER)
        finally:
            writer.close()


@pytest.mark.parametrize(
    "verdict", [ADMITTED, Verdict(admitted=False, reason="InUse", message="somebody is on it")]
)
def test_a_verdict_arrives_as_it_was_given(verdict: Verdict) -> None:
    assert asyncio.run(ask(verdict)) == verdict


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n", b'{"admitted": "so"}\n'])
def test_what_is_no_verdict_breaks_the_line(said: bytes) -> None:
    with pytest.raises(BrokenLine):
        asyncio.run(ask(said))
