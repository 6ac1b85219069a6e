"""Coded frames out of aiortc, which has no door for them: what it keeps private is used here only.

aiortc decodes what comes in a thread of each receiver, by one function of a module. In its place
stands one that hands the coded frames on. Written for the release that requirements/contribution.in
names; the tests with a real publisher fail where another one differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from aiortc import MediaStreamError, rtcrtpreceiver
from aiortc.rtp import AnyRtcpPacket, RtcpSrPacket

if TYPE_CHECKING:
    import asyncio
    import queue
    import threading
    from collections.abc import AsyncIterator, Callable

    from aiortc import MediaStreamTrack, RTCRtpReceiver
    from aiortc.jitterbuffer import JitterFrame
    from aiortc.rtcrtpparameters import RTCRtpCodecParameters

_NTP_FRACTION = 1 << 32


@dataclass(frozen=True, slots=True)
class Coded:
    codec: str
    """H264, VP8 or opus, as in the SDP."""
    timestamp: int
    """RTP's."""
    data: bytes


def _hand_on(
    loop: asyncio.AbstractEventLoop,
    coded: queue.Queue[tuple[RTCRtpCodecParameters, JitterFrame] | None],
    out: asyncio.Queue[Coded | None],
    broken: threading.Event,
) -> None:
    """Stands in for aiortc.rtcrtpreceiver.decoder_worker."""
    del broken
    while (one := coded.get()) is not None:
        codec, frame = one
        made = Coded(codec.name, frame.timestamp, frame.data)
        loop.call_soon_threadsafe(out.put_nowait, made)
    loop.call_soon_threadsafe(out.put_nowait, None)


class _AsSent:
    """Stands in for the mapper that has every track begin at 0: reports are of the real numbers."""

    def map(self, timestamp: int) -> int:
        return timestamp


def tap(receiver: RTCRtpReceiver, reported: Callable[[int, float], None]) -> None:
    """Before a receiver begins. `reported`: RTP timestamp and the sender's time, in seconds."""
    rtcrtpreceiver.decoder_worker = cast("Any", _hand_on)
    private = cast("Any", receiver)
    private._RTCRtpReceiver__timestamp_mapper = _AsSent()  # noqa: SLF001 - see above
    original = private._handle_rtcp_packet  # noqa: SLF001 - see above

    async def noted(packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpSrPacket):
            said = packet.sender_info
            reported(said.rtp_timestamp, said.ntp_timestamp / _NTP_FRACTION)
        await original(packet)

    private._handle_rtcp_packet = noted  # noqa: SLF001 - see above


def want_key_frame(receiver: RTCRtpReceiver) -> None:
    """A picture loss indication goes out with the next packet that comes in."""
    cast("Any", receiver)._RTCRtpReceiver__decoder_error.set()  # noqa: SLF001 - see above


async def coded_frames(track: MediaStreamTrack) -> AsyncIterator[Coded]:
    """Until the track ends."""
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        yield cast("Coded", frame)
