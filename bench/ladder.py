"""CPU of a ladder: our encode steps, one ffmpeg a rung, one ffmpeg for all, shaka-streamer."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from pathlib import Path

from clusters.cache import Cache

from . import bare_ffmpeg, footage, machine, shaka
from .cost import Cost, run
from .ladders import FOUR_RUNGS, size_at
from .likeness import Likeness, likeness
from .rounds import Rounds, alternate
from .steps import Title, Workshop
from .table import Finding, Table, Verdict, figure, wrapped

SECONDS, ROUNDS = 60, 3
OURS, EACH, ONE, SHAKA = (
    "StreamVerse, all steps",
    "one ffmpeg for each rung",
    "one ffmpeg for all rungs",
    "shaka-streamer",
)


class Contest:
    """Everybody makes the same ladder of the same source, each into folders of a round."""

    def __init__(self, cache: Cache, folder: Path, seconds: int) -> None:
        self.source = footage.looped(cache, seconds)
        self.folder = folder
        self.interpreter = shaka.python(cache)
        self.title: Title | None = None

    def ours(self, turn: int) -> Cost:
        shop = Workshop(self._place("ours", turn))
        self.title = shop.make("title", shop.upload(self.source), FOUR_RUNGS)
        return reduce(Cost.beside, self.title.costs.values())

    def each(self, turn: int) -> Cost:
        place = self._place("each", turn)
        argvs = [
            bare_ffmpeg.one_for(str(self.source), rung, FOUR_RUNGS, str(place), sound=n == 0)
            for n, rung in enumerate(FOUR_RUNGS.renditions)
        ]
        logs = [place / f"{n}.log" for n in range(len(argvs))]
        with ThreadPoolExecutor(len(argvs)) as pool:
            costs = pool.map(lambda both: run(both[0], log=both[1]), zip(argvs, logs, strict=True))
            return reduce(Cost.beside, costs)

    def one(self, turn: int) -> Cost:
        place = self._place("one", turn)
        argv = bare_ffmpeg.one_for_all(str(self.source), FOUR_RUNGS, str(place))
        return run(argv, log=place / "log")

    def shaka(self, turn: int) -> Cost:
        place = self._place("shaka", turn)
        asked = shaka.ask(self.source, FOUR_RUNGS, place)
        return run(shaka.argv(self.interpreter, asked), log=place / "log")

    def likenesses(self) -> dict[str, dict[str, Likeness]]:
        """Rung by rung, of the first round."""
        found: dict[str, dict[str, Likeness]] = {}
        for n, rung in enumerate(FOUR_RUNGS.renditions):
            if self.title is None:
                raise RuntimeError("nothing was made yet")
            files = {
                OURS: Workshop(self.folder / "ours-0").rendition(self.title, rung.name),
                ONE: Path(bare_ffmpeg.playlist_of(str(self.folder / "one-0"), n)),
                SHAKA: shaka.playlist_of(self.folder / "shaka-0", rung.max_height),
            }
            size = size_at(rung.max_height)
            found[rung.name] = {k: likeness(f, self.source, size) for k, f in files.items()}
        return found

    def _place(self, name: str, turn: int) -> Path:
        place = self.folder / f"{name}-{turn}"
        place.mkdir()
        return place


def bench(*, quick: bool) -> Finding:
    cache = Cache.here()
    seconds, count = (10, 1) if quick else (SECONDS, ROUNDS)
    with tempfile.TemporaryDirectory(prefix="bench-ladder-") as folder:
        contest = Contest(cache, Path(folder), seconds)
        busy = machine.wait_until_quiet(0 if quick else 300)
        contenders = {
            OURS: contest.ours,
            EACH: contest.each,
            ONE: contest.one,
            SHAKA: contest.shaka,
        }
        rounds = alternate(contenders, count)
        return _finding(rounds, contest.likenesses(), contest, seconds, busy)


def _finding(
    rounds: Rounds[Cost],
    likenesses: dict[str, dict[str, Likeness]],
    contest: Contest,
    seconds: int,
    busy: float,
) -> Finding:
    ratios = {peer: rounds.ratio(OURS, peer, _cpu) for peer in (EACH, ONE, SHAKA)}
    cpu_rows = [
        (
            name,
            rounds.of(name, _cpu).text(),
            ratios[name].text(2) if name in ratios else "",
            rounds.of(name, lambda cost: cost.wall_seconds).text(),
            rounds.of(name, lambda cost: cost.peak_mib).text(0),
        )
        for name in (OURS, EACH, ONE, SHAKA)
    ]
    worst = max(found[SHAKA].mean - found[OURS].mean for found in likenesses.values())
    kinds = contest.title.cpu_by_kind() if contest.title else {}
    return Finding(
        name="ladder",
        title="CPU of a ladder",
        about=(
            f"{seconds} s of 720p25 to four rungs of H.264 (240p 400k, 360p 800k, 480p 1400k, "
            "720p 2500k; preset veryfast, a key frame every 2 s) and stereo AAC. Ours: probe, "
            "encode (with verification: every rung is decoded again), publish, as processes over "
            "a store in a folder. CPU is user and system time of a process and all its children. "
            f"{len(rounds.results[OURS])} rounds, the contenders in turn; median (least to "
            "greatest)."
        ),
        tables=(
            Table(
                "CPU",
                ("contender", "CPU s", "ours / this", "wall s", "memory MiB"),
                tuple(cpu_rows),
            ),
            Table(
                "SSIM against the scaled source, mean (the lowest second), and kbit/s",
                ("rung", *(c for c in (OURS, ONE, SHAKA))),
                tuple(
                    (rung, *(_likeness(found[c]) for c in (OURS, ONE, SHAKA)))
                    for rung, found in likenesses.items()
                ),
            ),
            Table(
                "Where our CPU goes (last round)",
                ("step", "CPU s"),
                tuple((kind, figure(value)) for kind, value in kinds.items()),
            ),
        ),
        verdicts=(
            Verdict("CPU against one ffmpeg a rung, at most 1/1.3", ratios[EACH].median, 1 / 1.3),
            Verdict("CPU against shaka-streamer, at most 1.0", ratios[SHAKA].median, 1.0),
            Verdict("SSIM less than shaka-streamer's in any rung, by at most 0", worst, 0.0),
        ),
        notes=(f"The machine was busy by {busy:.0f} % of one core just before.",),
        commands=(
            ("Ours", "python -m bench ladder"),
            ("One ffmpeg for all", _command()),
            (
                ("shaka-streamer 1.5.1, its preset changed from slow to veryfast (bench/shaka.py)"),
                "shaka-streamer -i input.yaml -p pipeline.yaml -c bitrates.yaml -o out",
            ),
        ),
    )


def _cpu(cost: Cost) -> float:
    return cost.cpu_seconds


def _likeness(found: Likeness) -> str:
    return f"{found.mean:.4f} ({found.lowest_second:.3f}), {found.kbps:.0f}"


def _command() -> str:
    argv = bare_ffmpeg.one_for_all("film.mp4", FOUR_RUNGS, "out")
    return wrapped(bare_ffmpeg.shown(argv))
