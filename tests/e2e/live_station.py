"""A channel on the cluster: what its pod says, and what `streamverse status` says of it."""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any

from cli.exits import Exit, Stop
from crds.live import HTTP_PORT
from crds.v1alpha1.meta import Manifest
from tests.e2e import media, node
from tests.e2e.platform import Platform

KEY = "0123456789abcdef0123456789abcdef"
START_SECONDS = 90


def ladder(name: str, heights: Sequence[int]) -> Manifest:
    """A few rungs that two cores encode beside a browser and a cluster."""
    rungs = [
        {"name": f"{h}p", "maxHeight": h, "maxFrameRate": 30, "bitrateKbps": 3 * h} for h in heights
    ]
    return {
        "apiVersion": "streamverse.io/v1alpha1",
        "kind": "EncodingProfile",
        "metadata": {"name": name},
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


def pushed(name: str, protocol: str, priority: int) -> Manifest:
    """An input that an encoder publishes; its key is in a Secret of its own name."""
    key = {"name": name}
    return {"name": name, "protocol": protocol, "priority": priority, "streamKeySecretRef": key}


def channel(name: str, namespace: str, **spec: Any) -> Manifest:  # noqa: ANN401 - as in YAML
    return {
        "apiVersion": "streamverse.io/v1alpha1",
        "kind": "Channel",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "lossBehavior": {"repeatFrameMillis": 1000},
            "frameRate": "30",
            "latency": {"partDurationMillis": 333, "windowSeconds": 30, "dvrSeconds": 300},
            **spec,
        },
    }


@dataclass
class Station:
    """One channel."""

    platform: Platform
    namespace: str
    name: str

    @property
    def address(self) -> str:
        """Below which players find it."""
        return f"{self.platform.endpoints.origin_url}/live/{self.namespace}.{self.name}"

    def publishing(self, to: str) -> dict[str, str]:
        """What is entered in an encoder for an input: url, server and key."""
        asked = ("-n", self.namespace, "--publish", to, "-o", "json")
        ended = self.platform.command("url", f"channel/{self.name}", *asked)
        assert ended.code == 0, ended.err
        return dict(json.loads(ended.out))

    def status(self) -> dict[str, Any]:
        """As `streamverse status` has it. Raises Stop where the cluster does not answer."""
        ended = self.platform.command(
            "status", f"channel/{self.name}", "-n", self.namespace, "-o", "json"
        )
        if ended.code == Exit.UNREACHABLE:
            raise Stop(Exit.UNREACHABLE, ended.err)
        found = json.loads(ended.out)
        return dict(found.get("status") or {})

    def live(self) -> dict[str, Any]:
        """What the newest pod that answers says of itself; empty while none does.

        It is the same truth as status, which is written no more often than is worth it.
        """
        pods = self.platform.pods(self.namespace, f"channel-{self.name}")
        for pod in sorted(pods, key=lambda p: str(p["metadata"]["creationTimestamp"]))[::-1]:
            address = pod["status"].get("podIP")
            with contextlib.suppress(OSError, HTTPException):
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

    def until_it_plays(self) -> None:
        playlist = f"{self.address}/master.m3u8"
        self.platform.wait("it plays", lambda: media.get(playlist).status == 200, START_SECONDS)

    def switch_after(self, moment: datetime, source: str, seconds: float) -> tuple[float, str]:
        """Seconds from then to the switch to `source`, and its reason."""

        def told() -> tuple[float, str] | None:
            found = _switches(self.live(), moment)
            return next(((at, why) for at, after, why in found if after == source), None)

        return self.platform.wait(f"a switch to {source}", told, seconds, every=0.3)

    def switches_since(self, moment: datetime) -> list[str]:
        return [after for _, after, _ in _switches(self.live(), moment)]

    def times_on_air(self, source: str, moment: datetime) -> list[float]:
        """Seconds from then to each switch to `source`."""
        return [at for at, after, _ in _switches(self.live(), moment) if after == source]

    def status_tells(self, moment: datetime, source: str) -> tuple[float, str]:
        """The same as `switch_after`, as `streamverse status` has it."""

        def told() -> tuple[float, str] | None:
            found = _switches(self.status(), moment)
            return next(((at, why) for at, after, why in found if after == source), None)

        return self.platform.wait(f"status tells of the switch to {source}", told, 20)

    def until_received(self, **formats: str) -> None:
        """Until status tells that inputs bring this; it is written at intervals."""

        def told() -> bool:
            inputs = {one["name"]: one["format"] for one in self.status()["inputs"]}
            return all(format_ in inputs[name] for name, format_ in formats.items())

        self.platform.wait(f"status tells of {formats}", told, 20, every=1)

    def pod(self) -> Manifest:
        pods = self.platform.pods(self.namespace, f"channel-{self.name}")
        return next(p for p in pods if node.of_pod(p))


def _switches(said: dict[str, Any], since: datetime) -> list[tuple[float, str, str]]:
    """(seconds from then, what came on air, why) of each switch, the oldest first."""
    told = ((datetime.fromisoformat(s["at"]), s) for s in said.get("switches", ()))
    return [
        ((at - since).total_seconds(), s["after"], s["reason"]) for at, s in told if at >= since
    ]


def now() -> datetime:
    return datetime.now(UTC)
