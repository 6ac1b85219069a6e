"""Records a programme: marks where it begins, and makes one MP4 of its segments when it is over."""

from __future__ import annotations

import asyncio
import math
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from crds.live import Recording
from media_runtime.failure import Refused, TryAgain
from media_runtime.ffmpeg import FFMPEG, input_flags, require_success, spawned, url
from media_runtime.live.switcher.frames import write_all
from media_runtime.live.switcher.pipes import to_child
from media_runtime.store import StoreAway
from media_runtime.title.layout import Layout

from .history import found
from .journal import minute_of
from .takes import Reel, Take, best_rung, reels

if TYPE_CHECKING:
    from fractions import Fraction
    from io import FileIO
    from pathlib import Path

    from media_runtime.live.channel.packager import Packager
    from media_runtime.store import Store

    from .history import Found
    from .keys import DvrKeys

log = structlog.get_logger()

_MAX_PIXELS = 8192 * 4320
_TRIES, _PAUSE_SECONDS = 4, 5.0
_FILE_BYTES = 10 << 30
"""A pod that fills its scratch (20 GiB by default) is evicted, and its channel with it."""
_SOUND_KBPS = 512


def recording_argv(video_fd: int, audio_fd: int | None, into: Path, began: Fraction) -> list[str]:
    """Copies what comes through two pipes into one file that begins at 0."""
    fds = [fd for fd in (video_fd, audio_fd) if fd is not None]
    reading = input_flags("mov", max_pixels=_MAX_PIXELS)
    argv = [*FFMPEG, "-copyts"]  # or each input was moved to 0 by itself, and sound left picture
    for fd in fds:
        argv += [*reading, "-i", f"pipe:{fd}"]
    for n in range(len(fds)):
        argv += ["-map", str(n)]
    return [
        *argv,
        *("-c", "copy", "-output_ts_offset", f"-{float(began):.6f}"),
        *("-movflags", "+faststart", "-f", "mp4", "-y", url(into)),
    ]


