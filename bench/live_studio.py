"""A channel as processes of this machine: gateway, pod and origin, over a store in a folder."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from clusters.cache import ROOT
from crds.live import ChannelInput, ChannelOrder, service_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crds.live import Protocol
    from crds.v1alpha1.encodingprofile import EncodingProfileSpec

TENANT, CHANNEL = "bench", "live"
READY_SECONDS = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Process:
    """One of ours, with its log beside it."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        self.popen.terminate()
        try:
            self.popen.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]


@dataclass
class Studio:
    folder: Path
    pod_port: int
    origin_port: int
    rtmp_port: int
    keys: Mapping[str, str]
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def hls(self) -> str:
        return f"http://127.0.0.1:{self.origin_port}/live/{TENANT}.{CHANNEL}/master.m3u8"

    @property
    def dash(self) -> str:
        return f"http://127.0.0.1:{self.origin_port}/live/{TENANT}.{CHANNEL}/manifest.mpd"

    def publish_url(self, name: str) -> str:
        """What an encoder is told for this input, by RTMP."""
        key = f"{TENANT}.{CHANNEL}.{name}.{self.keys[name]}"
        return f"rtmp://127.0.0.1:{self.rtmp_port}/live/{key}"

    def until_ready(self, seconds: float = READY_SECONDS) -> None:
        self.until_answers(f"http://127.0.0.1:{self.pod_port}/readyz", seconds)
        self.until_answers(f"http://127.0.0.1:{self.origin_port}/readyz", seconds)

    def until_answers(self, url: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not answers(url):
            for process in self.processes.values():
                if process.popen.poll() is not None:
                    raise RuntimeError(f"{process.name} died: {process.tail()}")
            if time.monotonic() > deadline:
                tails = "\n".join(f"{p.name}: {p.tail()}" for p in self.processes.values())
                raise TimeoutError(f"{url} does not answer; {tails}")
            time.sleep(0.2)

    def metrics(self, name: str = "pod") -> str:
        port = self.pod_port if name == "pod" else self.origin_port
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as said:
            return str(said.read().decode())

    def state(self) -> dict[str, object]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.pod_port}/state", timeout=5) as said:
            return dict(json.loads(said.read()))


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own
            return True
    except (urllib.error.URLError, OSError):
        return False


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        taken = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in taken]


def order(
    profile: EncodingProfileSpec,
    inputs: Sequence[tuple[str, Protocol]],
    *,
    dvr_seconds: int = 600,
) -> ChannelOrder:
    """The inputs in the order of their priority; thresholds that no test picture crosses."""
    return ChannelOrder(
        tenant=TENANT,
        channel=CHANNEL,
        uid="00000000-0000-4000-8000-000000000001",
        generation=1,
        inputs=tuple(
            ChannelInput(name=name, protocol=protocol, priority=n)
            for n, (name, protocol) in enumerate(inputs, 1)
        ),
        profile=profile,
        dvr_seconds=dvr_seconds,
    )


