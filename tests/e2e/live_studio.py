"""A channel with two encoders, which can be lost and replaced."""

from dataclasses import dataclass
from datetime import datetime

from crds.v1alpha1.meta import Manifest
from tests.e2e.live_proxy import Proxy
from tests.e2e.live_publishers import Another, Camera
from tests.e2e.live_station import Station, channel, ladder, now, pushed, secret

NAME = "news"
PROFILE = "e2e-live"
LOSS, BLACK, SILENCE, FREEZE, CLEAR = 2.0, 2.0, 3.0, 2.0, 3.0
"""Seconds, of spec.failover. A machine with two cores for all of this may stand still for one: to
the channel its encoders are then lost, whatever is wrong with their pictures."""


def manifests(namespace: str) -> list[Manifest]:
    """Of the channel, and of what it names."""
    inputs = [pushed("primary", "RTMP", 1), pushed("backup", "SRT", 2)]
    failover = {
        "inputLossMillis": int(LOSS * 1000),
        "blackMillis": int(BLACK * 1000),
        "silenceMillis": int(SILENCE * 1000),
        "freezeMillis": int(FREEZE * 1000),
        "errorClearMillis": int(CLEAR * 1000),
    }
    return [
        ladder(PROFILE, (180, 360)),
        *(secret(str(one["name"]), namespace) for one in inputs),
        channel(NAME, namespace, inputs=inputs, failover=failover, profileRef={"name": PROFILE}),
    ]


@dataclass
class Studio(Station):
    """The channel and its two encoders."""

    proxy: Proxy
    srt_url: str
    camera: Camera | None = None
    backup: Another | None = None

    def roll_camera(self) -> Camera:
        """A new one in the old one's place."""
        if self.camera is not None:
            self.camera.kill()
        self.camera = Camera(self.proxy.url)
        return self.camera

    def camera_back(self) -> tuple[Camera, datetime]:
        """A new camera, and when it was connected: how long it takes to start is its own affair."""
        moment = now()
        camera = self.roll_camera()
        self.platform.wait(
            "the camera connected", lambda: self.proxy.connected >= moment, 20, every=0.1
        )
        return camera, self.proxy.connected

    def both_well(self) -> Camera:
        """Where every story begins: the primary on air, the backup there."""
        if self.backup is None or not self.backup.alive:
            self.backup = Another(self.srt_url)
        if self.camera is None or not self.camera.well:
            self.roll_camera()
        assert self.camera is not None

        def both() -> bool:
            states = {one["name"]: one["state"] for one in self.live().get("inputs", ())}
            return states == {"primary": "OnAir", "backup": "Receiving"}

        self.platform.wait("the primary on air and the backup there", both, 40, every=0.3)
        return self.camera

    def lose_backup(self) -> None:
        if self.backup is not None:
            self.backup.kill()
            self.backup = None

    def close(self) -> None:
        if self.camera is not None:
            self.camera.kill()
        self.lose_backup()
        self.proxy.close()
