"""One channel on air, put together: inputs, switcher, encoder, packager, and what goes on beside.

What goes on beside (DVR, recording, nudges) may fail and be tried again; the programme goes on.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import deque
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from media_runtime.live.inputs.behind import Surroundings, kept
from media_runtime.live.inputs.inputs import Inputs, thresholds
from media_runtime.live.switcher.run import Channel, Switcher, WallClock
from media_runtime.store import StoreAway

from .dvr.archive import Archive
from .dvr.keys import DvrKeys
from .dvr.recorder import Recorder
from .encoding import Encoding
from .ladder import ladder
from .lateness import Lateness
from .nudge import Nudge
from .observed import observed
from .packager import Packager
from .restarts import NEVER
from .state import KEPT, state_of
from .thumbnail import Thumbnail

if TYPE_CHECKING:
    from crds.live import ChannelOrder, ChannelState
    from media_runtime.live.parts import Part
    from media_runtime.live.switcher.choose import Switched
    from media_runtime.store import Store

    from .rendition import Rendition
    from .restarts import Restarts
    from .settings import ChannelSettings

log = structlog.get_logger()

READY_SEGMENTS = 3
"""A player begins so many target durations behind the end."""
_SHORTEST_WINDOW = 8
"""Segments: parts are told of the newest three, and a player is a few behind."""
_SETTLE_SECONDS = 8.0
"""Less than the operator waits for, after it asked for the end."""
_SETTLE_AGAIN_SECONDS = 2.0


class Pod:
    def __init__(
        self,
        order: ChannelOrder,
        settings: ChannelSettings,
        store: Store,
        *,
        restarts: Restarts = NEVER,
    ) -> None:
        """Raises Refused where the order cannot be carried out."""
        self.order, self.ladder = order, ladder(order)
        self.restarts = restarts
        """It died in this pod before, and was started again."""
        self.started_at = datetime.now(UTC)
        self.switches: deque[Switched] = deque(maxlen=KEPT)
        self.switch_count = 0
        scratch, clock = Path(tempfile.mkdtemp(prefix="channel-")), WallClock()
        self.inputs = Inputs(
            order,
            self.ladder.canvas,
            Surroundings(
                keys=settings.keys_folder,
                scratch=scratch,
                store=store,
                clock=clock,
                host=settings.host,
                port=settings.contribution_port,
            ),
        )
        channel = Channel(
            self.ladder.canvas, self.inputs.inputs, thresholds(order), self.inputs.slate.patch
        )
        self.switcher = Switcher(channel, clock)
        window = max(_SHORTEST_WINDOW, self._segments(order.window_seconds))
        listed = max(window, self._segments(order.dvr_seconds))
        dvr = order.dvr_seconds > 0 or order.record
        self.packager = Packager(self.ladder, listed=listed, held=window if dvr else None)
        keys = DvrKeys(order.tenant, order.channel, order.uid)
        self.recorder = Recorder(
            store, keys, self.packager, scratch, on=order.record, alone=not dvr
        )
        self.archive = (
            Archive(store, keys, self.packager, listed=listed, keep_from=self.recorder.keep_from)
            if dvr
            else None
        )
        self.lateness = Lateness(self.packager, clock.nanos)
        self._appeared, self._begun, self._opened = (asyncio.Event() for _ in range(3))
        self._first = 0
        self.settled = asyncio.Event()
        """The programme has ended, and all that is to be kept of it is."""
        self.packager.listeners += [self.lateness.arrived, self._arrived]
        self.encoding = Encoding(
            self.ladder,
            self.switcher,
            self.packager,
            lateness_millis=lambda: self.lateness.late_millis,
            tell=self._switched,
        )
        self.thumbnail = Thumbnail(self.packager, scratch)
        self.nudge = Nudge(order.nudge_url, self.state) if order.nudge_url else None

    async def run(self) -> None:
        """Until the channel was told to end, and has."""
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(kept(one)) for one in (self._open, self._record)]
            if self.archive is not None:
                self.packager.listeners.append(self.archive.arrived)
                beside.append(group.create_task(kept(self.archive.run)))
            if self.nudge is not None:
                group.create_task(kept(self.nudge.run))
            async with self.inputs.running():
                await self.encoding.run()
            await self._settle()
            self.settled.set()
            for task in beside:
                task.cancel()

    @property
    def ready(self) -> bool:
        """A player that comes now finds enough to begin with."""
        if self.packager.lineup() is None:
            return False
        track = self.packager.leader.ring.track()
        return track is not None and track.last_whole_msn - track.first_msn + 1 >= READY_SEGMENTS

    @property
    def ended(self) -> bool:
        """ENDLIST is out, and the recording is made or takes longer than anybody waits for."""
        if self.packager.ended_at is None:
            return False
        late = datetime.now(UTC) - self.packager.ended_at > timedelta(seconds=_SETTLE_SECONDS)
        return self.settled.is_set() or late

    def state(self) -> ChannelState:
        keeping = self.packager.ended_at is not None and not self.settled.is_set()
        state = state_of(self.order, self.ladder, observed(self))
        return state.model_copy(update={"keeping": keeping})

    async def _open(self) -> None:
        """Shows playlists once a whole segment of all is there, and what was before is known.

        An earlier pod that still runs has stored by then what comes before that segment. One that
        died here stores no more, and viewers wait: a part is enough to go on from what it stored.
        """
        await (self._appeared if self.restarts.count else self._begun).wait()
        self._first = self.packager.leader.ring.first_msn or 0
        try:
            if self.archive is not None:
                await self.archive.recall()
            if not self._has(whole=True):
                await self._begun.wait()
        finally:
            self.packager.opened = True
            self._opened.set()

    async def _record(self) -> None:
        await self._opened.wait()
        await self.recorder.begin(self._first)
        await self.recorder.run()

    def _arrived(self, _: Rendition, part: Part) -> None:
        if not self._appeared.is_set() and self._has(whole=False):
            self._appeared.set()
        last = part.place.part == self.ladder.timeline.parts - 1
        if last and not self._begun.is_set() and self._has(whole=True):
            self._begun.set()

    def _has(self, *, whole: bool) -> bool:
        """A part of every rendition, or a whole segment."""
        tracks = [one.ring.track() for one in self.packager.renditions.values()]
        return all(
            track is not None and (not whole or track.last_whole_msn >= track.first_msn)
            for track in tracks
        )

    async def _settle(self) -> None:
        """The end is stored, and recorded."""
        try:
            async with asyncio.timeout(_SETTLE_SECONDS):
                if self.archive is not None:
                    await self.archive.settled()
        except (StoreAway, TimeoutError):
            log.warning("the channel ended while the store was away: its DVR lacks the end")
        track = self.packager.leader.ring.track() if self.packager.offered else None
        while track is not None:
            try:
                await self.recorder.end(track.last_whole_msn + 1)
            except StoreAway as e:
                # or the next programme would go on in this one's recording
                log.warning("the recording waits for the store", why=str(e))
                await asyncio.sleep(_SETTLE_AGAIN_SECONDS)
            else:
                break

    def _segments(self, seconds: int) -> int:
        return ceil(seconds / self.ladder.timeline.segment)

    def _switched(self, switched: Switched) -> None:
        self.switches.append(switched)
        self.switch_count += 1
        log.info(
            "switched",
            before=switched.before.input or "slate",
            after=switched.after.input or "slate",
            reason=switched.reason,
        )
