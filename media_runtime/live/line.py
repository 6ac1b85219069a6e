"""The line from a contribution gateway to a channel's pod: who calls, and whether he is let in.

One line of JSON each way; then the container's bytes until either side closes. Who decides is the
pod: this is only what the two say, and bounds on how much of it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_serializer

from crds.v1alpha1.meta import Model

if TYPE_CHECKING:
    from pydantic import SerializationInfo

MAX_LINE_BYTES = 4096
ANSWER_SECONDS = 5.0
"""How long either side waits for the other's line."""

Container = Literal["flv", "mpegts", "matroska"]
PublishProtocol = Literal["RTMP", "SRT", "WHIP"]
Reason = Literal["WrongKey", "InUse", "UnknownInput", "WrongProtocol"]


class BrokenLine(ConnectionError):  # noqa: N818 - it tells what happened
    """The other side closed, was silent, or said what is no line of this protocol."""


class Introduction(Model):
    """What a gateway says of a publisher."""

    input: Annotated[str, Field(min_length=1, max_length=64)]
    secret: Annotated[SecretStr, Field(min_length=1, max_length=256)]
    protocol: PublishProtocol
    peer: Annotated[str, Field(max_length=64)]
    """The publisher's address and port, for the audit."""
    container: Container

    @field_serializer("secret")
    def _told(self, secret: SecretStr, asked: SerializationInfo) -> str | SecretStr:
        """Only the line itself tells it; logs and repr never do."""
        return secret.get_secret_value() if asked.mode == "json" else secret


class Verdict(Model):
    """What a channel's pod answers."""

    admitted: bool
    reason: Reason | None = None
    message: Annotated[str, Field(max_length=512)] = ""


ADMITTED = Verdict(admitted=True)


async def introduce(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, caller: Introduction
) -> Verdict:
    """The gateway's half. After an admission the container's bytes are to be written.

    Raises BrokenLine.
    """
    try:
        writer.write(caller.model_dump_json(by_alias=True).encode() + b"\n")
        await writer.drain()
    except OSError as e:
        raise BrokenLine(f"the line broke: {e}") from e
    try:
        return Verdict.model_validate_json(await _read_line(reader))
    except ValidationError as e:
        raise BrokenLine(f"not an answer: {e.errors(include_input=False)}") from e


async def hear(reader: asyncio.StreamReader) -> Introduction:
    """The pod's half: who calls. Whatever follows in `reader` is the container's.

    Raises BrokenLine.
    """
    try:
        return Introduction.model_validate_json(await _read_line(reader))
    except ValidationError as e:
        raise BrokenLine(f"not an introduction: {e.errors(include_input=False)}") from e


async def answer(writer: asyncio.StreamWriter, verdict: Verdict) -> None:
    """The pod's half, second act. A refused caller is to be closed by who refused.

    Raises BrokenLine.
    """
    try:
        writer.write(verdict.model_dump_json(by_alias=True, exclude_none=True).encode() + b"\n")
        await writer.drain()
    except OSError as e:
        raise BrokenLine(f"the line broke: {e}") from e


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    """At most MAX_LINE_BYTES within ANSWER_SECONDS; what came after it stays in the reader."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            line = await reader.readuntil(b"\n")
    except TimeoutError as e:
        raise BrokenLine(f"nothing was said for {ANSWER_SECONDS:g} s") from e
    except asyncio.IncompleteReadError as e:
        raise BrokenLine("closed before anything was said") from e
    except asyncio.LimitOverrunError as e:
        raise BrokenLine("a line without an end") from e
    except OSError as e:
        raise BrokenLine(f"the line broke: {e}") from e
    if len(line) > MAX_LINE_BYTES:
        raise BrokenLine(f"a line of more than {MAX_LINE_BYTES} bytes")
    return line
