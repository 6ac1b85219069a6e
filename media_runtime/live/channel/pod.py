"""One channel on air: its inputs, switcher, encoder and packager, and what can be seen of them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING

import structlog

from crds.live import InputState, TimelineState
from media_runtime.live.switcher.health import Thresholds
from media_runtime.live.switcher.pattern import Pattern
from media_runtime.live.switcher.run import Channel, Input, Switcher
from media_runtime.store import StoreAway

from .dvr.archive import Archive
from .dvr.keys import DvrKeys
from .encoding import Encoding
from .ladder import ladder
from .lateness import Lateness
from .packager import Packager
from .stale import Output, stale
from .state import KEPT, Observed, state_of

if TYPE_CHECKING:
    from crds.live import ChannelOrder, ChannelState
    from media_runtime.live.parts import Part
    from media_runtime.live.switcher.choose import Switched
    from media_runtime.store import Store

    from .rendition import Rendition

log = structlog.get_logger()

READY_SEGMENTS = 3
"""A player begins so many target durations behind the end."""
_SHORTEST_WINDOW = 8
"""Segments: parts are told of the newest three, and a player is a few behind."""
_SETTLE_SECONDS = 10.0
"""What the operator waits for after it asked for the end."""


class Pod:
    def __init__(self, order: ChannelOrder, store: Store) -> None:
        """Raises Refused where the order cannot be carried out."""
        self.order, self.ladder = order, ladder(order)
        self.started_at = datetime.now(UTC)
        self._started = time.monotonic()
        self.switches: deque[Switched] = deque(maxlen=KEPT)
        self.switch_count = 0
        self._begun = asyncio.Event()
        inputs = tuple(
            Input(one.name, one.priority, Pattern("0x204060", text=one.name, tone_hertz=440))
            for one in order.inputs
        )
        self.switcher = Switcher(
            Channel(self.ladder.canvas, inputs, _thresholds(order), Pattern(text=order.channel))
        )
        window = max(_SHORTEST_WINDOW, self._segments(order.window_seconds))
        listed = max(window, self._segments(order.dvr_seconds))
        dvr = order.dvr_seconds > 0
        self.packager = Packager(self.ladder, listed=listed, held=window if dvr else None)
        keys = DvrKeys(order.tenant, order.channel, order.uid)
        self.archive = Archive(store, keys, self.packager, listed=listed) if dvr else None
        self.lateness = Lateness(self.packager, self.switcher.clock.nanos)
        self.packager.listeners += [self.lateness.arrived, self._arrived]
        self.encoding = Encoding(
            self.ladder,
            self.switcher,
            self.packager,
            lateness_millis=lambda: self.lateness.late_millis,
            tell=self._switched,
        )

    async def run(self) -> None:
        """Until the channel was told to end, and has."""
        async with asyncio.TaskGroup() as group:
            aside = [group.create_task(self._open())]
            if self.archive is not None:
                self.packager.listeners.append(self.archive.arrived)
                aside.append(group.create_task(self.archive.run()))
            await self.encoding.run()
            if self.archive is not None:
                await self._settle(self.archive)
            for task in aside:
                task.cancel()

    async def _open(self) -> None:
        """Shows playlists once a whole segment of all is there, and what was before is known.

        An earlier pod that still runs has stored by then what comes before that segment.
        """
        await self._begun.wait()
        if self.archive is not None:
            await self.archive.recall()
        self.packager.opened = True

    def _arrived(self, _: Rendition, part: Part) -> None:
        last = part.place.part == self.ladder.timeline.parts - 1
        if last and not self._begun.is_set():
            rings = [one.ring.track() for one in self.packager.renditions.values()]
            if all(
                track is not None and track.last_whole_msn >= track.first_msn for track in rings
            ):
                self._begun.set()

    async def _settle(self, archive: Archive) -> None:
        try:
            async with asyncio.timeout(_SETTLE_SECONDS):
                await archive.settled()
        except (StoreAway, TimeoutError):
            log.warning("the channel ended while the store was away: its DVR lacks the end")

    def _segments(self, seconds: int) -> int:
        return ceil(seconds / self.ladder.timeline.segment)

    @property
    def ready(self) -> bool:
        """A player that comes now finds enough to begin with."""
        track = self.packager.leader.ring.track() if self.packager.offered else None
        if track is None or self.packager.lineup() is None:
            return False
        return track.last_whole_msn - track.first_msn + 1 >= READY_SEGMENTS

    def state(self) -> ChannelState:
        return state_of(
            self.order,
            self.ladder,
            Observed(
                started_at=self.started_at,
                on_air=self.switcher.state,
                inputs=self._inputs(),
                switches=tuple(self.switches),
                refusals=(),
                timeline=self._timeline(),
                rungs=self.encoding.rungs,
                stale=stale(self._output()),
                behind_millis=max(self.lateness.late_millis, self.switcher.behind_millis),
                ended=self.packager.ended_at is not None,
            ),
        )

    def _output(self) -> Output:
        since = self.lateness.last_segment_at or self.started_at
        state = self.switcher.state
        slate = state.on_air.kind == "Slate"
        held = (self.switcher.clock.millis() - state.since_millis) / 1000
        if not state.since_millis:  # nothing was ever on air
            held = time.monotonic() - self._started
        return Output(
            since_segment=(datetime.now(UTC) - since).total_seconds(),
            segment=float(self.ladder.timeline.segment),
            slate_for=held if slate else 0.0,
            missing_rungs=self.encoding.pace.dropped,
            ended=self.packager.ended_at is not None,
        )

    def _timeline(self) -> TimelineState | None:
        at = self.lateness.last_segment_at
        track = self.packager.leader.ring.track() if self.packager.offered else None
        if at is None or track is None or not self.packager.opened:
            return None
        oldest = next((s for s in track.segments if not s.gap), track.segments[-1])
        return TimelineState(
            media_sequence=track.last_whole_msn,
            last_segment_at=at,
            latency_millis=self.lateness.latency_millis,
            dvr_from=track.timeline.moment(track.cadence, oldest.start),
        )

    def _inputs(self) -> tuple[InputState, ...]:
        on_air = self.switcher.state.on_air.input
        return tuple(
            InputState(
                name=one.name,
                protocol=one.protocol,
                priority=one.priority,
                state="OnAir" if one.name == on_air else "Receiving",
            )
            for one in self.order.inputs
        )

    def _switched(self, switched: Switched) -> None:
        self.switches.append(switched)
        self.switch_count += 1
        log.info(
            "switched",
            before=switched.before.input or "slate",
            after=switched.after.input or "slate",
            reason=switched.reason,
        )


def _thresholds(order: ChannelOrder) -> Thresholds:
    return Thresholds(
        input_loss_millis=order.input_loss_millis,
        black_millis=order.black_millis,
        silence_millis=order.silence_millis,
        freeze_millis=order.freeze_millis,
        error_clear_millis=order.error_clear_millis,
        repeat_frame_millis=order.repeat_frame_millis,
    )
