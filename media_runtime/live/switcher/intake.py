"""One input at work: its decoder, started again when it ends, and what was seen of it."""

from __future__ import annotations

import asyncio
import contextlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from media_runtime.ffmpeg import spawned

from .decoder import NO_SOUND, Relayed, Source, decoder_argv, relayed_parts
from .frames import Pictures, Sound
from .health import Seen
from .pace import Follower, Grid
from .patch import Patch
from .pattern import Pattern
from .pipes import Eye, from_child, poured, to_child
from .watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from .picture import Picture

_LOG = structlog.get_logger()
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.25, 5.0
_LEAP_MILLIS = 10_000
"""So much more media than time is a leap of the source's time stamps: the frames are made up."""
_SOUND_IS_GONE_MILLIS = 300
"""After so long without samples the picture does not wait for sound any more."""
_LAST_WORDS_SECONDS = 1.0
_STUCK_MILLIS, _STUCK_LIVE_MILLIS, _WAITS_MILLIS = 10_000, 3_000, 60_000
"""How long a decoder may bring nothing more (its time stamps leapt back, or the connection is
dead), the same where another one begins at once, and nothing at all (it waits for a publisher)."""


@dataclass(frozen=True)
class Input:
    name: str
    priority: int
    """The lowest number is preferred."""
    source: Source | Patch


