"""One WebRTC publisher: the negotiation, and its coded frames on their way to the pods."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError

from media_runtime.contribution.refusal import PublisherRefused

from . import sdp
from .encoded import coded_frames, tap, want_key_frame
from .lipsync import PATIENCE_SECONDS, LipSync
from .stream import MatroskaUnits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiortc import MediaStreamTrack, RTCRtpReceiver

    from media_runtime.contribution.handoff import Handoff
    from media_runtime.contribution.unit import Unit

    from .encoded import Coded
    from .lipsync import Kind

# What aiortc says of each packet that it does not like is the publisher's doing.
logging.getLogger("aiortc").setLevel(logging.CRITICAL)
logging.getLogger("aioice").setLevel(logging.CRITICAL)
KEY_FRAME_SECONDS = 1.0
"""Asked for no more often than this."""


class WhipSession:
    def __init__(self, silence_seconds: float) -> None:
        # No STUN server: a publisher is met at this pod's own addresses, or at those given.
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._silence = silence_seconds
        self._lipsync = LipSync()
        self._receivers: dict[Kind, RTCRtpReceiver] = {}
        self._lost = asyncio.Event()
        self._asked = self._began = 0.0

    async def answer(self, offer: str, addresses: Sequence[str]) -> str:
        """Raises PublisherRefused."""
        self._peer.on("connectionstatechange", self._changed)
        try:
            await self._peer.setRemoteDescription(
                RTCSessionDescription(sdp=sdp.judged(offer), type="offer")
            )
            self._tap()
            answer = await self._peer.createAnswer()
            await self._peer.setLocalDescription(answer)
        except (
            *(InvalidAccessError, InvalidStateError, OperationError),
            *(ValueError, KeyError, IndexError, AttributeError, AssertionError),
        ) as e:
            # aiortc reads an offer without judging it first.
            raise PublisherRefused("BadRequest", "this offer cannot be answered") from e
        return sdp.answered(self._peer.localDescription.sdp, addresses)

    def _tap(self) -> None:
        for transceiver in self._peer.getTransceivers():
            kind = cast("Kind", transceiver.kind)
            self._receivers[kind] = transceiver.receiver

            def reported(rtp: int, seconds: float, kind: Kind = kind) -> None:
                self._lipsync.reported(kind, rtp, seconds)

            tap(transceiver.receiver, reported)

    async def carry(self, handoff: Handoff, patience: asyncio.Timeout) -> None:
        """Until the publisher ends; `patience` is for the first frame, then for every next."""
        units = MatroskaUnits(self._receivers)
        tracks = [
            asyncio.create_task(self._track(kind, receiver.track, units, handoff, patience))
            for kind, receiver in self._receivers.items()
        ]
        lost = asyncio.create_task(self._lost.wait())
        try:
            # A track that ends or fails takes the others along: what goes on is no programme.
            done, _ = await asyncio.wait((*tracks, lost), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (*tracks, lost):
                task.cancel()
            await asyncio.gather(*tracks, lost, return_exceptions=True)

    async def _track(
        self,
        kind: Kind,
        track: MediaStreamTrack,
        units: MatroskaUnits,
        handoff: Handoff,
        patience: asyncio.Timeout,
    ) -> None:
        loop = asyncio.get_running_loop()
        async for frame in coded_frames(track):
            now = loop.time()
            patience.reschedule(now + self._silence)
            millis = round(self._lipsync.came(kind, frame.timestamp, now) * 1000)
            if not self._may_begin(units, now):
                continue
            unit = _unit(kind, frame, units, millis)
            if unit is not None:
                handoff.put(unit)
            if kind == "video" and (handoff.waits or not units.begun):
                self._ask_for_a_key_frame(now)

    def _may_begin(self, units: MatroskaUnits, now: float) -> bool:
        """Once the tracks' times are known, or it was waited for long enough."""
        self._began = self._began or now
        waited = now - self._began > PATIENCE_SECONDS
        return units.begun or waited or len(self._receivers) == 1 or self._lipsync.settled

    def _ask_for_a_key_frame(self, now: float) -> None:
        if now - self._asked > KEY_FRAME_SECONDS:
            self._asked = now
            want_key_frame(self._receivers["video"])

    def _changed(self) -> None:
        if self._peer.connectionState in {"failed", "closed"}:
            self._lost.set()

    async def close(self) -> None:
        await self._peer.close()

    def end(self) -> None:
        """The publisher has said that he has done."""
        self._lost.set()


def _unit(kind: Kind, frame: Coded, units: MatroskaUnits, millis: int) -> Unit | None:
    match kind, frame.codec:
        case "audio", "opus":
            return units.audio(frame.data, millis)
        case "video", "H264" | "VP8":
            return units.video(frame.codec, frame.data, millis)
    raise PublisherRefused("BadRequest", f"{frame.codec} is not carried")
