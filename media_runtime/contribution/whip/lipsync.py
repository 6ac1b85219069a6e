"""When a WebRTC publisher's pictures and sounds belong, on one time line. Pure.

RTP counts each track from a number of its own, by a clock of its own. A sender report (RFC 3550
section 6.4.1) tells what both were at one instant of the sender's; until there are two of them,
what came at the same time belongs together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VIDEO_RATE, AUDIO_RATE = 90_000, 48_000
PATIENCE_SECONDS = 1.5
"""Senders report each second or so; without a report the stream is carried all the same."""
SLEW = 0.001
"""Of the time that passes: 50 ms are made up in 50 s, and nobody hears it."""
STEP_SECONDS = 0.2
"""What is further off is set right at once."""

Kind = Literal["video", "audio"]


@dataclass
class _Track:
    rate: int
    last: int | None = None
    arrival: float | None = None
    """Of the track's time 0, by what came first."""
    report: float | None = None
    """The sender's clock at the track's time 0, by the newest report."""

    def seconds(self, rtp: int) -> float:
        """Unwrapped: a timestamp is near the last one, whatever its upper bits were."""
        near = rtp if self.last is None else self.last
        self.last = near + ((rtp - near + (1 << 31)) % (1 << 32) - (1 << 31))
        return self.last / self.rate


class LipSync:
    """Pictures set the time; sound is moved to them."""

    def __init__(self) -> None:
        self._tracks = {"video": _Track(VIDEO_RATE), "audio": _Track(AUDIO_RATE)}
        self._offset: float | None = None
        """What is added to the audio's own time."""
        self._at = 0.0

    def came(self, kind: Kind, rtp: int, now: float) -> float:
        """The time of a picture or sound, in seconds from an arbitrary origin that both share."""
        track = self._tracks[kind]
        seconds = track.seconds(rtp)
        if track.arrival is None:
            track.arrival = now - seconds
        return seconds if kind == "video" else seconds + self._moved(now)

    def reported(self, kind: Kind, rtp: int, ntp_seconds: float) -> None:
        """Of a sender report. One that comes before its track says nothing yet."""
        track = self._tracks[kind]
        if track.last is None:
            return
        last = track.last
        track.report = ntp_seconds - track.seconds(rtp)
        track.last = last

    @property
    def settled(self) -> bool:
        """Both tracks were reported, so that nothing need be moved by a step any more."""
        return all(track.report is not None for track in self._tracks.values())

    def _moved(self, now: float) -> float:
        wanted = self._wanted()
        elapsed, self._at = now - self._at, now
        if self._offset is None or abs(wanted - self._offset) > STEP_SECONDS:
            self._offset = wanted
        else:
            most = max(0.0, elapsed) * SLEW
            self._offset += max(-most, min(most, wanted - self._offset))
        return self._offset

    def _wanted(self) -> float:
        video, audio = self._tracks["video"], self._tracks["audio"]
        if video.report is not None and audio.report is not None:
            return audio.report - video.report
        if video.arrival is None or audio.arrival is None:
            return 0.0
        return audio.arrival - video.arrival
