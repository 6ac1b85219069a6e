"""A WHIP client (RFC 9725) with a picture that moves and a tone."""

import math
import struct
from typing import Any

import aiohttp
from aiortc import (
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import AudioStreamTrack
from av import AudioFrame, VideoFrame


class Camera(VideoStreamTrack):
    """Something that moves, 320x180 at 30 frames a second: each picture is of one colour."""

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(320, 180, "yuv420p")
        for number, plane in enumerate(frame.planes):
            level = (pts // 3000 * (3 + number)) % 200 + 20
            plane.update(bytes([level]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Microphone(AudioStreamTrack):
    """A tone: each of its frames, of 20 ms, holds a whole number of waves."""

    async def recv(self) -> AudioFrame:
        frame = await super().recv()
        assert isinstance(frame, AudioFrame)
        turn = 2 * math.pi * 8 / frame.samples
        wave = [round(8000 * math.sin(turn * n)) for n in range(frame.samples)]
        frame.planes[0].update(struct.pack(f"<{frame.samples}h", *wave))
        return frame


class Publisher:
    """Publishes to `url`, with `secret` as the bearer token."""

    def __init__(self, url: str, secret: str, http: aiohttp.ClientSession) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.url, self.secret = url, secret
        self.session = ""
        self._http = http

    async def offer(self, codec: str, *, sound: bool = True) -> str:
        self.peer.addTrack(Camera())
        if sound:
            self.peer.addTrack(Microphone())
        capabilities = RTCRtpSender.getCapabilities("video")
        assert capabilities is not None
        wanted = [one for one in capabilities.codecs if one.mimeType == f"video/{codec}"]
        self.peer.getTransceivers()[0].setCodecPreferences(wanted)
        for transceiver in self.peer.getTransceivers():
            transceiver.direction = "sendonly"
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return self.peer.localDescription.sdp

    async def publish(self, codec: str = "VP8", **more: bool) -> None:
        status, headers, body = await self.post(await self.offer(codec, **more))
        assert status == 201, body
        self.session = headers["Location"]
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp=body, type="answer"))

    async def post(
        self, offer: str, secret: str | None = None, place: str = "", **headers: str
    ) -> tuple[int, Any, str]:
        """With another secret, or to another input, if they are given; an empty secret: none."""
        sent = {"Content-Type": "application/sdp"} | headers
        if shown := self.secret if secret is None else secret:
            sent["Authorization"] = f"Bearer {shown}"
        url = f"{self.url.rpartition('/')[0]}/{place}" if place else self.url
        async with self._http.post(url, data=offer.encode(), headers=sent) as answer:
            return answer.status, answer.headers, await answer.text()

    async def delete(self, secret: str | None = None) -> int:
        url = self.url.partition("/whip/")[0] + self.session
        sent = {"Authorization": f"Bearer {secret or self.secret}"}
        async with self._http.delete(url, headers=sent) as answer:
            return answer.status
