"""A job on the cluster, from apply to Complete, against one ffmpeg by hand on the same machine."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from cli.kubeconfig import with_cluster
from clusters.cache import Cache

from . import bare_ffmpeg, footage, machine
from .cluster import KUBECONFIG, PodTimes, tenant
from .cost import run
from .ladders import ladder_small
from .rounds import Rounds, alternate
from .table import Finding, Table, Verdict, figure, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.kube import Kube

SECONDS, ROUNDS = 120, 3
OURS, PEER = "StreamVerse, apply to Complete", "one ffmpeg for all rungs"
LIMIT_SECONDS = 550.0


@dataclass(frozen=True)
class Run:
    wall_seconds: float
    machine_cpu_seconds: float
    """Of everything on the machine while it ran: our control plane, store and operator too."""
    pods: Sequence[PodTimes] = field(default=())


def bench(*, quick: bool) -> Finding:
    cache = Cache.here()
    seconds, count = (10, 1) if quick else (SECONDS, ROUNDS)
    source, busy = footage.looped(cache, seconds), []

    def ours(_: int) -> Run:
        busy.append(machine.wait_until_quiet(0 if quick else 300))
        return with_cluster(KUBECONFIG, lambda kube: _ours(kube, source))

    def theirs(_: int) -> Run:
        busy.append(machine.wait_until_quiet(0 if quick else 300))
        return _theirs(source)

    return _finding(alternate({OURS: ours, PEER: theirs}, count), seconds, max(busy))


async def _ours(kube: Kube, source: Path) -> Run:
    async with tenant(kube, f"bench-{uuid.uuid4().hex[:6]}") as place:
        uri = await place.upload(source)
        await asyncio.sleep(2)  # the store's own work after an upload is not the job's
        cpu, asked = machine.busy_seconds(), await place.apply("title", uri, ladder_small())
        await place.until_complete("title", LIMIT_SECONDS)
        wall = asyncio.get_running_loop().time() - asked
        return Run(wall, machine.busy_seconds() - cpu, await place.pods("title"))


def _theirs(source: Path) -> Run:
    with tempfile.TemporaryDirectory(prefix="bench-job-") as folder:
        cpu = machine.busy_seconds()
        argv = bare_ffmpeg.one_for_all(str(source), ladder_small(), folder)
        cost = run(argv, log=Path(folder) / "log")
        return Run(cost.wall_seconds, machine.busy_seconds() - cpu)


def _finding(rounds: Rounds[Run], seconds: int, busy: float) -> Finding:
    ratio = rounds.ratio(OURS, PEER, lambda r: r.wall_seconds)
    argv = bare_ffmpeg.one_for_all("film.mp4", ladder_small(), "out")
    return Finding(
        name="job",
        title="A job, from apply to Complete",
        about=(
            f"One TranscodeJob of {seconds} s of 720p25 on `ladder-small` (240p, 360p, 720p, "
            "stereo AAC, thumbnails), parallelism 2, on the local cluster of one node; the source "
            "is in the store, and nothing of it was ever encoded for this tenant. The peer is "
            "Debian's ffmpeg 5.1.9 with default threads from a local file to local HLS, with no "
            "thumbnails and no verification. "
            f"{len(rounds.results[OURS])} rounds in turn; median (least to greatest)."
        ),
        tables=(
            Table(
                "Wall clock",
                ("contender", "wall s", "CPU s of the whole machine", "ours / this"),
                tuple(
                    (
                        name,
                        rounds.of(name, lambda r: r.wall_seconds).text(),
                        rounds.of(name, lambda r: r.machine_cpu_seconds).text(),
                        ratio.text(2) if name == PEER else "",
                    )
                    for name in (OURS, PEER)
                ),
            ),
            _breakdown(rounds.results[OURS]),
        ),
        verdicts=(Verdict("Wall clock against one ffmpeg, at most 1.3", ratio.median, 1.3),),
        notes=(f"The machine was busy by at most {busy:.0f} % of one core before a round.",),
        commands=(
            ("Ours", "python -m bench job    # kubectl apply, then watch the job"),
            ("Theirs", wrapped(bare_ffmpeg.shown(argv))),
        ),
    )


def _breakdown(runs: Sequence[Run]) -> Table:
    """Of the round in the middle; Kubernetes keeps whole seconds."""
    middle = median([run.wall_seconds for run in runs])
    chosen = min(runs, key=lambda run: abs(run.wall_seconds - middle))
    start = min(pod.made for pod in chosen.pods)
    rows = []
    for pod in chosen.pods:
        moments = (pod.made, pod.began, pod.ended)
        rows.append((pod.step, *(f"{(m - start).total_seconds():.0f}" for m in moments)))
    title = f"Pods of the round that took {figure(chosen.wall_seconds)} s, seconds from the first"
    return Table(title, ("step", "made", "began", "ended"), tuple(rows))
