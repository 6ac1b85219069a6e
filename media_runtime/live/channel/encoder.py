"""One encoder's life: fed by the switcher, read to its end, and killed when it hangs."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
from typing import TYPE_CHECKING

import structlog

from media_runtime.cmaf.boxes import Malformed
from media_runtime.ffmpeg import spawned
from media_runtime.live.stream import FragmentStream
from media_runtime.live.switcher.frames import wide_pipe

from .encoder_argv import encoder_argv

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from media_runtime.cmaf import Fragment, Header
    from media_runtime.live.switcher.picture import Picture

    from .ladder import Rung, Soundtrack

    Take = Callable[[int, str, Header, Fragment], None]
    """Life, rendition, and what came."""

log = structlog.get_logger()

_READ_BYTES = 1 << 18
_LOOKS_SECONDS = 0.25
_HUNG_SECONDS = 1.0
"""Without any output: sound comes 47 times a second."""
_STARTS_SECONDS = 5.0
"""From its first frame's time to its first output: a node under load starts programs slowly."""
_FLUSHES_SECONDS = 3.0
"""From the end of its input to its own end."""


class Encoder:
    """Made to begin with frame `first`; `run` it as a task, and feed it by its descriptors."""

    def __init__(
        self,
        life: int,
        first: int,
        canvas: Picture,
        rungs: Sequence[Rung],
        sounds: Sequence[Soundtrack],
        *,
        due_in: float,
    ) -> None:
        """Its first frame comes in `due_in` seconds. Over at once where no pipes can be made."""
        self.life, self.first = life, first
        self.canvas, self.rungs, self.sounds = canvas, tuple(rungs), tuple(sounds)
        self.over = False
        """It takes no more; why it ended is in `why`."""
        self.made = True
        """There were descriptors for its pipes."""
        self.why = ""
        self._ours, self._the_childs = contextlib.ExitStack(), contextlib.ExitStack()
        self._fed_until_closed = contextlib.ExitStack()
        self._outputs: dict[str, tuple[int, int]] = {}
        try:
            self._video_read, self.video_fd = self._pipe_to()
            self._audio_read, self.audio_fd = self._pipe_to()
            self._outputs.update((one.name, self._pipe_from()) for one in self.makers)
        except OSError as e:
            # no more descriptors: what is there must go on, and this be tried again
            self.over, self.made, self.why = True, False, str(e)
            self._fed_until_closed.close()
        self._silent_from = asyncio.get_running_loop().time() + due_in + _STARTS_SECONDS
        self._closed_at = math.inf

    @property
    def makers(self) -> tuple[Rung | Soundtrack, ...]:
        return (*self.rungs, *self.sounds)

    def close(self) -> None:
        """No more frames: what it holds comes out, and then it ends. Whoever fed it says so."""
        if self._closed_at == math.inf:
            self._closed_at = asyncio.get_running_loop().time()
            self._fed_until_closed.close()

    async def run(self, take: Take) -> None:
        """To its end, whatever that is: nothing is raised, and `over` is set."""
        try:
            if not self.over:
                await self._live(take)
        except OSError as e:  # no more processes or descriptors: tried again
            self.why = str(e)
        finally:
            self.over = True
            self._the_childs.close()
            self._ours.close()
            log.info("encoder ended", life=self.life, why=self.why)

    async def _live(self, take: Take) -> None:
        argv = encoder_argv(
            self.canvas,
            self.rungs,
            self.sounds,
            first=self.first,
            video_fd=self._video_read,
            audio_fd=self._audio_read,
            outputs={name: writing for name, (_, writing) in self._outputs.items()},
        )
        fds = [self._video_read, self._audio_read, *(w for _, w in self._outputs.values())]
        async with spawned(argv, wall_seconds=math.inf, pass_fds=fds) as child:
            self._the_childs.close()
            try:
                self.why = await self._read(take)
                self.over = True
                if self.why:
                    child.kill()
            finally:
                self._ours.close()  # before it is told to end: it may wait for a pipe
            ended = await child.ended()
            self.why = self.why or f"exit {ended.code}: {ended.messages.gist()}"

    async def _read(self, take: Take) -> str:
        """Until all outputs have ended; or why it is to be killed."""
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        open_, faults = set(self._outputs), list[str]()

        def read(name: str, fd: int, stream: FragmentStream) -> None:
            self._silent_from = loop.time() + _HUNG_SECONDS
            try:
                if _read_once(fd, stream, lambda *made: take(self.life, name, *made)):
                    return
            except Malformed as e:
                faults.append(f"{name}: {e}")
            loop.remove_reader(fd)
            open_.discard(name)
            if faults or not open_:
                done.set()

        for name, (reading, _) in self._outputs.items():
            loop.add_reader(reading, read, name, reading, FragmentStream())
        try:
            while not done.is_set():
                before = loop.time()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOKS_SECONDS):
                        await done.wait()
                # while this process stood still, nobody read: that is no silence of the encoder's
                self._silent_from += max(0.0, loop.time() - before - _LOOKS_SECONDS)
                if why := self._hangs(loop.time()):
                    return why
            return "; ".join(faults)
        finally:
            for reading, _ in self._outputs.values():
                loop.remove_reader(reading)

    def _hangs(self, now: float) -> str:
        if now - self._closed_at > _FLUSHES_SECONDS:
            return "it did not end with its input"
        if self._closed_at == math.inf and now > self._silent_from:
            return "it hangs: nothing comes out"
        return ""

    def _pipe_to(self) -> tuple[int, int]:
        reading, writing = wide_pipe()
        self._the_childs.callback(os.close, reading)
        self._fed_until_closed.callback(os.close, writing)
        return reading, writing

    def _pipe_from(self) -> tuple[int, int]:
        reading, writing = wide_pipe()
        self._ours.callback(os.close, reading)
        self._the_childs.callback(os.close, writing)
        os.set_blocking(reading, False)
        return reading, writing


def _read_once(fd: int, stream: FragmentStream, take: Callable[[Header, Fragment], None]) -> bool:
    """False at the end. Raises Malformed."""
    try:
        piece = os.read(fd, _READ_BYTES)
    except BlockingIOError:
        return True
    for fragment in stream.feed(piece):
        if stream.header is not None:
            take(stream.header, fragment)
    return bool(piece)
