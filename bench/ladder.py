"""CPU of a ladder: our encode steps, one ffmpeg a rung, one ffmpeg for all, shaka-streamer."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from clusters.cache import Cache

from . import bare_ffmpeg, footage, machine, shaka
from .cost import Cost, run
from .ladder_report import EACH, ONE, OURS, SHAKA, Outcome, report, with_bare
from .ladders import FOUR_RUNGS, size_at
from .likeness import Likeness, likeness
from .rounds import alternate
from .steps import Title, Workshop

if TYPE_CHECKING:
    from .table import Finding

SECONDS, ROUNDS = 60, 3


class Contest:
    """Everybody makes the same ladder of the same source, each into folders of a round."""

    def __init__(self, cache: Cache, folder: Path, source: Path) -> None:
        self.source = source
        self.folder = folder
        self.interpreter = shaka.python(cache)
        self.title: Title | None = None
        self.verifying: list[Cost] = []

    def ours(self, turn: int) -> Cost:
        shop = Workshop(self._place("ours", turn))
        started = time.monotonic()
        self.title = shop.make("title", shop.upload(self.source), FOUR_RUNGS)
        cost = Cost(time.monotonic() - started, self.title.cpu_seconds)
        self.verifying.append(shop.verification(self.title))
        return cost

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
    sources = {
        "as the clip came, 1.2 Mbit/s": footage.looped(cache, seconds),
        "a mezzanine, 15 Mbit/s": footage.mezzanine(cache, seconds),
    }
    busy = machine.wait_until_quiet(0 if quick else 300)
    outcomes = [_contest(cache, words, source, count) for words, source in sources.items()]
    return report(outcomes, seconds=seconds, busy=busy)


def _contest(cache: Cache, words: str, source: Path, count: int) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="bench-ladder-") as folder:
        contest = Contest(cache, Path(folder), source)
        contenders = {
            OURS: contest.ours,
            EACH: contest.each,
            ONE: contest.one,
            SHAKA: contest.shaka,
        }
        rounds = alternate(contenders, count)
        return Outcome(
            source=words,
            rounds=with_bare(rounds, [cost.cpu_seconds for cost in contest.verifying]),
            likenesses=contest.likenesses(),
            kinds=contest.title.cpu_by_kind() if contest.title else {},
        )
