"""A channel with two encoders on the cluster, and what `streamverse status` says of it."""

import contextlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crds.live import HTTP_PORT
from crds.v1alpha1.meta import Manifest
from tests.e2e import media, node
from tests.e2e.live_proxy import Proxy
from tests.e2e.live_publishers import Another, Camera
from tests.e2e.platform import Platform

NAME = "news"
PROFILE = "e2e-live"
LOSS, BLACK, SILENCE, FREEZE, CLEAR = 1.0, 2.0, 3.0, 2.0, 3.0
"""Seconds, of spec.failover."""
KEY = "0123456789abcdef0123456789abcdef"


def ladder() -> Manifest:
    """Two rungs that two cores encode beside a browser and a cluster."""
    rungs = [
        {"name": f"{h}p", "maxHeight": h, "maxFrameRate": 30, "bitrateKbps": 3 * h}
        for h in (180, 360)
    ]
    return {
        "apiVersion": "streamverse.io/v1alpha1",
        "kind": "EncodingProfile",
        "metadata": {"name": PROFILE},
        "spec": {
            "segmentDurationMillis": 2000,
            "gopDurationMillis": 2000,
            "renditions": rungs,
            "audio": [{"name": "stereo", "bitrateKbps": 96, "channels": 2}],
        },
    }


def secret(name: str, namespace: str) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": {"streamKey": KEY},
    }


def channel(namespace: str) -> Manifest:
    inputs = [
        {"name": name, "protocol": protocol, "priority": n, "streamKeySecretRef": {"name": name}}
        for n, (name, protocol) in enumerate((("primary", "RTMP"), ("backup", "SRT")), 1)
    ]
    return {
        "apiVersion": "streamverse.io/v1alpha1",
        "kind": "Channel",
        "metadata": {"name": NAME, "namespace": namespace},
        "spec": {
            "inputs": inputs,
            "failover": {
                "inputLossMillis": int(LOSS * 1000),
                "blackMillis": int(BLACK * 1000),
                "silenceMillis": int(SILENCE * 1000),
                "freezeMillis": int(FREEZE * 1000),
                "errorClearMillis": int(CLEAR * 1000),
            },
            "lossBehavior": {"repeatFrameMillis": 1000},
            "profileRef": {"name": PROFILE},
            "frameRate": "30",
            "latency": {"partDurationMillis": 333, "windowSeconds": 30, "dvrSeconds": 300},
        },
    }


@dataclass
class Studio:
    """The channel, its two encoders, and what `streamverse status` says of it."""

    platform: Platform
    namespace: str
    proxy: Proxy
    srt_url: str
    camera: Camera | None = None
    backup: Another | None = None

    def status(self) -> dict[str, Any]:
        ended = self.platform.command(
            "status", f"channel/{NAME}", "-n", self.namespace, "-o", "json"
        )
        found = json.loads(ended.out)
        return dict(found.get("status") or {})

    def live(self) -> dict[str, Any]:
        """What the newest pod that answers says of itself; empty while none does.

        It is the same truth as status, which is written no more often than is worth it.
        """
        pods = self.platform.pods(self.namespace, f"channel-{NAME}")
        for pod in sorted(pods, key=lambda p: str(p["metadata"]["creationTimestamp"]))[::-1]:
            address = pod["status"].get("podIP")
            with contextlib.suppress(OSError):
                if address:
                    answer = media.get(f"http://{address}:{HTTP_PORT}/state")
                    return dict(json.loads(answer.body))
        return {}

    def on_air(self) -> str:
        """An input's name, or slate; empty while nobody knows."""
        told = self.live().get("onAir")
        if not told:
            return ""
        return "slate" if told["kind"] == "Slate" else str(told.get("input"))

    def until_on_air(self, source: str, seconds: float) -> None:
        self.platform.wait(f"{source} on air", lambda: self.on_air() == source, seconds, every=0.3)

    def switch_after(self, moment: datetime, source: str, seconds: float) -> tuple[float, str]:
        """Seconds from then to the switch to `source`, and its reason."""

        def told() -> tuple[float, str] | None:
            found = _switches(self.live(), moment)
            return next(((at, why) for at, after, why in found if after == source), None)

        return self.platform.wait(f"a switch to {source}", told, seconds, every=0.3)

    def switches_since(self, moment: datetime) -> list[str]:
        return [after for _, after, _ in _switches(self.live(), moment)]

    def status_tells(self, moment: datetime, source: str) -> tuple[float, str]:
        """The same as `switch_after`, as `streamverse status` has it."""

        def told() -> tuple[float, str] | None:
            found = _switches(self.status(), moment)
            return next(((at, why) for at, after, why in found if after == source), None)

        return self.platform.wait(f"status tells of the switch to {source}", told, 20)

    def roll_camera(self) -> Camera:
        """A new one in the old one's place."""
        if self.camera is not None:
            self.camera.kill()
        self.camera = Camera(self.proxy.url)
        return self.camera

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

    def pod(self) -> Manifest:
        pods = self.platform.pods(self.namespace, f"channel-{NAME}")
        return next(p for p in pods if node.of_pod(p))


def _switches(said: dict[str, Any], since: datetime) -> list[tuple[float, str, str]]:
    """(seconds from then, what came on air, why) of each switch, the oldest first."""
    told = ((datetime.fromisoformat(s["at"]), s) for s in said.get("switches", ()))
    return [
        ((at - since).total_seconds(), s["after"], s["reason"]) for at, s in told if at >= since
    ]


def now() -> datetime:
    return datetime.now(UTC)