class Intake:
    """Decodes one input while `run` runs; `now` is the switcher's clock in milliseconds."""

    def __init__(self, wanted: Input, picture: Picture, now: Callable[[], int]) -> None:
        self.wanted = wanted
        self.pictures = Pictures(picture.frame_bytes, queued=math.ceil(picture.rate / 2) + 2)
        self.sound = Sound()
        self.follower = Follower(Grid(picture.rate))
        self.restarts = 0
        self._picture, self._now = picture, now
        self._patch = wanted.source if isinstance(wanted.source, Patch) else Patch(wanted.source)
        self._watch = Watch(picture)
        self._last_picture_at: int | None = None
        self._last_sound_at: int | None = None
        self._error_at: int | None = None
        self._first_at = 0
        self._with_sound = True
        self._wait = _FIRST_WAIT_SECONDS

    def seen(self) -> Seen:
        return Seen(
            self.wanted.name,
            self.wanted.priority,
            last_picture_at=self._last_picture_at,
            last_sound_at=self._last_sound_at if self._with_sound else None,
            black_since=self._watch.black_since,
            silent_since=self._watch.silent_since,
            frozen_since=self._watch.frozen_since,
            error_at=self._error_at,
        )

    def forgive(self, millis: int) -> None:
        """For so long nobody here read: what did not come then is not missed."""
        now = self._now()
        if self._last_picture_at is not None:
            self._last_picture_at = min(now, self._last_picture_at + millis)
        if self._last_sound_at is not None:
            self._last_sound_at = min(now, self._last_sound_at + millis)

    def arrived_samples(self) -> int:
        """Up to where picture and sound have both come; sound that stays away is not waited for."""
        pictures = self.follower.grid.samples_before(self.pictures.arrived)
        heard_at = self._last_sound_at
        if heard_at is None or self._now() - heard_at > _SOUND_IS_GONE_MILLIS:
            return pictures
        return min(pictures, self.sound.arrived)

    async def run(self) -> None:
        """Until cancelled. A source that lacks sound is asked again without, at once."""
        while True:
            source = await self._patch.plugged()
            asked_for_sound = self._with_sound
            try:
                gist, lacks_sound = await self._decode_once(source)
            except OSError as e:  # no more processes or descriptors: the others stay on air
                gist, lacks_sound = str(e), False
            except Exception as e:  # noqa: BLE001 - a supervisor: the others stay on air
                _LOG.exception("input failed", input=self.wanted.name)
                gist, lacks_sound = str(e), False
            self._error_at = self._now()
            self.restarts += 1
            replaced = self._patch.source is not source
            if asked_for_sound and lacks_sound and not replaced:
                self._with_sound = False
                continue
            self._with_sound = True
            if replaced:
                self._wait = _FIRST_WAIT_SECONDS
                _LOG.info("input changed", input=self.wanted.name)
                continue
            _LOG.info("input ended", input=self.wanted.name, said=gist, again_in=self._wait)
            await self._patch.wait(source, self._wait)
            self._wait = min(2 * self._wait, _LONGEST_WAIT_SECONDS)

    async def _decode_once(self, source: Source) -> tuple[str, bool]:
        """What was said at the decoder's end, and whether it was that there is no sound."""
        pattern = source if isinstance(source, Pattern) else Pattern()
        self.pictures.restart(pattern.every(self._picture.rate))
        self.sound.restart()
        self.follower.forget()
        self._watch.forget()
        async with contextlib.AsyncExitStack() as ours:
            our_ends = ours.enter_context(contextlib.ExitStack())
            with contextlib.ExitStack() as the_childs:
                seeing, video_fd = from_child(our_ends, the_childs)
                hearing, audio_fd = from_child(our_ends, the_childs)
                parts = relayed_parts(source, with_sound=self._with_sound)
                pipes = [to_child(our_ends, the_childs) for _ in parts]
                input_fds = [reading for reading, _ in pipes]
                argv = decoder_argv(
                    source,
                    self._picture,
                    video_fd=video_fd,
                    audio_fd=audio_fd if self._with_sound else None,
                    input_fds=input_fds,
                )
                fds = (video_fd, audio_fd, *input_fds)
                child = await ours.enter_async_context(
                    spawned(argv, wall_seconds=math.inf, pass_fds=fds)
                )
                # or the end of the decoder would not be the pipe's end
            ours.callback(our_ends.close)  # before it is told to end: it may wait for a pipe
            for part, (_, into) in zip(parts, pipes, strict=True):
                await ours.enter_async_context(poured(part, into))
            gist, lacks_sound = await self._read(source, seeing, hearing), False
            self._error_at = self._now()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0 if gist else _LAST_WORDS_SECONDS):
                    ended = await child.ended()
                    gist, lacks_sound = ended.messages.gist(), ended.messages.mention(*NO_SOUND)
        return gist, lacks_sound

    async def _read(self, source: Source, seeing: int, hearing: int) -> str:
        """Until the picture's pipe ends; or why the decoder is not wanted any more."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        why = ""

        def end(reason: str) -> None:
            nonlocal why
            why = reason
            # not when the decoder is gone: the next frame of the output must not count on it
            self._error_at = self._now()
            over.set()

        def see() -> bool:
            try:
                frame = self.pictures.fill_from(seeing)
            except EOFError:
                eye.close()
                over.set()
                return False
            if frame is not None and not self._take(frame):
                end("its time stamps leapt ahead of the time that went by")
            return frame is None

        def hear() -> None:
            try:
                piece = self.sound.fill_from(hearing)
            except BlockingIOError:
                return
            except EOFError:
                loop.remove_reader(hearing)
                return
            self._last_sound_at = self._now()
            self._watch.hear(piece[: len(piece) & ~3], self._last_sound_at)

        eye = Eye(seeing, see, self._picture.frame_bytes)
        loop.add_reader(hearing, hear)
        try:
            with self._patch.telling(lambda: end("something else was plugged in")):
                if self._patch.source is source:
                    why = await self._ended(source, over) or why
                return why
        finally:
            eye.close()
            loop.remove_reader(hearing)

    async def _ended(self, source: Source, over: asyncio.Event) -> str:
        """Once it is over; or what is missing, when a living decoder brings nothing."""
        started = self._now()
        at_once = isinstance(source, Relayed) and not source.paced
        stuck = _STUCK_LIVE_MILLIS if at_once else _STUCK_MILLIS
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await over.wait()
            patience = stuck if self.pictures.arrived else _WAITS_MILLIS
            if self._now() - max(started, self._last_picture_at or 0) > patience:
                return "nothing came for too long"
        return ""

    def _take(self, frame: bytearray) -> bool:
        """Looks at a picture that came; False once more came than time went by."""
        now = self._now()
        if self.pictures.arrived == self.pictures.every:
            self._first_at = now
        self._last_picture_at = now
        self._watch.see(frame, now)
        if now - self._first_at > 2 * _LONGEST_WAIT_SECONDS * 1000:
            self._wait = _FIRST_WAIT_SECONDS
        came = self.follower.grid.due_millis(self.pictures.arrived)
        return came - (now - self._first_at) < _LEAP_MILLIS
