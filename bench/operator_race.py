"""The operator against a minimal one in Go: writes, time to settle, CPU and memory."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from clusters.cache import ROOT, Cache
from tests.apiserver.server import TOKEN, ApiServer, running

from . import machine
from .cost import ProcessUse, use_of
from .ladders import SMALL_FILE
from .peer_program import operator_peer
from .rounds import Rounds, alternate
from .stage import NAMESPACE, Stage, grown, stage
from .table import Finding, Table, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

SUSPENDED, BURST, ROUNDS = 1000, 200, 3
LIMIT_SECONDS = 300.0
STATES = 4
"""Probing, Encoding, Verifying, Complete."""
OURS, PEER = "StreamVerse (kopf, Python)", "controller-runtime (Go)"


@dataclass(frozen=True)
class Act:
    """One of the two things that are asked of an operator."""

    titles: int
    seconds: float
    """From the first create to the last that is settled."""
    status_writes: float
    other_writes: float
    """To the title itself: finalizers and the like."""
    job_writes: float
    cpu_seconds: float
    use: ProcessUse
    """At its end."""


@dataclass(frozen=True)
class Evening:
    suspended: Act
    burst: Act


def bench(*, quick: bool) -> Finding:
    cache = Cache.here()
    counts, rounds = ((50, 10), 1) if quick else ((SUSPENDED, BURST), ROUNDS)
    program = operator_peer(cache)
    busy = machine.wait_until_quiet(0 if quick else 300)
    ours = [sys.executable, "-m", "operators"]
    contenders = {
        OURS: lambda _: evening(ours, *counts),
        PEER: lambda _: evening([str(program)], *counts),
    }
    return _finding(alternate(contenders, rounds), counts, busy)


def evening(argv: list[str], suspended: int, burst: int) -> Evening:
    """Both acts by one operator, on an API server of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-operator-") as folder:
        home = Path(folder)
        with running(home) as api:
            _prepare(api)
            with _operator(argv, api, home) as pid:
                return asyncio.run(_play(api, pid, suspended, burst))


def _prepare(api: ApiServer) -> None:
    api.install([yaml.safe_load(f.read_text()) for f in sorted((ROOT / "crds").glob("*.yaml"))])
    for name in (NAMESPACE, "streamverse-system"):
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    said = api.apply(yaml.safe_load(SMALL_FILE.read_text()))
    if not said.ok:
        raise RuntimeError(said.message)


