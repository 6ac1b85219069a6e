"""Glass to glass: a clock filmed by our camera, and read back in the player, ours beside peers."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from media_runtime.live.channel.ladder import ladder
from media_runtime.live.clock import targets

from . import live_peers, machine, player
from .ladders import ladder_small
from .live_studio import free_ports, on_air, order, started
from .live_viewer import Viewing, watch
from .rounds import Rounds, alternate
from .table import Finding, Table, Verdict, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

HOLD_BACK_PARTS = 3
"""The least that RFC 8216bis allows for PART-HOLD-BACK; ours says just that."""
WITHIN_MILLIS = 2000
ABOVE_FLOOR_MILLIS = 400
TIMES_LOWER = 4
SETTLE_SECONDS = 15.0
_QUIET_SECONDS = 30
HLS_2S, LDASH = "ffmpeg -f hls, 2 s segments, hls.js", "ffmpeg -f dash -ldash 1, Shaka"
OURS_HLS, OURS_DASH = "StreamVerse, hls.js", "StreamVerse, Shaka (low-latency DASH)"
OURS = (OURS_HLS, OURS_DASH)
SHAKA: Mapping[str, Any] = {"streaming": {"lowLatencyMode": True, "liveSync": {"enabled": True}}}
HLS_JS: Mapping[str, Any] = {"lowLatencyMode": True, "maxLiveSyncPlaybackRate": 1.05}
"""As our watch page has it: a player that stalled comes back to its target."""


@dataclass(frozen=True)
class Watched:
    viewing: Viewing
    busy_percent: float
    """Of one core, before."""


def floor_millis(part_seconds: Fraction, hold_back_parts: int = HOLD_BACK_PARTS) -> float:
    """What the protocol itself takes, with machines and networks that take no time. Pure.

    A player is never nearer to the end of the playlist than PART-HOLD-BACK. The playlist's end is
    the newest whole part's, and just before the next one comes that is a part's length ago.
    """
    return float((hold_back_parts + 1) * part_seconds * 1000)


def bench(*, quick: bool) -> Finding:
    player.fetched()
    seconds, count = (10.0, 1) if quick else (60.0, 3)
    contenders: dict[str, Callable[[int], Watched]] = {
        OURS_HLS: lambda _: _ours("hls", HLS_JS, seconds),
        OURS_DASH: lambda _: _ours("dash", SHAKA, seconds),
        HLS_2S: lambda _: _theirs(HLS_2S, seconds),
        LDASH: lambda _: _theirs(LDASH, seconds),
    }
    return _finding(alternate(contenders, count), seconds)


def _ours(engine: str, config: Mapping[str, Any], seconds: float) -> Watched:
    busy = machine.wait_until_quiet(_QUIET_SECONDS)
    with tempfile.TemporaryDirectory(prefix="bench-latency-") as place, ExitStack() as stack:
        folder = Path(place)
        studio = stack.enter_context(on_air(folder, order(ladder_small(), [("camera", "RTMP")])))
        page = _page(stack, folder)
        studio.until_ready()
        _camera(stack, folder, studio.publish_url("camera"))
        url = studio.hls if engine == "hls" else studio.dash
        return Watched(_settled(page, engine, url, config, seconds), busy)


def _theirs(name: str, seconds: float) -> Watched:
    busy = machine.wait_until_quiet(_QUIET_SECONDS)
    with tempfile.TemporaryDirectory(prefix="bench-latency-") as place, ExitStack() as stack:
        folder = Path(place)
        page = _page(stack, folder)
        stage = page.rpartition("/")[0]
        camera = f"rtmp://127.0.0.1:{free_ports(1)[0]}/live/camera"
        if name == HLS_2S:
            argv = live_peers.hls(camera, ladder_small(), f"{stage}/media/hls")
            url, engine, config = f"{stage}/media/hls/master.m3u8", "hls", HLS_JS
        else:
            into, clock = f"{stage}/media/dash", f"{stage}/time"
            argv = live_peers.low_latency_dash(camera, ladder_small(), into, clock)
            url, engine, config = f"{into}/manifest.mpd", "dash", SHAKA
        started(stack, "peer", argv, folder)
        time.sleep(1)  # it says nowhere that it listens
        _camera(stack, folder, camera)
        return Watched(_settled(page, engine, url, config, seconds), busy)


def _page(stack: ExitStack, folder: Path) -> str:
    """The player's address, on a server of the peers' segments."""
    port = free_ports(1)[0]
    started(stack, "stage", [sys.executable, "-m", "bench.live_stage", str(port)], folder)
    return f"http://127.0.0.1:{port}/player.html"


def _camera(stack: ExitStack, folder: Path, url: str) -> None:
    started(stack, "camera", [sys.executable, "-m", "bench.live_camera", url], folder)
    time.sleep(12)  # every playlist is as long as its player wants it before it begins


def _settled(
    page: str, engine: str, url: str, config: Mapping[str, Any], seconds: float
) -> Viewing:
    return watch(page, engine, url, config, settle_seconds=SETTLE_SECONDS, seconds=seconds)


def _finding(rounds: Rounds[Watched], seconds: float) -> Finding:
    grid = ladder(order(ladder_small(), [("camera", "RTMP")]))
    part = targets(grid.timeline, [one.cadence for one in grid.makers]).part
    floor = floor_millis(part)
    p95 = {name: rounds.of(name, lambda w: w.viewing.p95) for name in rounds.results}
    busy = max(w.busy_percent for seen in rounds.results.values() for w in seen)
    slower = rounds.ratio(HLS_2S, OURS_HLS, lambda w: w.viewing.p95)
    return Finding(
        name="latency",
        title="Glass to glass",
        about=(
            "A camera of ours puts the wall clock into each picture as blocks and hands it to "
            "x264; 720p30 goes by RTMP to the gateway, through the channel's pod and the origin "
            "(processes of one machine) to a player in headless Chromium, where each tenth of a "
            "second the picture on the screen is read back: its age is the latency, publisher's "
            "encoder included. `ladder-small`, parts of 333 ms. The peers take the same camera "
            "by RTMP, make the same rungs, and are served by a server that passes on what is PUT. "
            f"{SETTLE_SECONDS:.0f} s to settle, then {seconds:.0f} s; players with what they "
            "choose by themselves, but for catching up, which is on in both. "
            f"{len(rounds.results[OURS_HLS])} rounds in turn; median (least to greatest)."
        ),
        tables=(
            Table(
                "Milliseconds",
                (
                    *("contender", "P50", "P95", "camera to timeline", "first picture"),
                    *("stalls", "fatal errors"),
                ),
                tuple(
                    (
                        name,
                        rounds.of(name, lambda w: w.viewing.p50).text(0),
                        p95[name].text(0),
                        rounds.of(name, _before_due).text(0) if name in OURS else "",
                        rounds.of(name, lambda w: w.viewing.first_age).text(0),
                        str(sum(w.viewing.stalls for w in seen)),
                        str(sum(e.endswith("!") for w in seen for e in w.viewing.errors)),
                    )
                    for name, seen in rounds.results.items()
                ),
            ),
        ),
        verdicts=(
            Verdict("P95 with hls.js, at most 2000", p95[OURS_HLS].median, WITHIN_MILLIS, " ms"),
            Verdict(
                f"P95 above the protocol's floor of {floor:.0f} ms, at most 400",
                p95[OURS_HLS].median - floor,
                ABOVE_FLOOR_MILLIS,
                " ms",
            ),
            Verdict(
                "P95 beside `ffmpeg -f hls`, at most a quarter",
                1 / slower.median,
                1 / TIMES_LOWER,
            ),
        ),
        notes=(
            (
                f"The floor is {HOLD_BACK_PARTS} + 1 parts of {float(part) * 1000:.0f} ms: a "
                "player stays PART-HOLD-BACK (three parts, the least that is allowed) behind the "
                "playlist's end, which is a part old before the next one comes. Encoding, the "
                "network and decoding come on top."
            ),
            f"`ffmpeg -f hls` is {slower.text()} times slower (P95).",
            f"The machine was busy by at most {busy:.0f} % of one core before.",
        ),
        commands=(
            ("Ours", "python -m bench latency"),
            ("ffmpeg, HLS", wrapped(_shown(HLS_2S))),
            ("ffmpeg, low-latency DASH", wrapped(_shown(LDASH))),
        ),
    )


def _before_due(watched: Watched) -> float:
    """What a picture is older than its date: the camera's encoder, the gateway, the switcher."""
    ages, dated = watched.viewing.ages, watched.viewing.dated
    return median(ages) - median(dated)


def _shown(name: str) -> list[str]:
    camera, stage = "rtmp://127.0.0.1/live/camera", "http://127.0.0.1"
    if name == HLS_2S:
        argv = live_peers.hls(camera, ladder_small(), f"{stage}/hls")
    else:
        argv = live_peers.low_latency_dash(camera, ladder_small(), f"{stage}/dash", "…/time")
    return [f"'{word}'" if any(sign in word for sign in "[; %") else word for word in argv]
