"""Plays a channel's pods: made from its Deployment, telling a state, ending when they are told."""

import itertools
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from crds.live import (
    ChannelOrder,
    ChannelState,
    InputState,
    OnAirState,
    Recording,
    Refusal,
    SwitchState,
    TimelineState,
)
from crds.v1alpha1.observed import ResolvedRung
from tests.apiserver.awaiting import eventually
from tests.apiserver.server import ApiServer, Json
from tests.apiserver.stagehand import now

BEGAN = datetime(2026, 6, 1, 12, tzinfo=UTC)
RUNG = ResolvedRung(
    name="240p", codec="H264", width=426, height=240, frame_rate="30", bitrate_kbps=400
)
_addresses = (f"127.0.{high}.{low}" for high in itertools.count(1) for low in range(1, 250))


def on_air(order: ChannelOrder) -> ChannelState:
    """As a pod tells it once the first segments are there: the preferred input is well."""
    first, *others = sorted(order.inputs, key=lambda one: one.priority)
    inputs = [
        InputState(
            name=one.name,
            protocol=one.protocol,
            priority=one.priority,
            state="OnAir" if one is first else "Receiving",
            format="H.264 1280x720 25 fps 2500 kbit/s, AAC 48 kHz stereo",
        )
        for one in (first, *others)
    ]
    return ChannelState(
        channel=order.channel,
        uid=order.uid,
        generation=order.generation,
        started_at=BEGAN,
        on_air=OnAirState(kind="Input", input=first.name, since=BEGAN, reason="Started"),
        inputs=inputs,
        timeline=TimelineState(media_sequence=100, last_segment_at=BEGAN, latency_millis=400),
        rungs=[RUNG],
        audio=["stereo"],
    )


def failed_over(state: ChannelState, *, at: datetime, reason: str = "InputLost") -> ChannelState:
    """The first input is lost, and the second on air."""
    first, second, *rest = state.inputs
    inputs = [
        first.model_copy(update={"state": "Faulty", "fault": reason}),
        second.model_copy(update={"state": "OnAir"}),
        *rest,
    ]
    switch = SwitchState(at=at, before=first.name, after=second.name, reason=reason)
    return state.model_copy(
        update={
            "inputs": tuple(inputs),
            "on_air": OnAirState(kind="Input", input=second.name, since=at, reason=reason),
            "switches": (*state.switches, switch),
        }
    )


def on_slate(state: ChannelState, *, at: datetime) -> ChannelState:
    inputs = [one.model_copy(update={"state": "Waiting"}) for one in state.inputs]
    switch = SwitchState(at=at, before=state.inputs[0].name, after="slate", reason="InputLost")
    return state.model_copy(
        update={
            "inputs": tuple(inputs),
            "on_air": OnAirState(kind="Slate", since=at, reason="InputLost"),
            "switches": (*state.switches, switch),
            "stale": "SLATE_INPUT",
        }
    )


def later(state: ChannelState, seconds: int) -> ChannelState:
    """What moves all the time has moved, and nothing else."""
    line = state.timeline
    assert line is not None
    moved = TimelineState(
        media_sequence=line.media_sequence + seconds // 2,
        last_segment_at=line.last_segment_at + timedelta(seconds=seconds),
        latency_millis=line.latency_millis + seconds % 7,
    )
    inputs = [
        one.model_copy(update={"format": one.format.replace("2500", f"25{seconds % 90 + 10}")})
        for one in state.inputs
    ]
    return state.model_copy(
        update={"timeline": moved, "inputs": tuple(inputs), "behind_millis": seconds % 3}
    )


def refused(state: ChannelState, *, at: datetime, peer: str = "192.0.2.7:51234") -> ChannelState:
    said = Refusal(at=at, input="primary", protocol="RTMP", peer=peer, reason="WrongKey")
    return state.model_copy(update={"refusals": (*state.refusals, said)})