class Recorder:
    def __init__(
        self,
        store: Store,
        keys: DvrKeys,
        packager: Packager,
        scratch: Path,
        *,
        on: bool,
        alone: bool,
    ) -> None:
        """`alone`: nobody else keeps segments, or deletes them."""
        self.recordings: tuple[Recording, ...] = ()
        """Those that are finished, the oldest first."""
        self._store, self._keys, self._packager = store, keys, packager
        self._file, self._on, self._alone = scratch / "recording.mp4", on, alone
        self._takes: dict[int, Take] | None = None
        self._changed, self._one_at_a_time = asyncio.Event(), asyncio.Lock()

    def keep_from(self) -> int | None:
        """The segment from which on nothing may be deleted; of before it is known, none may."""
        return 0 if self._takes is None else min(self._takes, default=None)

    async def begin(self, first: int) -> None:
        """With the first segment of this pod. What went on before goes on, or ends here."""
        takes = {one.began: one for one in [Take.model_validate_json(c) for c in await self._all()]}
        done = [await self._store.read(at) for at in await self._store.names(self._keys.recorded)]
        self.recordings = tuple(
            sorted(
                (Recording.model_validate_json(one) for one in done if one),
                key=lambda one: one.began,
            )
        )
        going = [one for one in takes.values() if one.until is None]
        if self._on and not going:
            takes[first] = Take(began=first)
            await self._mark(takes[first])
        for one in () if self._on else going:
            takes[one.began] = one.model_copy(update={"until": first})
            await self._mark(takes[one.began])
        self._takes = takes
        self._changed.set()

    async def end(self, until: int) -> None:
        """The programme is over. Returns once its recording is made."""
        for one in [one for one in (self._takes or {}).values() if one.until is None]:
            over = one.model_copy(update={"until": until})
            await self._mark(over)
            (self._takes or {})[one.began] = over
        await self._finish_all()

    async def run(self) -> None:
        """Finishes what ended before this pod began."""
        await self._changed.wait()
        await self._finish_all()
        await asyncio.Event().wait()

    async def _finish_all(self) -> None:
        async with self._one_at_a_time:
            await self._finish_those()

    async def _finish_those(self) -> None:
        takes = self._takes or {}
        for take in [one for one in takes.values() if one.until is not None]:
            for turn in range(_TRIES):
                try:
                    await self._finish(take)
                except* (StoreAway, Refused, TryAgain, OSError) as several:
                    log.warning("a recording failed", take=take.began, why=str(several.exceptions))
                    await asyncio.sleep(_PAUSE_SECONDS * (turn + 1))
                else:
                    break
            # what cannot be made must not keep its segments for ever
            await self._store.delete([self._keys.take(take.began)])
            takes.pop(take.began, None)

    async def _finish(self, take: Take) -> None:
        span = range(take.began, take.until or take.began)
        segment = self._packager.ladder.timeline.segment
        what = await found(
            self._store,
            self._keys,
            self._packager.ladder.timeline,
            since=minute_of(segment, take.began) - 1,
        )
        for reel in self._reels(span, what):
            await self._keep(reel)
        if self._alone:
            old = [(name, msn) for name, there in what.segments.items() for msn in there]
            await self._store.delete([self._keys.segment(*one) for one in old])

    def _reels(self, span: range, what: Found) -> list[Reel]:
        ladder = self._packager.ladder
        rung = best_rung([one.name for one in ladder.rungs], what.segments, span)
        if rung is None:
            log.warning("nothing was recorded", first=span.start, end=span.stop)
            return []
        sound = ladder.sounds[0].name if ladder.sounds else None
        return reels(span, rung, sound, what.segments, what.headers, longest=self._longest(rung))

    def _longest(self, rung: str) -> int:
        """How many segments are sure to find room in the pod's scratch."""
        ladder = self._packager.ladder
        peak_kbps = max(one.peak_kbps for one in ladder.rungs if one.name == rung)
        bits = (peak_kbps + _SOUND_KBPS) * 1000 * ladder.timeline.segment
        return max(1, int(_FILE_BYTES * 8 / bits))

    async def _keep(self, reel: Reel) -> None:
        timeline = self._packager.ladder.timeline
        length, epoch = timeline.segment, datetime.fromtimestamp(timeline.epoch, UTC)
        began = epoch + timedelta(seconds=float(reel.first * length))
        ended = epoch + timedelta(seconds=float(reel.end * length))
        stamp = f"{began:%Y%m%d-%H%M%S}"
        key = self._keys.recording(stamp)
        await self._copy(reel, reel.first * length)
        try:
            await self._store.upload(key, self._file)
        finally:
            await asyncio.to_thread(self._file.unlink, missing_ok=True)
        made = Recording(
            name=f"{self._keys.channel}-{stamp}",
            uri=f"s3://{self._store.bucket}/{key}",
            began=began,
            ended=ended,
        )
        told = made.model_dump_json(by_alias=True).encode()
        await self._store.write(f"{self._keys.recorded}/{stamp}.json", told)
        self.recordings = (*self.recordings, made)
        log.info("recorded", name=made.name, seconds=(ended - began).total_seconds())

    async def _copy(self, reel: Reel, began: Fraction) -> None:
        tracks = [(reel.rung, reel.rung_init)]
        if reel.sound and reel.sound_init:
            tracks.append((reel.sound, reel.sound_init))
        with ExitStack() as ours, ExitStack() as the_childs:
            pipes = [to_child(ours, the_childs) for _ in tracks]
            reads = [reading for reading, _ in pipes]
            argv = recording_argv(reads[0], reads[1] if reads[1:] else None, self._file, began)
            async with spawned(argv, wall_seconds=math.inf, pass_fds=reads) as child:
                the_childs.close()
                with ours:  # closed before it is told to end: it may wait for a pipe
                    async with asyncio.TaskGroup() as group:
                        for (_, into), (name, init) in zip(pipes, tracks, strict=True):
                            group.create_task(self._pour(reel, name, init, into))
                require_success(await child.ended(), "EncodeFailed", "writing a recording")

    async def _pour(self, reel: Reel, name: str, init: str, into: FileIO) -> None:
        """The header and all segments that are there, one after the other."""
        with into:
            fd = into.fileno()
            await self._write(fd, await self._store.read(Layout(self._keys.tenant).init(init)))
            for msn in range(reel.first, reel.end):
                await self._write(fd, await self._store.read(self._keys.segment(name, msn)))

    async def _write(self, into: int, content: bytes | None) -> None:
        if content is not None:
            await write_all(into, content)

    async def _all(self) -> list[bytes]:
        contents = [await self._store.read(at) for at in await self._store.names(self._keys.takes)]
        return [content for content in contents if content is not None]

    async def _mark(self, take: Take) -> None:
        await self._store.write(
            self._keys.take(take.began), take.model_dump_json(by_alias=True).encode()
        )
