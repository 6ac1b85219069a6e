"""Keeps one encoder fed, and another in its place as soon as it dies, hangs, leaps or is too slow.

A successor that is wished for takes over at a segment's border, without a gap; one after a death
begins with the next segment, and what was lost before is a gap.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog

from .encoder import Encoder
from .pace import Change, Pace, begun, judged

if TYPE_CHECKING:
    from collections.abc import Callable

    from media_runtime.live.switcher.choose import Switched
    from media_runtime.live.switcher.run import Switcher

    from .ladder import Ladder, Rung
    from .packager import Packager

log = structlog.get_logger()

_NANOS = 1_000_000_000
START_NANOS = 300_000_000
"""What an encoder needs to be there when its first frame is due."""
_REST_SECONDS = 0.1
"""Before another is tried where one could not even be fed: nothing else here takes time."""


class Encoding:
    def __init__(
        self,
        ladder: Ladder,
        switcher: Switcher,
        packager: Packager,
        *,
        lateness_millis: Callable[[], int],
        tell: Callable[[Switched], None],
    ) -> None:
        """`lateness_millis`: by how much the newest part was later than it could be."""
        self.ladder, self.switcher, self.packager = ladder, switcher, packager
        self.pace = Pace()
        self.restarts: dict[str, int] = {}
        """Encoders started after the first, by the reason."""
        self.lateness_millis, self._tell = lateness_millis, tell
        self._lives = 0
        self._ending = False
        self._running: set[Encoder] = set()

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """That are to be encoded: the ladder without what was dropped from its top."""
        return self.ladder.rungs[: len(self.ladder.rungs) - self.pace.dropped]

    def end(self) -> None:
        """After the segment at hand."""
        self._ending = True

    async def run(self) -> None:
        """Until `end` was called and all is packaged; inputs are decoded meanwhile."""
        async with self.switcher.running(), asyncio.TaskGroup() as group:
            try:
                await self._feed_on(group)
            finally:
                # before they are told to end: each waits for its next frame, and would not hear
                for encoder in self._running:
                    encoder.close()
        self.packager.end()

    async def _feed_on(self, group: asyncio.TaskGroup) -> None:
        encoder = self._started(group, self._next_start())
        successor: Encoder | None = None
        n = encoder.first
        while not self._ending:
            if await self._fed(encoder, n):
                n += self.ladder.gop
                if successor is not None and successor.over:
                    # the one at work goes on until there is one that lives
                    self._count("Died")
                    successor.close()
                    successor = self._started(group, n + self.ladder.gop)
                    continue
                if successor is not None:
                    encoder.close()
                    encoder, successor = successor, None
                    continue
                change = self._judge()
                if change is Change.RENEW:
                    self._count("Behind")
                    encoder.close()
                    encoder = self._started(group, self._next_start())
                    n = encoder.first
                elif change is not Change.NONE:
                    # it has a segment's time to come up
                    self._count(change.name.title())
                    successor = self._started(group, n + self.ladder.gop)
                continue
            encoder.close()
            self._count("Died")
            if successor is not None:
                successor.close()
                successor = None
            encoder = self._started(group, self._next_start())
            n = encoder.first
        encoder.close()
        if successor is not None:
            successor.close()

    async def _fed(self, encoder: Encoder, n: int) -> bool:
        """One segment's frames; False once the encoder takes no more."""
        if encoder.over:
            if not encoder.made:
                await asyncio.sleep(_REST_SECONDS)
            return False
        with contextlib.suppress(BrokenPipeError):
            await self.switcher.feed(
                encoder.video_fd,
                encoder.audio_fd,
                first=n,
                end=n + self.ladder.gop,
                tell=self._tell,
            )
            return True
        return False

    def _judge(self) -> Change:
        self.pace, change = judged(
            self.pace, len(self.ladder.rungs), self.lateness_millis(), self._now()
        )
        if change is not Change.NONE:
            log.warning("the encoder's pace", change=change.value, dropped=self.pace.dropped)
        return change

    def _now(self) -> float:
        return self.switcher.clock.nanos() / _NANOS

    def _next_start(self) -> int:
        soon = self.switcher.clock.nanos() + START_NANOS
        return self.switcher.grid.next_start(soon, self.ladder.gop)

    def _started(self, group: asyncio.TaskGroup, first: int) -> Encoder:
        self._lives += 1
        self.pace = begun(self.pace, self._now())
        due = self.switcher.grid.due_nanos(first) - self.switcher.clock.nanos()
        encoder = Encoder(
            self._lives,
            first,
            self.ladder.canvas,
            self.rungs,
            self.ladder.sounds,
            due_in=max(0, due) / _NANOS,
        )
        self._running.add(encoder)
        self.packager.begin(encoder.life, first, encoder.makers)
        group.create_task(self._lived(encoder))
        log.info("encoder starts", life=encoder.life, rungs=[r.name for r in self.rungs])
        return encoder

    async def _lived(self, encoder: Encoder) -> None:
        try:
            await encoder.run(self.packager.take)
        finally:
            self.packager.over(encoder.life)
            self._running.discard(encoder)

    def _count(self, reason: str) -> None:
        self.restarts[reason] = self.restarts.get(reason, 0) + 1
