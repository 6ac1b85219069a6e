"""A thousand viewers who block on one origin replica: what they wait more than one does."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crds.v1alpha1.encodingprofile import AudioProfile, EncodingProfileSpec, Rendition

from . import machine
from .cost import use_of
from .live_studio import CHANNEL, TENANT, Studio, counters, on_air, order, started
from .live_viewer import percentile
from .rounds import Rounds, alternate
from .table import Finding, Table, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDED_MILLIS = 150
VIEWERS = 1000
RENDITION = "180p"
LIGHT = EncodingProfileSpec(
    renditions=[Rendition(name=RENDITION, max_height=180, max_frame_rate=30, bitrate_kbps=200)],
    audio=[AudioProfile(name="stereo", bitrate_kbps=64, channels=2)],
)
"""Two cores serve, ask and encode: what is measured here is serving."""
_QUIET_SECONDS = 30
_MADE = "streamverse_channel_playlists_made_total"


@dataclass(frozen=True)
class Crowded:
    added: tuple[float, ...]
    """Milliseconds between the pod's answer to one who asks it directly and each viewer's."""
    added_parts: tuple[float, ...]
    """The same of the parts themselves; empty where none were fetched."""
    computed: float
    """Playlists of the kind that all ask for, for each part that was asked for."""
    wrong: Mapping[str, int]
    origin_mib: tuple[float, float]
    """Resident, before and at most."""
    pod_mib: tuple[float, float]
    answers: int


def bench(*, quick: bool) -> Finding:
    seconds, count = (6.0, 1) if quick else (30.0, 3)
    contenders = {
        "playlists": lambda _: _crowd(seconds, with_parts=False),
        "playlists and parts": lambda _: _crowd(seconds, with_parts=True),
    }
    return _finding(alternate(contenders, count), seconds)


def _crowd(seconds: float, *, with_parts: bool) -> Crowded:
    machine.wait_until_quiet(_QUIET_SECONDS)
    with tempfile.TemporaryDirectory(prefix="bench-viewers-") as place, ExitStack() as stack:
        folder = Path(place)
        studio = stack.enter_context(on_air(folder, order(LIGHT, [("pattern", "Test")])))
        studio.until_ready()
        playlist = f"/live/{TENANT}.{CHANNEL}/{RENDITION}.m3u8"
        at_pod = f"http://127.0.0.1:{studio.pod_port}/live/{RENDITION}.m3u8"
        at_origin = f"http://127.0.0.1:{studio.origin_port}{playlist}"
        studio.until_answers(at_origin, 20)
        time.sleep(5)
        memory = {name: _use(studio, name)[0] for name in ("origin", "pod")}
        before = studio.metrics()
        crowd = [sys.executable, "-m", "bench.live_crowd"]
        flags = ["--parts"] if with_parts else []
        found = [
            started(stack, name, [*crowd, url, "--viewers", str(n), "--seconds", seconds_, *flags],
                    folder)
            for name, url, n, seconds_ in (
                ("alone", at_pod, 1, str(seconds)), ("crowd", at_origin, VIEWERS, str(seconds)),
            )
        ]  # fmt: skip
        for process in found:
            if process.popen.wait(timeout=seconds + 60):
                raise RuntimeError(process.tail())
        after = studio.metrics()
        alone, many = (json.loads(process.log.read_text()) for process in found)
        peaks = {name: _use(studio, name)[1] for name in ("origin", "pod")}
        return Crowded(
            added=added(alone["arrivals"], many["arrivals"]),
            added_parts=added(alone["fetched"], many["fetched"]),
            computed=_grown(before, after, _MADE, 'kind="delta"')
            / len(alone["arrivals"].keys() | many["arrivals"].keys()),
            wrong=many["wrong"],
            origin_mib=(memory["origin"], peaks["origin"]),
            pod_mib=(memory["pod"], peaks["pod"]),
            answers=sum(map(len, many["arrivals"].values())),
        )


def added(alone: Mapping[str, list[float]], many: Mapping[str, list[float]]) -> tuple[float, ...]:
    """Milliseconds of each answer to the crowd after the one to him who is alone. Pure.

    The first parts are left out: until all have connected they are asked for late.
    """
    shared = sorted(set(alone) & set(many), key=lambda name: min(many[name]))[9:]
    return tuple(1000 * (at - alone[name][0]) for name in shared for at in many[name])


def _grown(before: str, after: str, name: str, labels: str) -> float:
    return counters(after, name)[labels] - counters(before, name).get(labels, 0.0)


def _use(studio: Studio, name: str) -> tuple[float, float]:
    """Resident now, and at most, in MiB; of the process itself, not of its encoders."""
    use = use_of(studio.processes[name].popen.pid)
    return use.resident_mib, use.peak_mib


def _finding(rounds: Rounds[Crowded], seconds: float) -> Finding:
    def row(name: str) -> tuple[str, ...]:
        seen = rounds.results[name]
        with_parts = bool(seen[0].added_parts)
        of = rounds.of
        return (
            name,
            of(name, lambda c: percentile(c.added, 50)).text(0),
            of(name, lambda c: percentile(c.added, 95)).text(0),
            of(name, lambda c: percentile(c.added_parts, 95)).text(0) if with_parts else "",
            of(name, lambda c: c.computed).text(2),
            f"{of(name, lambda c: c.answers / seconds).median:.0f}",
            f"{seen[-1].origin_mib[0]:.0f} → {seen[-1].origin_mib[1]:.0f}",
            f"{seen[-1].pod_mib[0]:.0f} → {seen[-1].pod_mib[1]:.0f}",
            str(sum(sum(c.wrong.values()) for c in seen)),
        )

    first = "playlists"
    return Finding(
        name="viewers",
        title="A thousand viewers",
        about=(
            f"{VIEWERS} connections to one origin process, each of which asks for the next part's "
            "playlist (`_HLS_msn`, `_HLS_part`, `_HLS_skip`) and blocks until it is there, "
            f"{seconds:.0f} s long; then the same with every part fetched too. One more viewer "
            "asks the channel's pod itself: what the others get later than he does is added. "
            "The channel is light (180p, 200 kbit/s), as two cores encode, serve and ask at once. "
            f"{len(rounds.results[first])} rounds; median (least to greatest)."
        ),
        tables=(
            Table(
                "Added latency, ms",
                (
                    *("all fetch", "P50", "P95", "parts, P95", "playlists computed for a part"),
                    *("answers a second", "origin MiB", "pod MiB", "wrong answers"),
                ),
                tuple(row(name) for name in rounds.results),
            ),
        ),
        verdicts=(
            Verdict(
                "Added latency of playlists, P95, at most 150",
                rounds.of(first, lambda c: percentile(c.added, 95)).median,
                ADDED_MILLIS,
                " ms",
            ),
            Verdict(
                "Playlists computed for each part, at most 1",
                round(max(c.computed for seen in rounds.results.values() for c in seen), 2),
                1,
            ),
        ),
        commands=(("Ours", "python -m bench viewers"),),
    )
