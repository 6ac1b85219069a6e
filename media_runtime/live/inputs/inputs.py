"""All inputs of one channel's pod: what they are decoded from, who publishes, and how they fare."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from media_runtime.live.switcher.health import Thresholds
from media_runtime.live.switcher.intake import Input
from media_runtime.live.switcher.measure import Measured
from media_runtime.live.switcher.pattern import Pattern

from .admission import is_pushed, read_key
from .behind import Behind, Surroundings, kept
from .describe import state_of
from .door import Door
from .seat import Seat
from .slate import Slate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from crds.live import ChannelOrder, InputState, Refusal
    from media_runtime.live.switcher.choose import OnAir
    from media_runtime.live.switcher.health import Seen
    from media_runtime.live.switcher.picture import Picture

_REFUSALS = 20
_TONE_HERTZ = 1000
_TOLD_AGAIN_SECONDS = 1.0


class Inputs:
    """`inputs` and `slate.patch` are the switcher's; `running` is everything behind them.

    inputs = Inputs(order, canvas, surroundings)
    channel = Channel(canvas, inputs.inputs, thresholds(order), inputs.slate.patch)
    switcher = Switcher(channel, clock)
    async with inputs.running(), switcher.running():
        …
    """

    def __init__(self, order: ChannelOrder, canvas: Picture, around: Surroundings) -> None:
        self.port = around.port
        self.slate = Slate(order.channel, order.slate, canvas_height=canvas.height)
        self.refused: Counter[str] = Counter()
        """How often, by reason."""
        self._order, self._canvas, self._around = order, canvas, around
        self._refusals: deque[Refusal] = deque(maxlen=_REFUSALS)
        self._seats = {one.name: Seat(one) for one in order.inputs}
        for name, seat in self._seats.items():
            if seat.wanted.protocol == "Test":
                pattern = Pattern(text=name, tone_hertz=_TONE_HERTZ, bars=True, strip=True)
                seat.patch.plug(pattern)
                seat.measured = _made(canvas)
        self.inputs = tuple(
            Input(one.name, one.priority, self._seats[one.name].patch) for one in order.inputs
        )

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The newest, oldest first."""
        return tuple(self._refusals)

    @property
    def received_bytes(self) -> Mapping[str, int]:
        """Of each input since the start, as far as they went through our hands."""
        return {
            name: seat.received_bytes + (seat.relay.received_bytes if seat.relay else 0)
            for name, seat in self._seats.items()
        }

    def states(self, seen: Sequence[Seen], on_air: OnAir) -> tuple[InputState, ...]:
        """`seen` and `on_air` are the switcher's, of this moment."""
        by_name = {one.name: one for one in seen}
        now, limits = self._around.clock.millis(), thresholds(self._order)
        return tuple(
            state_of(
                seat.wanted,
                by_name[name],
                on_air,
                overdue=seat.overdue,
                peer=seat.peer,
                measured=seat.measured,
                thresholds=limits,
                now=now,
                lacks_key=is_pushed(seat.wanted) and read_key(self._around.keys, name) is None,
                problem=seat.problem,
            )
            for name, seat in self._seats.items()
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Publishers are let in, and what is pulled is pulled, within the block."""
        door = Door(self._seats, self._around.keys, self._refuse)
        async with door.open(self._around.host, self._around.port) as self.port:
            behind = Behind(self._order, self._around, canvas_height=self._canvas.height)
            work = [one for seat in self._seats.values() for one in behind.work(seat)]
            work.append(partial(behind.keep_slate, self.slate))
            tasks = [asyncio.create_task(kept(one)) for one in work]
            try:
                yield
            finally:
                await _cancelled(tasks)

    def _refuse(self, refusal: Refusal) -> None:
        self._refusals.append(refusal)
        self.refused[refusal.reason] += 1


async def _cancelled(tasks: Iterable[asyncio.Task[None]]) -> None:
    """All of them, however often one must be told: Python 3.11's TaskGroup loses a cancellation
    that comes while it ends because of another error.
    """
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=_TOLD_AGAIN_SECONDS)


def thresholds(order: ChannelOrder) -> Thresholds:
    return Thresholds(
        input_loss_millis=order.input_loss_millis,
        black_millis=order.black_millis,
        silence_millis=order.silence_millis,
        freeze_millis=order.freeze_millis,
        error_clear_millis=order.error_clear_millis,
        repeat_frame_millis=order.repeat_frame_millis,
    )


def _made(canvas: Picture) -> Measured:
    """A test picture is what we make it."""
    return Measured(
        video_codec="test picture",
        width=canvas.width,
        height=canvas.height,
        frame_rate=float(canvas.rate),
        audio_codec="tone",
        sample_rate=48_000,
        channels=2,
    )


__all__ = ["Inputs", "Surroundings", "thresholds"]
