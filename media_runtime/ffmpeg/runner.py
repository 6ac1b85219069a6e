"""Runs one program by its argv, and leaves nothing of it behind, however this ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .messages import Messages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

_GRACE_SECONDS = 5.0
_PIECE = 1 << 18
_ADDRESS_SPACE_BYTES = 8 << 30
"""A file can make a filter graph queue frames without end. 2160p in x265 takes 3 GiB; what wants
more than this is told that there is no more memory, before the node has none."""


class OverTime(Exception):  # noqa: N818 - reads as what it is
    """The wall-clock limit ran out and the program was ended."""


@dataclass(frozen=True)
class Limits:
    wall_seconds: float
    stdout_bytes: int = 64 << 20
    """Of `run` alone: more than this ends the program, as OverTime does."""


@dataclass(frozen=True)
class Ended:
    code: int
    """As of waitpid: negative is the signal that killed it."""
    stdout: bytes
    messages: Messages
    wall_seconds: float


class Child:
    """A program that runs; its stdout is read by whoever spawned it."""

    def __init__(self, process: asyncio.subprocess.Process, messages: Messages) -> None:
        self._process = process
        self._messages = messages
        self._started = time.monotonic()
        self._listening = asyncio.create_task(self._listen())

    @property
    def stdout(self) -> asyncio.StreamReader:
        if self._process.stdout is None:  # pragma: no cover - spawned() always pipes it
            raise RuntimeError("stdout is not a pipe")
        return self._process.stdout

    @property
    def messages(self) -> Messages:
        """What it said until now."""
        return self._messages

    async def _listen(self) -> None:
        stderr = self._process.stderr
        while stderr is not None and (piece := await stderr.read(_PIECE)):
            self._messages.feed(piece)
        self._messages.close()

    async def ended(self, stdout: bytes = b"") -> Ended:
        """Waits for the exit; stdout must have been read, or nothing comes of it."""
        code = await self._process.wait()
        await self._listening
        return Ended(code, stdout, self._messages, time.monotonic() - self._started)

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """At once, for one that hangs: it would not hear SIGTERM."""
        if self._process.returncode is None:
            self._signal_group(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM to the whole group, then SIGKILL: what it wrote is a part, and never kept."""
        if self._process.returncode is None:
            self._signal_group(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GRACE_SECONDS):
                    await self._process.wait()
        if self._process.returncode is None:
            self._signal_group(signal.SIGKILL)
            await self._process.wait()
        self._listening.cancel()


def environment() -> dict[str, str]:
    """Nothing of ours: no credentials, no proxy, no FFREPORT that would write a log file."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "LC_ALL": "C",
        "AV_LOG_FORCE_NOCOLOR": "1",
    }


@asynccontextmanager
async def spawned(
    argv: Sequence[str],
    *,
    wall_seconds: float,
    cwd: Path | None = None,
    pass_fds: Sequence[int] = (),
    extra_environment: Mapping[str, str] | None = None,
) -> AsyncIterator[Child]:
    """A program of its own process group, stopped when the block is left by any way.

    A step forwards SIGTERM by cancelling its task: cancellation leaves the block too.
    Raises OverTime once `wall_seconds` are over.
    """
    process = await asyncio.create_subprocess_exec(
        *("prlimit", f"--as={_ADDRESS_SPACE_BYTES}"),  # then becomes the program, pid and all
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**environment(), **(extra_environment or {})},
        cwd=cwd,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
        limit=1 << 20,
    )
    child = Child(process, Messages())
    try:
        async with asyncio.timeout(wall_seconds) as clock:
            yield child
    except TimeoutError as e:
        if not clock.expired():
            raise
        raise OverTime(f"{argv[0]} was ended after {wall_seconds:g} s") from e
    finally:
        await asyncio.shield(child.stop())


async def run(argv: Sequence[str], limits: Limits, *, cwd: Path | None = None) -> Ended:
    """Runs to the end; stdout is kept whole. Raises OverTime; the exit code is for the caller."""
    kept = bytearray()
    async with spawned(argv, wall_seconds=limits.wall_seconds, cwd=cwd) as child:
        while piece := await child.stdout.read(_PIECE):
            kept += piece
            if len(kept) > limits.stdout_bytes:
                raise OverTime(f"{argv[0]} was ended after {limits.stdout_bytes} bytes of output")
        return await child.ended(bytes(kept))
