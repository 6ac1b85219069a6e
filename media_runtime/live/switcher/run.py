"""The switcher at work: every frame of the output at its time, from whatever is on air."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .choose import OnAir, State, Switched, choose
from .frames import write_all
from .health import Thresholds
from .intake import Input, Intake
from .pace import Grid
from .patch import Patch
from .pattern import Pattern
from .picture import SAMPLE_BYTES, flat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from .decoder import Source
    from .health import Seen
    from .picture import Picture

_NANOS = 1_000_000_000
_STOOD_STILL_MILLIS = 250
"""Woken so much too late, this process did not run, and often nothing else on the machine did."""


@dataclass(frozen=True)
class WallClock:
    """Nanoseconds of the epoch that never step: the system's time at the start, and what passed."""

    epoch_nanos: int = field(default_factory=time.time_ns)
    origin_nanos: int = field(default_factory=time.monotonic_ns)

    def nanos(self) -> int:
        return self.epoch_nanos + time.monotonic_ns() - self.origin_nanos

    def millis(self) -> int:
        return self.nanos() // 1_000_000


@dataclass(frozen=True)
class Channel:
    """What is switched between, and by what rules."""

    picture: Picture
    inputs: tuple[Input, ...]
    thresholds: Thresholds = field(default_factory=Thresholds)
    slate: Source | Patch = field(default_factory=Pattern)
    """Our own source alone; a grey picture stands in until its first."""


class Switcher:
    """One channel's. Inputs are decoded while `running`; `feed` has one encoder fed, and may be
    called again with another's descriptors. The rest may be read at any time.

    async with switcher.running():
        while True:
            with suppress(BrokenPipeError):  # the encoder is gone; the inputs are not
                await switcher.feed(video_fd, audio_fd, first=…, tell=…)
    """

    def __init__(self, channel: Channel, clock: WallClock | None = None) -> None:
        self.channel = channel
        self.clock = clock or WallClock()
        self.grid = Grid(channel.picture.rate)
        self.state = State()
        self.behind_millis = 0
        """By how much the last frame was written late: the encoder takes less than real time."""
        self._intakes = {
            one.name: Intake(one, channel.picture, self.clock.millis) for one in channel.inputs
        }
        self._slate = Intake(Input("slate", 0, channel.slate), channel.picture, self.clock.millis)
        self._grey = flat(channel.picture)

    def seen(self) -> Sequence[Seen]:
        return [intake.seen() for intake in self._intakes.values()]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """All inputs and the slate are decoded within the block; none is after it.

        What is raised in the block leaves it in an ExceptionGroup.
        """
        async with asyncio.TaskGroup() as group:
            decoding = [
                group.create_task(intake.run()) for intake in (*self._intakes.values(), self._slate)
            ]
            yield
            for task in decoding:
                task.cancel()

    async def feed(
        self,
        video_fd: int,
        audio_fd: int,
        *,
        tell: Callable[[Switched], None],
        first: int,
        end: int | None = None,
    ) -> None:
        """Writes the frames first, …, end - 1 of the grid and their samples, none left out.

        It goes on until cancelled if there is no `end`. One feed at a time, and each begins no
        earlier than the one before it ended. The descriptors are the caller's, and are made
        non-blocking. Raises BrokenPipeError when whoever reads them is gone: a frame may then have
        been written in part, so the next feed is another encoder's, from another `first`.
        """
        os.set_blocking(video_fd, False)
        os.set_blocking(audio_fd, False)
        n = first
        while end is None or n < end:
            await self._wait_for(n)
            self._decide(tell)
            frame, samples = self._compose(n)
            await _write_both((video_fd, frame), (audio_fd, samples))
            n += 1

    async def run(
        self,
        video_fd: int,
        audio_fd: int,
        *,
        tell: Callable[[Switched], None],
        first: int,
        end: int | None = None,
    ) -> None:
        """`feed` while `running`, for one encoder that is never replaced."""
        async with self.running():
            await self.feed(video_fd, audio_fd, tell=tell, first=first, end=end)

    async def _wait_for(self, n: int) -> None:
        """Sleeps until frame n is due; a late one only lets the inputs be read."""
        before = self.clock.nanos()
        early = self.grid.due_nanos(n) - before
        self.behind_millis = max(0, -early // 1_000_000)
        await asyncio.sleep(max(0, early) / _NANOS)
        late_millis = (self.clock.nanos() - before - max(0, early)) // 1_000_000
        if late_millis > _STOOD_STILL_MILLIS:
            for intake in (*self._intakes.values(), self._slate):
                intake.forgive(late_millis)

    def _decide(self, tell: Callable[[Switched], None]) -> None:
        self.state, switched = choose(
            self.state, self.seen(), self.channel.thresholds, self.clock.millis()
        )
        if switched is not None:
            tell(switched)

    def _compose(self, n: int) -> tuple[bytearray, bytearray]:
        """Frame n and its samples. All inputs are read, for those off air must be ready."""
        at = self.grid.samples_before(n)
        count = self.grid.samples_before(n + 1) - at
        on_air = self.state.on_air
        chosen = self._slate if on_air.input is None else self._intakes.get(on_air.input)
        picture, sound = self._grey, bytearray(count * SAMPLE_BYTES)
        for intake in (*self._intakes.values(), self._slate):
            heard = _read(intake, at, count)
            if intake is chosen:
                picture = intake.pictures.shown or picture
                sound = heard if heard is not None and on_air.kind != "Repeat" else sound
        return picture, sound


async def _write_both(*writes: tuple[int, bytes | bytearray]) -> None:
    """Whichever way it is left, nothing writes to these descriptors any more."""
    writing = [asyncio.create_task(write_all(descriptor, data)) for descriptor, data in writes]
    try:
        await asyncio.gather(*writing)
    finally:
        for task in writing:
            task.cancel()
        await asyncio.wait(writing)


def _read(intake: Intake, at: int, count: int) -> bytearray | None:
    """Turns to the input's picture for this instant; its samples, or None if it has nothing."""
    reading = intake.follower.read_at(at, intake.arrived_samples())
    if reading is None:
        return None
    intake.pictures.show(reading.frame)
    return intake.sound.hear(reading.sample, count)


__all__ = ["Channel", "Input", "OnAir", "Patch", "Switched", "Switcher", "WallClock"]
