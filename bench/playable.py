"""How long until the beginning of a title plays, by its length; ffmpeg by hand does the same."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import aiohttp

from cli.kubeconfig import with_cluster
from clusters.cache import Cache

from . import bare_ffmpeg, footage, machine
from .cluster import KUBECONFIG, tenant
from .ladders import ladder_small
from .rounds import Rounds, alternate
from .table import Finding, Table, Verdict, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.kube import Kube

LENGTHS, ROUNDS = (10, 100, 1000), 3
LIMIT_SECONDS = 240.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class First:
    seconds: float
    """Until every rendition's playlist names a segment, and those can be fetched."""


def bench(*, quick: bool) -> Finding:
    cache = Cache.here()
    lengths, count = ((10, 30), 1) if quick else (LENGTHS, ROUNDS)
    patience, busy = 0 if quick else 300, []

    def ours(film: Path) -> Callable[[int], First]:
        def once(_: int) -> First:
            busy.append(machine.wait_until_quiet(patience))
            return with_cluster(KUBECONFIG, lambda kube: _ours(kube, film))

        return once

    def theirs(film: Path) -> Callable[[int], First]:
        def once(_: int) -> First:
            busy.append(machine.wait_until_quiet(patience))
            return _theirs(film)

        return once

    contenders: dict[str, Callable[[int], First]] = {}
    for length in lengths:
        film = footage.looped(cache, length)
        contenders |= {_name("ours", length): ours(film), _name("theirs", length): theirs(film)}
    return _finding(alternate(contenders, count), lengths, max(busy))


def _name(whose: str, length: int) -> str:
    return f"{whose} {length}"


async def _ours(kube: Kube, film: Path) -> First:
    async with tenant(kube, f"bench-{uuid.uuid4().hex[:6]}") as place:
        uri = await place.upload(film)
        await asyncio.sleep(2)  # the store's own work after an upload is not the job's
        asked = await place.apply("title", uri, ladder_small())
        url = f"{place.endpoints.origin_url}/vod/{place.name}.title/master.m3u8"
        async with aiohttp.ClientSession() as session, asyncio.timeout(LIMIT_SECONDS):
            while not await plays(session, url):  # noqa: ASYNC110 - the origin is asked, as players do
                await asyncio.sleep(_LOOK_SECONDS)
        return First(time.monotonic() - asked)


async def plays(session: aiohttp.ClientSession, url: str) -> bool:
    """Whether every rendition has a first segment that can be fetched."""
    master = await _text(session, url)
    if master is None:
        return False
    lists = [urljoin(url, address) for address in addresses(master)]
    return bool(lists) and all([await _begins(session, address) for address in lists])


async def _begins(session: aiohttp.ClientSession, address: str) -> bool:
    segments = addresses(await _text(session, address) or "")
    if not segments:
        return False
    async with session.get(urljoin(address, segments[0])) as answer:
        return answer.status == 200 and bool(await answer.read())


async def _text(session: aiohttp.ClientSession, url: str) -> str | None:
    async with session.get(url) as answer:
        return await answer.text() if answer.status == 200 else None


def addresses(playlist: str) -> list[str]:
    """What a playlist names: lines of its own, and URI attributes of renditions. Pure."""
    found = []
    for line in playlist.splitlines():
        if line.startswith("#EXT-X-MEDIA:") and 'URI="' in line:
            found.append(line.partition('URI="')[2].partition('"')[0])
        elif line and not line.startswith("#"):
            found.append(line)
    return found


def _theirs(film: Path) -> First:
    """Stopped as soon as it got so far."""
    profile = ladder_small()
    with tempfile.TemporaryDirectory(prefix="bench-playable-") as folder:
        argv = bare_ffmpeg.one_for_all(str(film), profile, folder)
        lists = [
            Path(folder) / str(n) / "index.m3u8"
            for n in range(len(profile.renditions) + len(profile.audio[:1]))
        ]
        started = time.monotonic()
        process = subprocess.Popen(argv)
        while not all(p.exists() and addresses(p.read_text()) for p in lists):
            if time.monotonic() - started > LIMIT_SECONDS:
                raise TimeoutError("ffmpeg made no first segment")
            time.sleep(_LOOK_SECONDS)
        seconds = time.monotonic() - started
        process.send_signal(signal.SIGKILL)
        process.wait()
        return First(seconds)


def _finding(rounds: Rounds[First], lengths: tuple[int, ...], busy: float) -> Finding:
    ours, theirs = (
        {n: rounds.of(_name(whose, n), lambda f: f.seconds) for n in lengths}
        for whose in ("ours", "theirs")
    )
    argv = bare_ffmpeg.one_for_all("film.mp4", ladder_small(), "out")
    return Finding(
        name="playable",
        title="Time to first playable",
        about=(
            "From apply until the origin serves, for every rung and the sound, a media playlist "
            "that names a segment which can be fetched; 720p25 on `ladder-small`, the source in "
            "the store. The peer is one ffmpeg by hand until each of its playlists names a "
            f"segment. {len(rounds.results[_name('ours', lengths[0])])} rounds in turn; median "
            "(least to greatest)."
        ),
        tables=(
            Table(
                "Seconds",
                ("length of the title", "StreamVerse", "one ffmpeg for all rungs"),
                tuple((f"{n} s", ours[n].text(), theirs[n].text()) for n in lengths),
            ),
        ),
        verdicts=(
            Verdict(
                "Seconds from apply, at most 15 at any length",
                max(found.median for found in ours.values()),
                15,
            ),
            Verdict(
                f"Seconds that {lengths[-1]} s take longer than {lengths[0]} s, at most 5",
                ours[lengths[-1]].median - ours[lengths[0]].median,
                5,
            ),
        ),
        notes=(f"The machine was busy by at most {busy:.0f} % of one core before a round.",),
        commands=(
            ("Ours", "python -m bench playable"),
            ("Theirs", wrapped(bare_ffmpeg.shown(argv))),
        ),
    )