def recorded(state: ChannelState, name: str) -> ChannelState:
    one = Recording(
        name=name,
        uri=f"s3://streamverse/demo/live/{name}.mp4",
        began=BEGAN,
        ended=BEGAN + timedelta(hours=1),
    )
    return state.model_copy(update={"recordings": (*state.recordings, one)})


@dataclass
class Player:
    """One pod: what it tells, and what it was told."""

    pod: Json
    order: ChannelOrder
    address: str
    state: ChannelState | None
    asked: int = 0
    busy: int = 0
    most_at_once: int = 0
    ended: bool = False
    keeping: bool = False
    garbled: bytes = b""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def body(self) -> bytes:
        if self.garbled:
            return self.garbled
        assert self.state is not None
        state = self.state.model_copy(update={"ended": self.ended, "keeping": self.keeping})
        return state.model_dump_json(by_alias=True).encode()


@dataclass
class Studio:
    """The controllers of a namespace, and the machines its pods run on."""

    api: ApiServer
    namespace: str
    port: int
    servers: list[ThreadingHTTPServer] = field(default_factory=list)

    def path(self, plural: str, group: str = "api/v1") -> str:
        return f"/{group}/namespaces/{self.namespace}/{plural}"

    def get(self, plural: str, name: str, group: str = "api/v1") -> Json:
        """Empty if there is none."""
        answer = self.api.call("GET", f"{self.path(plural, group)}/{name}")
        return answer.body if answer.ok else {}

    def deployment(self, channel: str = "news") -> Json:
        found: Json = eventually(
            lambda: self.get("deployments", f"channel-{channel}", "apis/apps/v1"),
            what=f"the Deployment of {channel}",
        )
        return found

    def order(self, channel: str = "news") -> ChannelOrder:
        container = self.deployment(channel)["spec"]["template"]["spec"]["containers"][0]
        env = {one["name"]: one["value"] for one in container["env"]}
        return ChannelOrder.model_validate_json(env["STREAMVERSE_CHANNEL"])

    def settle_deployment(self, channel: str = "news") -> None:
        """As its controller leaves it: all pods are of the newest kind."""
        found = self.deployment(channel)
        count = found["spec"]["replicas"]
        status = {
            "observedGeneration": found["metadata"]["generation"],
            **dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas"), count),
        }
        self._merge(f"{self.path('deployments', 'apis/apps/v1')}/channel-{channel}", status)

    def pod(self, channel: str = "news", *, ready: bool = True, tells: bool = True) -> Player:
        """A pod of the Deployment as it is now, running and telling."""
        deployment = self.deployment(channel)
        order, template = self.order(channel), deployment["spec"]["template"]
        manifest = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": f"channel-{channel}-{uuid.uuid4().hex[:8]}",
                "namespace": self.namespace,
                "labels": template["metadata"]["labels"],
            },
            "spec": template["spec"],
        }
        made = self.api.create(manifest)
        assert made.ok, made.message
        address = next(_addresses)
        player = Player(made.body, order, address, on_air(order) if tells else None)
        self.servers.append(_serve(player, self.port))
        self.set_pod(player, ready=ready)
        self.settle_deployment(channel)
        return player

    def set_pod(self, player: Player, *, ready: bool, waiting: Json | None = None) -> None:
        status: dict[str, Any] = {
            "phase": "Running",
            "podIP": player.address,
            "podIPs": [{"ip": player.address}],
            "conditions": [{"type": "Ready", "status": str(ready)}],
        }
        if waiting is not None:
            container = {"name": "media", "image": "x", "imageID": "x", "ready": False}
            status["containerStatuses"] = [
                {**container, "restartCount": 3, "state": {"waiting": waiting}}
            ]
        self._merge(f"{self.path('pods')}/{player.pod['metadata']['name']}", status)

    def remove(self, player: Player) -> None:
        """As the kubelet does when its time is over."""
        body = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}
        path = f"{self.path('pods')}/{player.pod['metadata']['name']}"
        assert self.api.call("DELETE", path, body).ok

    def retire_job(self) -> Json:
        """What clears away after the one channel that was deleted here."""
        path = self.path("jobs", "apis/batch/v1")

        def clearing() -> list[Json]:
            made: list[Json] = self.api.get(path)["items"]
            what = [job["spec"]["template"]["spec"]["containers"][0].get("args") for job in made]
            return [job for job, args in zip(made, what, strict=True) if args == ["retire-channel"]]

        (job,) = eventually(clearing, what="a Job that clears away")
        return job

    def end_job(self, job: Json, how: str) -> None:
        """As its controller does: "Complete" or "Failed"."""
        before = {"Complete": "SuccessCriteriaMet", "Failed": "FailureTarget"}[how]
        said = {"status": "True", "reason": "Test", "lastTransitionTime": now()}
        status: Json = {
            "startTime": now(),
            "conditions": [{"type": type_, **said} for type_ in (before, how)],
        }
        if how == "Complete":
            status |= {"completionTime": now(), "succeeded": 1}
        path = f"{self.path('jobs', 'apis/batch/v1')}/{job['metadata']['name']}"
        self._merge(path, status)

    def clear(self) -> None:
        """Nothing that an operator would go on looking at. Nobody here collects garbage: the
        Deployment of a channel that is gone would stay, and for ever count as one that is rolling.
        """
        kinds = self.path("channels", "apis/streamverse.io/v1alpha1")
        for one in self.api.get(kinds)["items"]:
            self.api.delete(f"{kinds}/{one['metadata']['name']}")
        finalizers: Json = {"metadata": {"finalizers": []}}
        for one in self.api.get(kinds)["items"]:
            where = f"{kinds}/{one['metadata']['name']}"
            self.api.call("PATCH", where, finalizers, content_type="application/merge-patch+json")
        # The channels are gone before what is theirs, which an operator would make anew.
        eventually(lambda: not self.api.get(kinds)["items"], what="no channel")
        self._remove_all(self.path("deployments", "apis/apps/v1"))
        self._remove_all(self.path("services"))
        self._remove_all(self.path("pods"))

    def nudge(self, port: int, channel: str = "news") -> int:
        from urllib.request import Request, urlopen  # noqa: PLC0415 - only here

        url = f"http://127.0.0.1:{port}/nudge/channel/{self.namespace}/{channel}"
        with urlopen(Request(url, method="POST"), timeout=5) as answer:
            return int(answer.status)

    def events(self, reason: str) -> list[Json]:
        found: list[Json] = self.api.get(self.path("events", "apis/events.k8s.io/v1"))["items"]
        return [event for event in found if event["reason"] == reason]

    def _remove_all(self, path: str) -> None:
        """Again until none is found: an operator may just be making one."""
        at_once = {"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": 0}

        def gone() -> bool:
            found: list[Json] = self.api.get(path)["items"]
            for one in found:
                self.api.call("DELETE", f"{path}/{one['metadata']['name']}", at_once)
            return not found

        eventually(gone, what=f"nothing at {path}")

    def _merge(self, path: str, status: Json) -> None:
        said = self.api.call(
            "PATCH",
            f"{path}/status",
            {"status": status},
            content_type="application/merge-patch+json",
        )
        assert said.ok, said.message


def _serve(player: Player, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with player.lock:
                player.asked += 1
                player.busy += 1
                player.most_at_once = max(player.most_at_once, player.busy)
            known = self.path == "/state" and player.state is not None
            body = player.body() if known else b""
            # Before the answer: whoever has it may ask again, and faster than this goes on.
            with player.lock:
                player.busy -= 1
            self._answer(200 if known else 503, body)

        def do_POST(self) -> None:
            borne = self.headers.get("Authorization", "")
            may = player.order.end_key is not None and borne == f"Bearer {player.order.end_key}"
            if self.path == "/end" and may:
                player.ended = True
            self._answer(202 if may else 403, b"")

        def _answer(self, code: int, body: bytes) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((player.address, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextmanager
def studio(api: ApiServer, namespace: str, port: int) -> Iterator[Studio]:
    found = Studio(api, namespace, port)
    try:
        yield found
    finally:
        found.clear()
        for server in found.servers:
            server.shutdown()
            server.server_close()
