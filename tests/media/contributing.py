"""Pods of a channel that keep what comes, and real publishers: the scenery of these tests."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from prometheus_client.parser import text_string_to_metric_families

from media_runtime.contribution.main import Ports, gateway
from media_runtime.contribution.settings import ContributionSettings
from media_runtime.live.line import ADMITTED, Introduction, Verdict, answer, hear

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

KEY = "demo.news.main.s3cret"
HOST = "channel-news.demo.svc"


@dataclass
class Taken:
    """What one publisher handed to one pod."""

    caller: Introduction
    path: Path
    bytes: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Pod:
    """As a channel's pod does it: one publisher on an input, and only with the right secret."""

    folder: Path
    port: int = 0
    reads: bool = True
    secret: str = "s3cret"
    closed: bool = False
    """Nobody is let in any more, as if it were not there."""
    taken: list[Taken] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    lines: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.closed:
            writer.transport.abort()
            return
        caller = await hear(reader)
        verdict = self._judge(caller)
        await answer(writer, verdict)
        if verdict.admitted:
            await self._take(caller, reader, writer)
        else:
            self.refused.append(verdict.reason or "")
        writer.close()

    def _judge(self, caller: Introduction) -> Verdict:
        if caller.input not in {"main", "backup"}:
            return Verdict(admitted=False, reason="UnknownInput", message="no such input")
        if caller.secret.get_secret_value() != self.secret:
            return Verdict(admitted=False, reason="WrongKey", message="the key is another one")
        if any(one.caller.input == caller.input and not one.ended.is_set() for one in self.taken):
            return Verdict(admitted=False, reason="InUse", message="somebody is on it")
        return ADMITTED

    async def _take(
        self, caller: Introduction, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        taken = Taken(caller, self.folder / f"{self.port}-{len(self.taken)}.{caller.container}")
        self.taken.append(taken)
        self.lines.add(writer)
        try:
            with taken.path.open("wb") as file:
                while self.reads and (data := await reader.read(64 << 10)):
                    file.write(data)
                    file.flush()
                    taken.bytes += len(data)
                if not self.reads:
                    await self.hung_up.wait()
        except ConnectionError:
            pass
        finally:
            self.lines.discard(writer)
            taken.ended.set()

    def hang_up(self) -> None:
        self.hung_up.set()
        for writer in self.lines:
            writer.transport.abort()


@contextlib.asynccontextmanager
async def pod(folder: Path, *, port: int = 0, reads: bool = True) -> AsyncIterator[Pod]:
    here = Pod(folder, reads=reads)
    server = await asyncio.start_server(here.met, "127.0.0.1", port)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        server.close()
        here.hang_up()


@contextlib.asynccontextmanager
async def gateway_to(*pods: Pod | str, **more: Any) -> AsyncIterator[Ports]:  # noqa: ANN401 - settings
    addresses = tuple(one if isinstance(one, str) else one.address for one in pods)
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "rtmp_port": 0,
        "srt_port": 0,
        "whip_port": 0,
        "port": 0,
        "resolve": {HOST: addresses},
        "resolve_seconds": 0.2,
    } | more
    async with gateway(ContributionSettings(**settings)) as ports:
        yield ports


async def counted(ports: Ports, name: str, **labels: str) -> float:
    """A metric's sum over all series that have these labels."""
    reader, writer = await asyncio.open_connection("127.0.0.1", ports.http)
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n")
    _, _, text = (await reader.read(-1)).decode().partition("\r\n\r\n")
    writer.close()
    samples = (one for family in text_string_to_metric_families(text) for one in family.samples)
    return sum(
        one.value for one in samples if one.name == name and labels.items() <= one.labels.items()
    )


async def counts(ports: Ports, name: str, **labels: str) -> None:
    """Waits until this metric says one."""
    async with asyncio.timeout(10):
        while await counted(ports, name, **labels) != 1:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.1)


async def until(condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - of files and processes, which set no event
            await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Exit:
    code: int
    said: str


async def run(*argv: str) -> Exit:
    """A program to its end, and what it said."""
    async with running(*argv) as program:
        said, _ = await program.communicate()
    return Exit(program.returncode or 0, said.decode(errors="replace"))


@contextlib.asynccontextmanager
async def running(*argv: str) -> AsyncIterator[asyncio.subprocess.Process]:
    program = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield program
    finally:
        with contextlib.suppress(ProcessLookupError):
            program.kill()
        await program.wait()


def camera(seconds: float, *output: str, pace: bool = True, sound: bool = True) -> list[str]:
    """An ffmpeg that publishes a small test picture, with a key frame every half second."""
    size = f"testsrc2=size=160x90:rate=20:duration={seconds}"
    tone = f"sine=frequency=440:sample_rate=48000:duration={seconds}"
    return [
        *("ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "warning"),
        *(("-re",) if pace else ()),
        *("-f", "lavfi", "-i", size),
        *(("-f", "lavfi", "-i", tone) if sound else ()),
        *("-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-threads", "1"),
        *("-g", "10", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "64k"),
        *output,
    ]


async def probed(path: Path) -> dict[str, dict[str, Any]]:
    """What ffprobe finds by reading all of it: codec type → its facts, frames counted."""
    found = await run(
        *("ffprobe", "-v", "error", "-count_frames", "-of", "json"),
        *("-show_entries", "stream=codec_type,codec_name,width,height,nb_read_frames"),
        *("-show_entries", "format=format_name", str(path)),
    )
    assert found.code == 0, found.said
    start = found.said.index("{")
    facts = json.loads(found.said[start:])
    kinds = {one["codec_type"]: one for one in facts["streams"]}
    return kinds | {"format": facts["format"], "errors": {"said": found.said[:start]}}
