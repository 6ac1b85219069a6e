"""What a channel's pod costs beside one bare ffmpeg that makes the same rungs of the same input."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from clusters.cache import Cache, made_whole
from media_runtime.ffmpeg import FFMPEG
from media_runtime.live.channel.encoder_argv import encoder_argv
from media_runtime.live.channel.ladder import ladder

from . import footage, machine
from .ladders import ladder_small
from .live_cpu_parts import PARTS, seconds_by_part
from .live_studio import Studio, free_ports, on_air, order, started, use_of_tree
from .rounds import Rounds, alternate
from .table import Finding, Table, Verdict, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crds.live import ChannelOrder

AT_MOST = 1.2
_QUIET_SECONDS = 30
ONE, TWO = "StreamVerse, one input", "StreamVerse, a second input idle"
BARE, DECODE = "one bare ffmpeg", "a bare ffmpeg that only decodes"
_FIRST_PIPE = 10


@dataclass(frozen=True)
class Span:
    """What is waited for, and what is measured then, in seconds."""

    warm: float
    measured: float


@dataclass(frozen=True)
class Load:
    """In steady state."""

    cpu: float
    """Of one core, all processes together."""
    resident_mib: float
    programs: int
    parts: Mapping[str, float] = field(default_factory=dict)
    """Of one core, by what it is for."""
    gateway: float = 0.0


def clip(cache: Cache, seconds: int = 60) -> Path:
    """720p30 as a camera sends it: no B-frames, 4 Mbit/s, AAC; a looped film.

    The film has 25 pictures a second. All are shown, a fifth faster, so that each differs from the
    one before as a camera's do; asked for by a rate alone, FLV would carry 25 and say 30.
    """
    file = cache.root / "footage" / f"bench-camera-30-{seconds}" / "camera.flv"
    if not file.exists():
        film = footage.looped(cache, ceil(seconds * 6 / 5))
        with made_whole(file.parent) as scratch:
            argv = [
                *("ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(film), "-t", str(seconds)),
                *("-vf", "setpts=N/30/TB", "-r", "30", "-fps_mode", "cfr"),
                *("-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-g", "60"),
                *("-b:v", "4M", "-maxrate", "4M", "-bufsize", "4M", "-pix_fmt", "yuv420p"),
                *("-c:a", "aac", "-b:a", "128k", "-ac", "2", str(scratch / file.name)),
            ]
            subprocess.run(argv, check=True)
    return file


def publisher_argv(file: Path, url: str) -> list[str]:
    """At the speed of time, over and over, without encoding anything."""
    argv = ["ffmpeg", "-nostdin", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(file)]
    return [*argv, "-c", "copy", "-flush_packets", "1", "-f", "flv", url]


def bare_argv(what: ChannelOrder, camera: str, outputs: int) -> list[str]:
    """Our own encoder's command line, fed by the camera instead of by the switcher.

    The same flags for the same rungs, so that what differs is what is around them. Every rendition
    goes to a pipe, as ours do. Pure.
    """
    made = ladder(what)
    pipes = {one.name: _FIRST_PIPE + n for n, one in enumerate(made.makers)}
    argv = encoder_argv(
        made.canvas, made.rungs, made.sounds, first=0, video_fd=0, audio_fd=0, outputs=pipes
    )
    work = argv[argv.index("-filter_complex_threads") :]
    work = ["0:a:0" if word == "1:a:0" else word for word in work]
    for n in pipes.values():
        work = [f"pipe:{outputs}" if word == f"pipe:{n}" else word for word in work]
    return [*FFMPEG, *listening(camera), *work]


def listening(camera: str) -> list[str]:
    return ["-fflags", "nobuffer", "-analyzeduration", "1000000", "-listen", "1", "-i", camera]


def bench(*, quick: bool) -> Finding:
    span, count = (Span(8.0, 20.0), 1) if quick else (Span(12.0, 60.0), 3)
    film = clip(Cache.here())
    contenders: dict[str, Callable[[int], Load]] = {
        ONE: lambda _: _ours(film, 1, span),
        BARE: lambda _: _bare(film, span, decode_only=False),
        TWO: lambda _: _ours(film, 2, span),
        DECODE: lambda _: _bare(film, span, decode_only=True),
    }
    busy = machine.wait_until_quiet(0 if quick else _QUIET_SECONDS)
    return _finding(alternate(contenders, count), span.measured, busy)


def _order(inputs: int) -> ChannelOrder:
    names = ("primary", "backup")[:inputs]
    return order(ladder_small(), [(name, "RTMP") for name in names])


def _ours(film: Path, inputs: int, span: Span) -> Load:
    what = _order(inputs)
    with tempfile.TemporaryDirectory(prefix="bench-live-cpu-") as place, ExitStack() as stack:
        folder = Path(place)
        studio = stack.enter_context(on_air(folder, what))
        studio.until_ready()
        for one in what.inputs:
            argv = publisher_argv(film, studio.publish_url(one.name))
            started(stack, f"publisher-{one.name}", argv, folder)
        _until_received(studio, inputs)
        time.sleep(span.warm)
        pod, gateway = (studio.processes[name].popen.pid for name in ("pod", "gateway"))
        before = use_of_tree(gateway).cpu_seconds
        load = _measured(pod, span.measured)
        spent = use_of_tree(gateway).cpu_seconds - before
        _until_received(studio, inputs)
        return replace(load, gateway=spent / span.measured)


def _until_received(studio: Studio, inputs: int) -> None:
    """The first on air, the others there: else something other than meant is measured."""
    deadline = time.monotonic() + 30
    while True:
        states = [one["state"] for one in studio.state()["inputs"]]  # type: ignore[attr-defined]
        if states[0] == "OnAir" and states.count("Receiving") == inputs - 1:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"inputs are {states}")
        time.sleep(0.5)


def _bare(film: Path, span: Span, *, decode_only: bool) -> Load:
    camera = f"rtmp://127.0.0.1:{free_ports(1)[0]}/live/camera"
    with tempfile.TemporaryDirectory(prefix="bench-live-cpu-") as place, ExitStack() as stack:
        folder = Path(place)
        if decode_only:
            argv = [*FFMPEG, *listening(camera), *("-map", "0:v", "-map", "0:a", "-f", "null", "-")]
        else:
            argv = bare_argv(_order(1), camera, outputs=1)
        said = stack.enter_context((folder / "bare.log").open("wb"))
        # somebody takes what it makes, and does nothing with it; our own end is closed, or it would
        # wait for us once the reader is gone
        reading, writing = os.pipe()
        reader = subprocess.Popen(["cat"], stdin=reading, stdout=subprocess.DEVNULL)
        os.close(reading)
        stack.callback(reader.wait)
        peer = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=writing, stderr=said)
        os.close(writing)
        # nothing of what it still holds is wanted; the reader ends with it
        stack.callback(peer.wait)
        stack.callback(peer.kill)
        time.sleep(1)  # it says nowhere that it listens
        started(stack, "publisher", publisher_argv(film, camera), folder)
        time.sleep(span.warm)
        load = _measured(peer.pid, span.measured)
        if peer.poll() is not None:
            raise RuntimeError(f"ffmpeg ended: {(folder / 'bare.log').read_text()[-2000:]}")
        return load


def _measured(pid: int, seconds: float) -> Load:
    before, by_part, began = use_of_tree(pid), seconds_by_part(pid), time.monotonic()
    time.sleep(seconds)
    after, took = use_of_tree(pid), time.monotonic() - began
    parts = {name: (spent - by_part[name]) / took for name, spent in seconds_by_part(pid).items()}
    spent = after.cpu_seconds - before.cpu_seconds
    return Load(spent / took, after.resident_mib, after.programs, parts)


def _finding(rounds: Rounds[Load], seconds: float, busy: float) -> Finding:
    ratio = rounds.ratio(ONE, BARE, lambda load: load.cpu)
    second = [
        two.cpu - one.cpu for one, two in zip(rounds.results[ONE], rounds.results[TWO], strict=True)
    ]
    decode = [load.cpu for load in rounds.results[DECODE]]
    shares = sorted(s / d for s, d in zip(second, decode, strict=True))
    idle = shares[len(shares) // 2]
    rows = tuple(
        (
            name,
            rounds.of(name, lambda load: 100 * load.cpu).text(),
            rounds.of(name, lambda load: 100 * load.gateway).text() if name in {ONE, TWO} else "",
            f"{rounds.of(name, lambda load: load.resident_mib).median:.0f}",
            str(rounds.results[name][0].programs),
        )
        for name in rounds.results
    )
    return Finding(
        name="live-cpu",
        title="CPU of a channel",
        about=(
            f"One 720p30 input ({clip(Cache.here()).name} of a looped film, 4 Mbit/s) published "
            "in real time by RTMP, to the three rungs of `ladder-small` and stereo AAC. Ours: all "
            "processes of the channel's pod (receiving, decoding, switching, encoding, packaging; "
            "nobody watches); the gateway has a column of its own. The peer is one ffmpeg with "
            "our encoder's own flags, which takes the same publisher. CPU of user and system, "
            f"over {seconds:.0f} s in steady state. {len(rounds.results[ONE])} rounds in turn; "
            "median (least to greatest)."
        ),
        tables=(
            Table(
                "CPU, percent of one core",
                ("contender", "CPU", "gateway", "resident MiB", "processes"),
                rows,
            ),
            Table(
                "Where ours goes, percent of one core",
                ("part of the pod", ONE, TWO),
                tuple((part, *_of_part(rounds, part)) for part in PARTS),
            ),
        ),
        verdicts=(
            Verdict("CPU of the pod / bare ffmpeg, at most 1.2", ratio.median, AT_MOST),
            Verdict("CPU of an idle second input / of its bare decode, at most 1", idle, 1.0),
        ),
        notes=(
            f"Pod / bare ffmpeg: {ratio.text(2)}.",
            f"The machine was busy by {busy:.0f} % of one core just before.",
        ),
        commands=(
            ("Ours", "python -m bench live-cpu"),
            ("The bare ffmpeg", wrapped(_shown(bare_argv(_order(1), "rtmp://…", outputs=1)))),
        ),
    )


def _of_part(rounds: Rounds[Load], part: str) -> list[str]:
    return [rounds.of(name, lambda load: 100 * load.parts[part]).text() for name in (ONE, TWO)]


def _shown(argv: list[str]) -> list[str]:
    words = [os.path.basename(argv[0]), *argv[1:]]  # noqa: PTH119 - a command's name, not a file
    return [f"'{word}'" if any(sign in word for sign in "[; %") else word for word in words]