@contextmanager
def on_air(folder: Path, what: ChannelOrder) -> Iterator[Studio]:
    """Runs until left; nothing waits for it to be ready."""
    pod, line, origin, rtmp, srt, whip, health = free_ports(7)
    keys = {one.name: secrets.token_hex(12) for one in what.inputs}
    for name, key in keys.items():
        (folder / "keys" / name).mkdir(parents=True)
        (folder / "keys" / name / "streamKey").write_text(key)
    for made in ("store", "scratch"):
        (folder / made).mkdir()
    studio = Studio(folder, pod, origin, rtmp, keys)
    host = f"{service_name(CHANNEL)}.{TENANT}.svc"
    store = {"STREAMVERSE_STORE_ENDPOINT": (folder / "store").as_uri()}
    named = {
        "gateway": (
            "contribute",
            {
                "STREAMVERSE_CONTRIBUTION_HOST": "127.0.0.1",
                "STREAMVERSE_CONTRIBUTION_RTMP_PORT": str(rtmp),
                "STREAMVERSE_CONTRIBUTION_SRT_PORT": str(srt),
                "STREAMVERSE_CONTRIBUTION_WHIP_PORT": str(whip),
                "STREAMVERSE_CONTRIBUTION_PORT": str(health),
                "STREAMVERSE_CONTRIBUTION_RESOLVE": json.dumps({host: [f"127.0.0.1:{line}"]}),
            },
        ),
        "pod": (
            "channel",
            {
                **store,
                "STREAMVERSE_CHANNEL": what.model_dump_json(by_alias=True, exclude_none=True),
                "STREAMVERSE_CHANNEL_HOST": "127.0.0.1",
                "STREAMVERSE_CHANNEL_HTTP_PORT": str(pod),
                "STREAMVERSE_CHANNEL_CONTRIBUTION_PORT": str(line),
                "STREAMVERSE_CHANNEL_KEYS_FOLDER": str(folder / "keys"),
                "STREAMVERSE_CHANNEL_DRAIN_SECONDS": "0.1",
                "TMPDIR": str(folder / "scratch"),
            },
        ),
        "origin": (
            "origin",
            {
                **store,
                "STREAMVERSE_ORIGIN_HOST": "127.0.0.1",
                "STREAMVERSE_ORIGIN_PORT": str(origin),
                "STREAMVERSE_ORIGIN_DRAIN_SECONDS": "1",
                "STREAMVERSE_ORIGIN_LIVE_PODS": json.dumps(
                    {f"{TENANT}.{CHANNEL}": f"127.0.0.1:{pod}"}
                ),
            },
        ),
    }
    with ExitStack() as stack:
        for name, (step, env) in named.items():
            argv = [sys.executable, "-m", "media_runtime", step]
            studio.processes[name] = started(stack, name, argv, folder, env)
        try:
            yield studio
        except Exception as e:
            # what they said is gone with the folder
            for process in studio.processes.values():
                e.add_note(f"{process.name} said: {process.tail()}")
            raise


def started(
    stack: ExitStack,
    name: str,
    argv: Sequence[str],
    folder: Path,
    env: Mapping[str, str] | None = None,
) -> Process:
    """Stopped when the stack is left; it says into a file of the folder."""
    log = folder / f"{name}.log"
    said: IO[bytes] = stack.enter_context(log.open("wb"))
    popen = subprocess.Popen(
        argv, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=said, stderr=said,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    process = Process(name, popen, log)
    stack.callback(process.stop)
    return process


@dataclass(frozen=True)
class TreeUse:
    """What a process and all that it started have used up to now."""

    cpu_seconds: float
    resident_mib: float
    programs: int


def family_of(pid: int) -> dict[int, list[str]]:
    """A process and all that it started: /proc/PID/stat's fields from the third on (proc(5))."""
    parents: dict[int, list[int]] = {}
    fields: dict[int, list[str]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # ended meanwhile
            fields[int(folder.name)] = found
            parents.setdefault(int(found[1]), []).append(int(folder.name))
    todo, family = [pid], dict[int, list[str]]()
    while todo:
        one = todo.pop()
        if one in fields:
            family[one] = fields[one]
            todo += parents.get(one, [])
    return family


def use_of_tree(pid: int) -> TreeUse:
    """The ended children's CPU is in their parent's fields 16 and 17."""
    family = family_of(pid).values()
    page = os.sysconf("SC_PAGE_SIZE") / 2**20
    return TreeUse(
        sum(int(ticks) for fields in family for ticks in fields[11:15]) / _TICKS,
        sum(int(fields[21]) * page for fields in family),
        len(family),
    )


def counters(metrics: str, name: str) -> dict[str, float]:
    """Of a Prometheus exposition: a counter's values by its labels, as they are written. Pure."""
    found = {}
    for line in metrics.splitlines():
        said, _, value = line.rpartition(" ")
        if said.partition("{")[0] == name:
            found[said.partition("{")[2].removesuffix("}")] = float(value)
    return found
