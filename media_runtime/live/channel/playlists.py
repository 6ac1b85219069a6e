"""A channel's playlists as bodies, each made once for each change, however many ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from media_runtime.live import llhls, urls
from media_runtime.live.clock import targets
from media_runtime.live.lldash import Service, mpd
from media_runtime.live.multivariant import multivariant_playlist
from media_runtime.origin.bodies import Body

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from .packager import Packager

HLS = "application/vnd.apple.mpegurl"
DASH = "application/dash+xml"
_TARGET_MILLIS = 1_500
"""Three parts for the network to be late in, and what encoding takes."""
_DELAY_MILLIS = 200
"""From a part's last frame to its being there; who asks earlier is kept waiting, not refused."""


@dataclass(frozen=True)
class _Kept:
    version: Hashable
    body: Body


class Playlists:
    def __init__(self, packager: Packager, count: Callable[[str], None]) -> None:
        """`count` is told what kind of text was made."""
        self._packager, self._count = packager, count
        self._kept: dict[Hashable, _Kept] = {}
        self._written = {name: llhls.Written() for name in packager.renditions}
        ladder = packager.ladder
        self.targets = targets(ladder.timeline, [one.cadence for one in ladder.makers])

    def media(self, rendition: str, *, skip: bool) -> Body | None:
        """None before the first part."""
        ring = self._packager.renditions[rendition].ring

        def made() -> bytes:
            tracks = self._packager.tracks()
            track = tracks.pop(rendition)
            others = [tracks[name] for name in self._packager.offered if name in tracks]
            told = llhls.media_playlist(
                track, others, self.targets, skip=skip, written=self._written[rendition]
            )
            return told.encode()

        if ring.due is None:
            return None
        return self._once("delta" if skip else "media", (rendition, skip), ring.version, HLS, made)

    def multivariant(self) -> Body | None:
        lineup = self._packager.lineup()
        if lineup is None:
            return None
        return self._once(
            "multivariant", "multivariant", lineup, HLS,
            lambda: multivariant_playlist(lineup).encode(),
        )  # fmt: skip

    def mpd(self) -> Body | None:
        lineup = self._packager.lineup()
        if lineup is None:
            return None
        window, ended = self._packager.window_seconds, self._packager.ended_at
        first = self._packager.first_msn

        def made() -> bytes:
            service = Service(
                published=datetime.now(UTC),
                window_seconds=window,
                target_millis=_TARGET_MILLIS,
                delay_millis=_DELAY_MILLIS,
                clock_url=urls.CLOCK,
                ended=ended,
                first_msn=first,
            )
            return mpd(lineup, service)

        return self._once("mpd", "mpd", (lineup, window, ended, ended and first), DASH, made)

    def _once(
        self,
        kind: str,
        key: Hashable,
        version: Hashable,
        media_type: str,
        make: Callable[[], bytes],
    ) -> Body:
        kept = self._kept.get(key)
        if kept is None or kept.version != version:
            self._count(kind)
            kept = _Kept(version, Body(make(), media_type))
            self._kept[key] = kept
        return kept.body