@contextmanager
def _operator(argv: list[str], api: ApiServer, home: Path) -> Iterator[int]:
    store = home / "store"
    store.mkdir()
    (store / "STREAMVERSE_STORE_ENDPOINT").write_text("http://streamverse-store:9000")
    environment = {
        **os.environ,
        "KUBECONFIG": str(api.kubeconfig),
        "STREAMVERSE_MEDIA_IMAGE": "docker.io/streamverse/media:bench",
        "STREAMVERSE_STORE_FOLDER": str(store),
        # There is no store to make keys in.
        "STREAMVERSE_STORE_KEYS": "shared",
        "STREAMVERSE_LISTEN_PORT": "0",
    }
    with (home / "operator.log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def _play(api: ApiServer, pid: int, suspended: int, burst: int) -> Evening:
    async with stage(api, TOKEN) as found:
        # It is up, and leads, once it has settled a first title.
        await found.create_titles(["first"], suspend=True)
        await found.until_settled(["first"], LIMIT_SECONDS)
        await _until_still(pid)
        waiting = await _act(found, pid, "waiting", suspended, suspend=True)
        return Evening(waiting, await _act(found, pid, "burst", burst, suspend=False))


async def _act(found: Stage, pid: int, name: str, titles: int, *, suspend: bool) -> Act:
    names = [f"{name}-{n}" for n in range(titles)]
    before, use, started = await found.written(), use_of(pid), time.monotonic()
    await found.create_titles(names, suspend=suspend)
    ended = await found.until_settled(names, LIMIT_SECONDS)
    await _until_still(pid)
    after, used = await found.written(), use_of(pid)
    return Act(
        titles=titles,
        seconds=ended - started,
        status_writes=grown(before, after, lambda r, s, _: (r, s) == ("transcodejobs", "status")),
        other_writes=grown(
            before, after, lambda r, s, v: (r, s) == ("transcodejobs", "") and v != "POST"
        ),
        job_writes=grown(before, after, lambda r, s, _: (r, s) == ("jobs", "")),
        cpu_seconds=used.cpu_seconds - use.cpu_seconds,
        use=used,
    )


async def _until_still(pid: int, pause_seconds: float = 1.0) -> None:
    """What an operator still does after the last title is settled is its cost too."""
    until = time.monotonic() + 20
    before = use_of(pid).cpu_seconds
    while time.monotonic() < until:
        await asyncio.sleep(pause_seconds)
        after = use_of(pid).cpu_seconds
        if after - before < 0.05 * pause_seconds:
            return
        before = after


def _finding(rounds: Rounds[Evening], counts: tuple[int, int], busy: float) -> Finding:
    suspended, burst = counts
    tables = (
        _table(f"{suspended} titles with suspend: true", rounds, lambda e: e.suspended),
        _table(f"{burst} titles through all their states", rounds, lambda e: e.burst),
    )
    waiting = rounds.of(OURS, lambda e: e.suspended.status_writes / e.suspended.titles)
    running_ = rounds.of(OURS, lambda e: e.burst.status_writes / e.burst.titles)
    return Finding(
        name="operator",
        title="The operator",
        about=(
            f"{suspended} TranscodeJobs with `suspend: true`, then a burst of {burst} that run; "
            "their Jobs are played by a script that makes each step's pod and Job end at once "
            "(bench/stage.py), the same for both operators. A real kube-apiserver and etcd, "
            "without kubelet or controllers, new for each run. The peer (bench/operator_peer/, "
            "controller-runtime 0.22.4) walks the same states with one Job a step by server-side "
            "apply and one status write a state; it reads no reports, keeps no finalizer, elects "
            f"no leader. {len(rounds.results[OURS])} rounds in turn; median (least to greatest)."
        ),
        tables=tables,
        verdicts=(
            Verdict("Status writes for each suspended title, at most one", waiting.greatest, 1.0),
            Verdict(
                f"Status writes for each title that runs, at most {STATES}",
                running_.greatest,
                STATES,
            ),
        ),
        notes=(
            f"The machine was busy by {busy:.0f} % of one core just before.",
            "The script, the API server and etcd share the two cores with the operator.",
        ),
        commands=(("Both", "python -m bench operator"),),
    )


def _table(title, rounds, act) -> Table:  # type: ignore[no-untyped-def]  # noqa: ANN001
    def row(words: str, measure, digits: int = 1) -> tuple[str, ...]:  # type: ignore[no-untyped-def]  # noqa: ANN001
        def of(evening: Evening) -> float:
            return float(measure(act(evening)))

        ratio = rounds.ratio(OURS, PEER, of).text(2) if rounds.of(PEER, of).least else ""
        return words, rounds.of(OURS, of).text(digits), rounds.of(PEER, of).text(digits), ratio

    return Table(
        title,
        ("", OURS, PEER, "ours / theirs"),
        (
            row("seconds until all are settled", lambda a: a.seconds),
            row("status writes a title", lambda a: a.status_writes / a.titles, 2),
            row("other writes to the title", lambda a: a.other_writes / a.titles, 2),
            row("writes to Jobs a title", lambda a: a.job_writes / a.titles, 2),
            row("operator's CPU seconds", lambda a: a.cpu_seconds, 2),
            row("resident MiB", lambda a: a.use.resident_mib, 0),
            row("greatest MiB", lambda a: a.use.peak_mib, 0),
        ),
    )
